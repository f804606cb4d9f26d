/** Protects name filters in the pool: what a task answers about a set and about names, and what it says of mistakes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIXTURE_MEDIA, fixtureRows } from '../../../native-bench/fixtures/stream-rows.ts';
import { NameMatchCache } from '../../../src/features/streams/name-matches.ts';
import { decodeStreamSet } from '../../../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../../../src/lib/stream-set/encode.ts';
import { createTaskPool, NAME_FILTER_ENTRY } from '../../../src/platform/pool/piscina-pool.ts';
import { silentLogger } from '../../support/cache-parts.ts';

const rows = fixtureRows(50).map((row, index) => ({
  ...row,
  name: index % 3 === 0 ? 'Sintel.CAM.2010' : 'Sintel.2010',
  filename: index % 10 === 1 ? 'the.cam.mkv' : '',
}));
const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, rows));
const expected = rows.map(({ name, filename }) =>
  /\bcam\b/i.test(name) || /\bcam\b/i.test(filename) ? 1 : 0,
);
const openPool = () =>
  createTaskPool({
    threads: 1,
    queueMax: 4,
    taskTimeoutMs: 10_000,
    closeTimeoutMs: 2000,
    entry: NAME_FILTER_ENTRY,
    isIdleAtFirst: true,
    logger: silentLogger,
  });

test('names.match in a real thread: a set, names, and what is wrong with a pattern', async () => {
  assert.ok(set);
  await using pool = openPool();
  const options = { signal: AbortSignal.timeout(10_000) };
  const ofSet = await pool.run(
    'names.match',
    { patterns: ['\\bcam\\b'], blob: Uint8Array.from(set.blob) },
    options,
  );
  assert.deepEqual([...ofSet.matches], expected);
  const ofNames = await pool.run(
    'names.check',
    { patterns: ['(a', '^b'], names: ['BC', 'cb'] },
    options,
  );
  assert.deepEqual(
    [...ofNames.matches],
    [0, 0],
    'nothing is tested with an expression that is wrong',
  );
  assert.match(ofNames.problems[0] ?? '', /missing/);
  assert.equal(ofNames.problems[1], null);
  const tested = await pool.run('names.check', { patterns: ['^b'], names: ['BC', 'cb'] }, options);
  assert.deepEqual([...tested.matches], [1, 0]);
  const noSet = await pool.run(
    'names.match',
    { patterns: ['a'], blob: new Uint8Array(10) },
    options,
  );
  assert.equal(noSet.matches.length, 0);
});

test('matches are kept per filter and version of a set: the pool is asked once', async () => {
  assert.ok(set);
  await using pool = openPool();
  let runs = 0;
  const counting: typeof pool = {
    ...pool,
    run: (...task) => {
      runs++;
      return pool.run(...task);
    },
  };
  const cache = new NameMatchCache(counting);
  const filter = { mode: 'include', patterns: ['\\bcam\\b'], regex: true } as const;
  assert.equal(cache.peek(set, filter), undefined);
  assert.deepEqual([...(await cache.load(set, filter, AbortSignal.timeout(10_000)))], expected);
  assert.deepEqual([...(cache.peek(set, filter) ?? [])], expected);
  await cache.load(set, filter, AbortSignal.timeout(10_000));
  assert.equal(runs, 1);
  const texts = cache.peek(set, { ...filter, patterns: ['.cam.'], regex: false });
  assert.deepEqual([...(texts ?? [])], expected, 'plain texts never leave the event loop');
  assert.equal(cache.peek(set, null), null);
  assert.equal(runs, 1);
});
