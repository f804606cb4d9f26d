/** Protects the bulk parser: what a task answers is what the parser says, and its size is bounded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RESOLUTIONS } from '../../../src/lib/vocabulary.ts';
import { createTaskPool } from '../../../src/platform/pool/piscina-pool.ts';
import { TITLES_MAX, parseTitles } from '../../../workers/tasks/parse-titles.ts';
import { silentLogger } from '../../support/cache-parts.ts';

test('titles.parse in a real thread', async () => {
  await using pool = createTaskPool({
    threads: 1,
    queueMax: 4,
    taskTimeoutMs: 10_000,
    closeTimeoutMs: 2000,
    logger: silentLogger,
  });
  const titles = ['Sintel.2010.1080p.BluRay.x264-DURIAN', 'Pioneer.One.S01E02.720p.WEB.x264-VODO'];
  const { codes, names } = await pool.run(
    'titles.parse',
    { titles },
    { signal: AbortSignal.timeout(10_000) },
  );
  assert.deepEqual(JSON.parse(names), [
    ['Sintel', 2010, [], [], 'DURIAN'],
    ['Pioneer One', 0, [1], [2], 'VODO'],
  ]);
  assert.equal(codes.length, 24);
  assert.deepEqual([RESOLUTIONS[codes[0] ?? 0], RESOLUTIONS[codes[12] ?? 0]], ['1080p', '720p']);
});

test('more titles than a task takes are refused', () => {
  assert.throws(
    () => parseTitles({ titles: Array.from({ length: TITLES_MAX + 1 }, () => 'a') }),
    RangeError,
  );
});
