/** Runs one test file in a process of its own. There is no limit on its time, only on its silence. */
import { spawn, type ChildProcess } from 'node:child_process';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readFileReport, type FileReport } from './file-report.ts';

export interface FileRun {
  /** The file as people name it. */
  readonly name: string;
  readonly report: FileReport;
  /** Why it did not come to its end by itself; null when it did. */
  readonly cutOff: string | null;
  /** How the process ended, when that was not with code 0. */
  readonly badEnd: string | null;
  /** What the file's process printed. */
  readonly output: string;
  readonly durationMs: number;
}

export interface RunFileOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** A file in which no test begins or ends for so long is cut off. */
  readonly silenceMs: number;
  /** Where the events and the output are kept while it runs. */
  readonly scratch: string;
  /** Cuts the file off. */
  readonly signal: AbortSignal;
}

const REPORTER = join(import.meta.dirname, 'event-reporter.js');
const LOOKS_PER_SILENCE = 60;

/** Resolves also when the file hangs, crashes or cannot be loaded. */
export async function runTestFile(
  path: string,
  name: string,
  options: RunFileOptions,
): Promise<FileRun> {
  const base = join(options.scratch, name.replaceAll('/', '__'));
  const events = `${base}.events`;
  const outputPath = `${base}.output`;
  const startedAt = performance.now();
  await using output = await open(outputPath, 'w');
  // A process group of its own, so that whatever a cut-off file started ends with it. A file for the output and not
  // a pipe: a grandchild that lives on would keep a pipe open.
  const child = spawn(
    process.execPath,
    ['--enable-source-maps', `--test-reporter=${REPORTER}`, path],
    {
      env: { ...options.environment, SLUICE_TEST_EVENTS: events },
      stdio: ['ignore', output.fd, output.fd],
      detached: true,
    },
  );
  const ended = endOf(child);
  const cutOff = await watchSilence(child, events, ended, options);
  return {
    name,
    cutOff,
    report: readFileReport(await readFile(events, 'utf8').catch(() => '')),
    badEnd: await ended,
    output: await readFile(outputPath, 'utf8'),
    durationMs: performance.now() - startedAt,
  };
}

function endOf(child: ChildProcess): Promise<string | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve(
        code === 0 ? null : signal === null ? `ended with code ${code}` : `ended by ${signal}`,
      );
    });
  });
}

/**
 * Returns why the file was cut off, or null when it ended. Silence is counted in looks, not read from a clock:
 * on a busy machine the looks are late too, and a machine that was suspended loses nothing.
 */
async function watchSilence(
  child: ChildProcess,
  events: string,
  ended: Promise<unknown>,
  { silenceMs, signal }: RunFileOptions,
): Promise<string | null> {
  let size = 0;
  let silentLooks = 0;
  while (!signal.aborted) {
    if (await isSettledWithin(ended, silenceMs / LOOKS_PER_SILENCE, signal)) return null;
    const now = await stat(events).then(
      (facts) => facts.size,
      () => 0,
    );
    silentLooks = now === size ? silentLooks + 1 : 0;
    size = now;
    if (silentLooks >= LOOKS_PER_SILENCE) break;
  }
  endGroup(child);
  await ended;
  return signal.aborted
    ? String(signal.reason)
    : `no test began or ended for ${silenceMs / 1000} s`;
}

function isSettledWithin(
  promise: Promise<unknown>,
  ms: number,
  signal: AbortSignal,
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const giveUp = () => {
      clearTimeout(timer);
      resolve(false);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', giveUp);
      resolve(false);
    }, ms);
    signal.addEventListener('abort', giveUp, { once: true });
    promise.then(() => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      resolve(true);
    }, reject);
  });
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL');
  }
}
