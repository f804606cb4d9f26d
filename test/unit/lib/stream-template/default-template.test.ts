/** Protects the promise that the default template is what streams look like without one: the bytes are equal. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { FIXTURE_MEDIA, fixtureRows } from '../../../../native-bench/fixtures/stream-rows.ts';
import { StreamPresenter } from '../../../../src/features/streams/present.ts';
import { decodeStreamSet } from '../../../../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../../../../src/lib/stream-set/encode.ts';
import { pairOf } from '../../../../src/lib/ranking/service-marks.ts';
import type { StreamRow } from '../../../../src/lib/stream/fields.ts';
import {
  compileStreamTemplate,
  DEFAULT_TEMPLATE,
  STREAM_VARIABLES,
} from '../../../../src/lib/stream-template/stream-variables.ts';
import type { Stream } from '../../../../src/lib/stremio/types.ts';
import { rowArbitrary } from '../stream-set/arbitraries.ts';

const presenter = new StreamPresenter({ addonName: 'Sluice', rowBytesMax: 1_000_000 });
const template = {
  title: compileStreamTemplate(DEFAULT_TEMPLATE.title),
  description: compileStreamTemplate(DEFAULT_TEMPLATE.description),
};

function bothWays(
  rows: readonly StreamRow[],
  marksDirectTorrents = false,
): readonly [string, string] {
  const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, rows));
  assert.ok(set);
  const all = Uint32Array.from(rows.keys());
  const [bytes, templated] = [null, template].map((one) =>
    presenter
      .present(set, all, rows.length, { template: one, marksDirectTorrents, services: [] })
      .toString(),
  );
  return [bytes ?? '', templated ?? ''];
}

test('the default template writes what the bytes say, for the fixed rows', () => {
  const [bytes, templated] = bothWays(fixtureRows(200));
  assert.equal(templated, bytes);
  const [marked, markedTemplated] = bothWays(fixtureRows(200), true);
  assert.equal(markedTemplated, marked);
  const { streams }: { readonly streams: readonly Stream[] } = JSON.parse(marked);
  for (const { name = '', infoHash } of streams)
    assert.equal(name.startsWith('Sluice P2P '), infoHash !== undefined, name);
});

test('and for torrents that services play, with each mark', () => {
  const rows = fixtureRows(60);
  const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, rows));
  assert.ok(set);
  const services = [
    { service: 'realdebrid', name: 'Mine', label: 'RD', newsServer: '' },
    { service: 'torbox', name: 'TorBox', label: 'TRB', newsServer: '' },
  ];
  const links = {
    baseUrl: 'https://sluice.example',
    marks: [Uint8Array.from(rows.keys(), (row) => row % 3), null],
    nzbRef: () => '',
  };
  const tokens = ['a'.repeat(22), 'b'.repeat(22)];
  const shown = Uint32Array.from(
    rows.flatMap((_, row) =>
      set.columns.kind[row] === 0 ? [pairOf(row, 0), pairOf(row, 1)] : [row],
    ),
  );
  const [bytes, templated] = [null, template].map((one) => {
    const style = { template: one, marksDirectTorrents: false, services };
    return presenter.present(set, shown, shown.length, style, links, tokens).toString();
  });
  assert.equal(templated, bytes);
  const { streams }: { readonly streams: readonly Stream[] } = JSON.parse(bytes ?? '');
  const linked = streams.filter(({ url = '' }) => url.includes('/playback/'));
  assert.ok(linked.length > 60 && !streams.some(({ infoHash }) => infoHash !== undefined));
  const names = linked.map(({ name }) => name);
  for (const mark of ['RD ⚡', 'RD ❔', 'RD ⏳', 'TRB ❔'])
    assert.ok(
      names.some((name) => name.startsWith(`Sluice 🧲 ${mark}`)),
      mark,
    );
  for (const { url = '' } of linked)
    assert.match(url, /^https:\/\/sluice\.example\/playback\/[ab]{22}\/[0-9a-f]{40}\/[^/]+$/);
});

test('property: and for any row whose texts have no blanks at their ends and no line breaks', () => {
  const text = fc.stringMatching(/^[\w.🎬-]{1,30}$/u);
  const row = fc
    .tuple(
      rowArbitrary,
      fc.record({
        name: text,
        source: fc.oneof(fc.constant(''), text),
        uploader: fc.oneof(fc.constant(''), text),
      }),
    )
    .map(([any, texts]): StreamRow => ({ ...any, ...texts }));
  fc.assert(
    fc.property(fc.array(row, { maxLength: 6 }), (rows) => {
      const [bytes, templated] = bothWays(rows);
      assert.equal(templated, bytes);
    }),
    { numRuns: 400 },
  );
});

test('every variable reads every row without failing', () => {
  for (const { path } of STREAM_VARIABLES) {
    const both = compileStreamTemplate(`{${path}}{if ${path}}x{/if}`);
    const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, fixtureRows(20)));
    assert.ok(set);
    const rows = Uint32Array.from({ length: 20 }, (_, at) => at);
    assert.ok(
      presenter.present(set, rows, 20, {
        template: { title: both, description: null },
        marksDirectTorrents: false,
        services: [],
      }).length > 0,
      path,
    );
  }
});
