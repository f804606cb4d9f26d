/** Protects rows that are written once: lists made of them are the lists that were written row by row. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { FIXTURE_MEDIA, fixtureRows } from '../../../../native-bench/fixtures/stream-rows.ts';
import { userContext } from '../../../../src/features/configure/context.ts';
import { BARE_INSTANCE } from '../../../../src/features/configure/instance-offer.ts';
import { StreamPresenter } from '../../../../src/features/streams/present.ts';
import { RowShelf } from '../../../../src/features/streams/row-shelf.ts';
import { decodeStreamSet } from '../../../../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../../../../src/lib/stream-set/encode.ts';
import { pairOf } from '../../../../src/lib/ranking/service-marks.ts';
import { recycle } from '../../../../src/lib/json/lent-bytes.ts';
import type { StreamRow } from '../../../../src/lib/stream/fields.ts';
import type { StreamSet } from '../../../../src/lib/stream-set/stream-set.ts';
import { rowArbitrary } from '../../lib/stream-set/arbitraries.ts';

const SETTINGS = userContext({}, BARE_INSTANCE).list;
const ROW_BYTES_MAX = 4_000_000;

function setOf(rows: readonly StreamRow[]): StreamSet {
  const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, rows));
  assert.ok(set);
  return set;
}

/** What a request gets, recycled at once as after its answer. */
function ask(
  presenter: StreamPresenter,
  set: StreamSet,
  rows: Uint32Array,
  settings = SETTINGS,
): { body: Buffer; gzip: Buffer | null } {
  const { bytes, gzip } = presenter.presentOnce(set, rows, settings);
  const body = Buffer.from(bytes);
  const packed = gzip?.() ?? null;
  const result = { body, gzip: packed === null ? null : Buffer.from(packed) };
  recycle(bytes);
  return result;
}

test('random rows in any order, asked for again and again: the same bytes, plain and compressed', () => {
  const cases = fc.tuple(
    fc.array(rowArbitrary, { minLength: 1, maxLength: 6 }),
    fc.array(fc.nat(5), { maxLength: 9 }),
  );
  fc.assert(
    fc.property(cases, ([rows, wanted]) => {
      const presenter = new StreamPresenter({ addonName: 'Sluice', rowBytesMax: ROW_BYTES_MAX });
      const set = setOf(rows);
      const shown = Uint32Array.from(wanted, (row) => row % rows.length);
      const expected = presenter.present(set, shown, shown.length);
      for (let request = 0; request < 3; request++) {
        const { body, gzip } = ask(presenter, set, shown);
        assert.deepEqual(body, expected);
        if (gzip !== null) assert.deepEqual(gunzipSync(gzip), expected);
        assert.equal(gzip === null, request === 0, 'rows are kept from the second request on');
      }
    }),
    { numRuns: 500 },
  );
});

test('a compressed list of 25 is at most 1.4 times as long as that of gzip level 1', () => {
  const presenter = new StreamPresenter({ addonName: 'Sluice', rowBytesMax: ROW_BYTES_MAX });
  let [own, level1] = [0, 0];
  for (const seed of [1, 2, 3, 4, 5]) {
    const set = setOf(fixtureRows(200, seed));
    const shown = Uint32Array.from({ length: 25 }, (_, at) => (at * 7 + seed * 31) % 200);
    ask(presenter, set, shown);
    const { body, gzip } = ask(presenter, set, shown);
    assert.ok(gzip);
    own += gzip.byteLength;
    level1 += gzipSync(body, { level: 1 }).byteLength;
  }
  assert.ok(own <= level1 * 1.4, `${own} bytes, gzip level 1 has ${level1}`);
});

test('templates do not share rows', () => {
  const presenter = new StreamPresenter({ addonName: 'Sluice', rowBytesMax: ROW_BYTES_MAX });
  const set = setOf(fixtureRows(20));
  const shown = Uint32Array.of(3, 1, 2);
  const settings = ['{stream.resolution}', '{stream.quality}'].map(
    (title) => userContext({ st: { t: title, d: 'x' } }, BARE_INSTANCE).list,
  );
  const expected = settings.map((each) => presenter.present(set, shown, 3, each).toString());
  assert.notEqual(expected[0], expected[1]);
  for (let request = 0; request < 3; request++) {
    settings.forEach((each, index) =>
      assert.equal(ask(presenter, set, shown, each).body.toString(), expected[index]),
    );
  }
});

