/**
 * Builds the configure page (`web/`) where its sources have changed since it was built: `npm start` and `npm test`
 * build each time, and most of the time there is nothing to do.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { packagePath } from '../src/platform/config/package-root.ts';

const WEB = packagePath('web');
/** What it was built from. */
const STAMP = join(WEB, 'dist', '.sources');

const sources = await hashOfSources();
const built = await readFile(STAMP, 'utf8').catch(() => '');
if (built !== sources) {
  const run = spawnSync('npm', ['run', '--silent', 'build', '--workspace', 'web'], {
    cwd: packagePath('.'), stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (run.status !== 0) process.exit(run.status ?? 1);
  await writeFile(STAMP, sources);
}

/** Of every file that the build reads, the lock file with the versions of its tools included. */
async function hashOfSources(): Promise<string> {
  const entries = await readdir(WEB, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/[/\\](?:dist|node_modules)[/\\]/.test(path.slice(WEB.length)));
  const hash = createHash('sha1');
  for (const path of [...files.toSorted(), packagePath('package-lock.json')]) {
    hash.update(path.slice(WEB.length)).update('\0').update(await readFile(path)).update('\0');
  }
  return hash.digest('hex');
}
