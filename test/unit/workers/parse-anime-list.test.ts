/** Protects the loop from 10 MB of JSON: the list is read in a thread, and comes back in pieces of one statement each. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AnimeRow } from '../../../src/lib/anime-list/anime-list.ts';
import { createTaskPool } from '../../../src/platform/pool/piscina-pool.ts';
import { silentLogger } from '../../support/cache-parts.ts';

test('anime-list.parse in a real thread; what is no list fails alone', async () => {
  await using pool = createTaskPool({
    threads: 1,
    queueMax: 4,
    taskTimeoutMs: 10_000,
    closeTimeoutMs: 2000,
    logger: silentLogger,
  });
  const options = { signal: AbortSignal.timeout(20_000) };
  const list = Array.from({ length: 4500 }, (_, at) => ({
    kitsu_id: at + 1,
    imdb_id: 'tt0000001',
  }));
  const parse = (text: string) =>
    pool.run('anime-list.parse', { bytes: Buffer.from(text) }, options);
  await assert.rejects(parse('<!doctype html>'), { code: 'pool.task-failed' });
  const { entries, batches } = await parse(JSON.stringify(list));
  assert.equal(entries, 4500);
  const rows = batches.map((batch) => JSON.parse(batch) as readonly AnimeRow[]);
  assert.deepEqual(
    rows.map(({ length }) => length),
    [2000, 2000, 500],
  );
  assert.equal(rows[2]?.[499]?.kitsu_id, 4500);
});
