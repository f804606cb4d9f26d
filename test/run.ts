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

const FOLDERS = [
  'architecture',
  'unit',
  'conformance',
  'protocol',
  'integration',
  'browser',
] as const;
/** What these check needs no engine: a run of them alone starts none. */
const WITHOUT_SERVICES: ReadonlySet<string> = new Set(['architecture', 'unit']);
const FILES_AT_ONCE = 2;
/** They wait for timers and other servers, with a core busy for 10 to 30 % of their time: a minute and more each. */
const MOSTLY_WAIT: ReadonlySet<string> = new Set([
  'integration/app/database-at-start',
  'integration/app/usenet',
  'integration/iptv/proxy',
  'integration/jobs/worker-faults',
]);
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

interface Outcome {
  readonly suite: SuiteRun;
  readonly leaks: readonly string[];
}

const print = (text: string) => {
  process.stdout.write(text);
};

function run(
  files: readonly string[],
  signal: AbortSignal,
  variables: NodeJS.ProcessEnv,
): Promise<SuiteRun> {
  return runSuite(files, {
    root: import.meta.dirname,
    environment: { ...process.env, ...variables },
    concurrency: FILES_AT_ONCE,
    asides: MOSTLY_WAIT,
    silenceMs: SILENCE_MS,
    signal,
    print,
  });
}

async function runAgainstServices(files: readonly string[], signal: AbortSignal): Promise<Outcome> {
  await using services = await startTestServices();
  for (const notice of services.notices) print(`# ${notice}\n`);
  const suite = await run(files, signal, services.environment);
  // Whatever was cut off had no time to clean up.
  const isWhole = suite.notBegun.length === 0 && suite.files.every(({ cutOff }) => cutOff === null);
  return { suite, leaks: isWhole ? await services.leaks() : [] };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { only: { type: 'string' } },
    allowPositionals: true,
  });
  const folders = FOLDERS.filter((folder) => values.only === undefined || values.only === folder);
  const files = (await Promise.all(folders.map((folder) => testFiles(folder, positionals)))).flat();
  const signal = cutOffBySignals();
  const { suite, leaks }: Outcome = folders.every((folder) => WITHOUT_SERVICES.has(folder))
    ? { suite: await run(files, signal, {}), leaks: [] }
    : await runAgainstServices(files, signal);
  process.stdout.write(summaryText(suite, leaks));
  const { passed, failed } = countSuite(suite);
  process.exitCode = failed + leaks.length === 0 && passed > 0 ? 0 : 1;
}

await main();
