/** What the pool's task says of lines is what the reader of lines says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stageLines } from '../../../src/lib/import-line/stage-lines.ts';
import { createTaskPool } from '../../../src/platform/pool/piscina-pool.ts';
import { silentLogger } from '../../support/cache-parts.ts';

test('lines.stage in a real thread', async () => {
  await using pool = createTaskPool({
    threads: 1,
    queueMax: 4,
    taskTimeoutMs: 10_000,
    closeTimeoutMs: 2000,
    logger: silentLogger,
  });
  const title = { type: 'movie', imdb: 'tt1727587', name: 'Sintel', year: 2010 };
  const line = { infoHash: 'a'.repeat(40), name: 'Sintel.2010.1080p.BluRay.x264-DURIAN', title };
  const bytes = Buffer.from(`${JSON.stringify(line)}\nbroken\n`);
  const staged = await pool.run(
    'lines.stage',
    { bytes, firstLine: 7, format: 'ndjson', header: [], known: '[[8,null]]' },
    { signal: AbortSignal.timeout(10_000) },
  );
  const here = stageLines(bytes, 7, 'ndjson', []);
  for (const table of ['titles', 'titleIds', 'streams', 'links'] as const)
    assert.deepEqual(Buffer.from(staged[table]), Buffer.from(here[table]));
  assert.equal(staged.lines, 2);
  assert.match(staged.refusals, /^\[\[8,/);
});
