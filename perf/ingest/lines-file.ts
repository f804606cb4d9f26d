/** A file of lines with what a seeded database has, as somebody else's program would write it: names, no attributes. */
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { dumpLibrary } from '../../src/features/ingest/feature.ts';
import { openBulkLoad } from '../../src/platform/db/bulk-load.ts';
import { createLogger } from '../../src/platform/log/pino-logger.ts';

const READ_OUT_OF_NAMES = /"group" ?: ?"(?:[^"\\]|\\.)*" ?, ?|"attributes" ?: ?\{[^{}]*\} ?, ?/g;
/** Lines of titles, and the seeder's addresses of these are made up. */
const LEFT_OUT = /^.*"kind" ?: ?"(?:title|youtube|acestream)".*\n/gm;
const CONNECT_TIMEOUT_MS = 10_000;

/** Resolves with the number of lines. */
export async function writeLinesFile(
  uri: string,
  path: string,
  signal: AbortSignal,
): Promise<number> {
  const logger = createLogger({ level: 'warn', format: 'text' });
  await using load = await openBulkLoad(
    { uri, connectTimeoutMs: CONNECT_TIMEOUT_MS, signal },
    logger,
  );
  const file = createWriteStream(path);
  let count = 0;
  await dumpLibrary(load, async (dumped) => {
    const lines = dumped.replace(LEFT_OUT, '').replace(READ_OUT_OF_NAMES, '');
    count += lines.split('\n').length - 1;
    if (!file.write(lines)) await once(file, 'drain');
  });
  file.end();
  await finished(file);
  return count;
}
