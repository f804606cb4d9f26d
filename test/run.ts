/**
 * `npm test`: architecture tests first, then everything else against real engines that this program
 * starts and stops itself. The last line sums up all runs.
 *
 *   node dist/test/run.js [--only architecture|unit|integration|…] [name-part …]
 */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startTestServices, type TestServices } from './support/test-services.ts';

const FOLDERS = ['unit', 'conformance', 'protocol', 'integration', 'browser'] as const;
const TEST_TIMEOUT_MS = 180_000;
const RUN_TIMEOUT_MS = 13 * 60_000;

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

async function testFiles(folder: string, nameParts: readonly string[]): Promise<string[]> {
  const root = join(import.meta.dirname, folder);
  const entries = await readdir(root, { recursive: true }).catch(() => []);
  return entries
    .filter((path) => path.endsWith('.test.js'))
    .map((path) => join(root, path))
    .filter((path) => nameParts.length === 0 || nameParts.some((part) => path.includes(part)))
    .sort();
}

/** Runs the files with node:test, one process a file, and counts from the TAP copy of the report. */
async function runFiles(files: readonly string[], environment: NodeJS.ProcessEnv, concurrency: number): Promise<Counts> {
  const scratch = await mkdtemp(join(tmpdir(), 'sluice-tap-'));
  const tap = join(scratch, 'report.tap');
  const parameters = [
    '--enable-source-maps', '--test', `--test-concurrency=${concurrency}`, `--test-timeout=${TEST_TIMEOUT_MS}`,
    '--test-reporter=spec', '--test-reporter-destination=stdout',
    '--test-reporter=tap', `--test-reporter-destination=${tap}`,
    ...files,
  ];
  try {
    const code = await new Promise<number>((resolve, reject) => {
      const child = spawn(process.execPath, parameters, { env: environment, stdio: 'inherit' });
      const timer = setTimeout(() => child.kill('SIGKILL'), RUN_TIMEOUT_MS);
      child.on('error', reject);
      child.on('exit', (exitCode) => {
        clearTimeout(timer);
        resolve(exitCode ?? 1);
      });
    });
    const counts = countTap(await readFile(tap, 'utf8').catch(() => ''));
    if (code !== 0 && counts.failed === 0) counts.failed = 1;
    return counts;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

function countTap(report: string): Counts {
  const count = (name: string) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(report)?.[1] ?? 0);
  return { passed: count('pass'), failed: count('fail') + count('cancelled'), skipped: count('skipped') };
}

async function runAgainstServices(files: readonly string[]): Promise<Counts> {
  if (files.length === 0) return { passed: 0, failed: 0, skipped: 0 };
  const services: TestServices = await startTestServices();
  try {
    for (const notice of services.notices) process.stdout.write(`# ${notice}\n`);
    const counts = await runFiles(files, { ...process.env, ...services.environment }, 2);
    const leaks = await services.leaks();
    for (const leak of leaks) process.stdout.write(`# leak: ${leak}\n`);
    counts.failed += leaks.length;
    return counts;
  } finally {
    await services[Symbol.asyncDispose]();
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { only: { type: 'string' } },
    allowPositionals: true,
  });
  const wanted = (folder: string) => values.only === undefined || values.only === folder;
  const total: Counts = { passed: 0, failed: 0, skipped: 0 };
  const add = (counts: Counts) => {
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  };
  if (wanted('architecture')) {
    const files = await testFiles('architecture', positionals);
    if (files.length > 0) add(await runAgainstServices(files));
  }
  if (total.failed === 0) {
    const files = (await Promise.all(FOLDERS.filter(wanted).map((folder) => testFiles(folder, positionals)))).flat();
    add(await runAgainstServices(files));
  }
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
}

await main();