test('the shelf stays within its bytes and forgets what was not asked for the longest', () => {
  const shelf = new RowShelf(200_000);
  const sets = Array.from({ length: 12 }, () => setOf(fixtureRows(50)));
  for (const set of sets) {
    assert.equal(shelf.take(set, ''), null);
    const rows = shelf.take(set, '');
    assert.ok(rows);
    rows.add(0, Buffer.alloc(10_000, 0x61));
    shelf.grew(rows);
    assert.ok(shelf.sizeBytes <= 200_000);
  }
  const [first, last] = [sets[0], sets.at(-1)];
  assert.ok(first && last);
  assert.ok(shelf.take(last, '')?.has(0));
  assert.equal(shelf.take(first, '')?.has(0), false, 'it was forgotten, and begins anew');
});

test('rows larger than the whole shelf serve their own list and are forgotten', () => {
  const shelf = new RowShelf(1000);
  const set = setOf(fixtureRows(5));
  shelf.take(set, '');
  const rows = shelf.take(set, '');
  assert.ok(rows);
  assert.equal(shelf.sizeBytes, 0);
  assert.equal(new RowShelf(0).take(set, ''), null);
});

test('of one set, rows of sixteen styles are told apart; further ones are written each time', () => {
  const shelf = new RowShelf(ROW_BYTES_MAX);
  const set = setOf(fixtureRows(5));
  const styles = Array.from({ length: 17 }, (_, index) => `style-${index}`);
  for (const style of styles) assert.equal(shelf.take(set, style), null);
  assert.deepEqual(
    styles.map((style) => shelf.take(set, style) !== null),
    styles.map((_, index) => index < 16),
  );
});

const SERVICES = ['RD', 'TRB', 'PM'].map((label) => ({
  service: label,
  name: label,
  label,
  newsServer: '',
}));
const LINKED = { ...SETTINGS, services: SERVICES };
const token = fc.stringMatching(/^[\w-]{22}$/);

test('rows with links, for users in turn: the same bytes as row by row, with the tokens of each, plain and compressed', () => {
  const user = fc.record({
    tokens: fc.tuple(token, token, token),
    marks: fc.array(fc.uint8Array({ min: 0, max: 2, minLength: 6, maxLength: 6 }), {
      minLength: 3,
      maxLength: 3,
    }),
    wanted: fc.array(fc.tuple(fc.nat(5), fc.nat(3)), { maxLength: 12 }),
  });
  const cases = fc.tuple(
    fc.array(rowArbitrary, { minLength: 1, maxLength: 6 }),
    fc.array(user, { minLength: 1, maxLength: 4 }),
  );
  fc.assert(
    fc.property(cases, ([rows, users]) => {
      const presenter = new StreamPresenter({ addonName: 'Sluice', rowBytesMax: ROW_BYTES_MAX });
      const set = setOf(rows);
      const waiting = users.concat(users).map(({ tokens, marks, wanted }) => {
        const shown = Uint32Array.from(wanted, ([row, service]) => {
          const at = row % set.rowCount;
          return service === 3 || set.columns.kind[at] !== 0 ? at : pairOf(at, service);
        });
        const links = { baseUrl: 'https://sluice.example', marks, nzbRef: () => '' };
        const { length } = shown;
        const expected = presenter.present(set, shown, length, LINKED, links, tokens);
        const { bytes, gzip } = presenter.presentLinked(set, shown, LINKED, links, tokens);
        assert.deepEqual(Buffer.from(bytes), expected);
        return { expected, gzip };
      });
      const [first, ...others] = waiting;
      assert.equal(first?.gzip, undefined, 'rows are kept from the second request on');
      for (const { expected, gzip } of others.toReversed())
        assert.deepEqual(gunzipSync(gzip?.() ?? Buffer.alloc(0)), expected);
    }),
    { numRuns: 2000 },
  );
});
