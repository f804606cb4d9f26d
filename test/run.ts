/**
 * `npm test`: architecture tests first, then everything else, against real engines that this program starts and
 * stops itself. The last line counts everything that ran; what was cut off is named above it.
 *
 *   node dist/test/run.js [--only architecture|unit|integration|…] [name-part …]
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runSuite, type SuiteRun } from './support/runner/run-suite.ts';
import { countSuite, summaryText } from './support/runner/suite-text.ts';
import { cutOffBySignals } from './support/runner/cut-off-by-signals.ts';
import { startTestServices } from './support/test-services.ts';

const FOLDERS = ['architecture', 'unit', 'conformance', 'protocol', 'integration', 'browser'] as const;
const FILES_AT_ONCE = 2;
const SILENCE_MS = 10 * 60_000;

async function testFiles(folder: string, nameParts: readonly string[]): Promise<string[]> {
  const root = join(import.meta.dirname, folder);
  const entries = await readdir(root, { recursive: true }).catch(() => []);
  return entries
    .filter((path) => path.endsWith('.test.js'))
    .map((path) => join(folder, path))
    .filter((path) => nameParts.length === 0 || nameParts.some((part) => path.includes(part)))
    .map((path) => join(import.meta.dirname, path))
    .sort();
}

async function runAgainstServices(files: readonly string[], signal: AbortSignal): Promise<{ suite: SuiteRun; leaks: readonly string[] }> {
  const print = (text: string) => { process.stdout.write(text); };
  await using services = await startTestServices();
  for (const notice of services.notices) print(`# ${notice}\n`);
  const suite = await runSuite(files, {
    root: import.meta.dirname, environment: { ...process.env, ...services.environment },
    concurrency: FILES_AT_ONCE, silenceMs: SILENCE_MS, signal, print,
  });
  // Whatever was cut off had no time to clean up.
  const isWhole = suite.notBegun.length === 0 && suite.files.every(({ cutOff }) => cutOff === null);
  return { suite, leaks: isWhole ? await services.leaks() : [] };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { only: { type: 'string' } }, allowPositionals: true });
  const folders = FOLDERS.filter((folder) => values.only === undefined || values.only === folder);
  const files = (await Promise.all(folders.map((folder) => testFiles(folder, positionals)))).flat();
  const { suite, leaks } = await runAgainstServices(files, cutOffBySignals());
  process.stdout.write(summaryText(suite, leaks));
  const { passed, failed } = countSuite(suite);
  process.exitCode = failed + leaks.length === 0 && passed > 0 ? 0 : 1;
}

await main();
