/** The files of the repository, as git sees them (tracked, and new ones that are not ignored). */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Paths relative to the package root that match `pattern`, sorted; deleted files are left out. */
export async function trackedFiles(pattern: RegExp): Promise<string[]> {
  const { stdout } = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return [...new Set(stdout.split('\n'))]
    .filter((path) => pattern.test(path) && existsSync(path))
    .sort();
}
