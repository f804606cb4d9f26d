/** The log files of the embedded server: a bound on their number, and the end of the newest. */
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Of `LOG_FILE_MAX` each. */
const LOG_FILES_MAX = 5;
/** As PostgreSQL writes it. A file is closed when it is larger, so that all logs stay below about 25 MB. */
export const LOG_FILE_MAX = '5MB';
/** Sorts by time. */
export const LOG_FILE_NAME = 'postgres-%Y%m%d-%H%M%S.log';

const TAIL_BYTES = 8192;

async function logFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.startsWith('postgres-'))
    .sort()
    .map((name) => join(folder, name));
}

/** Removes all but the newest files; PostgreSQL opens new ones but never removes any. */
export async function pruneLogs(folder: string): Promise<void> {
  const files = await logFiles(folder);
  await Promise.all(files.slice(0, -LOG_FILES_MAX).map((file) => rm(file, { force: true })));
}

/** The end of the newest log; empty when there is none. */
export async function newestLogTail(folder: string): Promise<string> {
  const newest = (await logFiles(folder)).at(-1);
  if (newest === undefined) return '';
  const file = await open(newest);
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, start);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}
