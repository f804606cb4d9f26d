/** The load generator as seen by whoever measures: a process on a core of its own, started and stopped here. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LoadMessage, LoadPlan, LoadReport, LoadTick } from './load-plan.ts';
import { pinned } from './pinned.ts';

export interface LoadListener {
  /** All connections are open and nothing was sent. */
  connected(): Promise<void>;
  /** The lead-in is over: what is answered from now on counts. */
  counting(): Promise<void>;
  tick(tick: LoadTick): void;
}

const GENERATOR_CORE = 1;
/** The collector's helpers have no real-time priority (`goBeforeOthers`): a collection that waits for them waits for PostgreSQL. */
const GENERATOR_FLAGS = ['--single-threaded-gc'];
/** Beyond the plan's own time. */
const SLACK_MS = 60_000;

/**
 * Runs a plan to its end.
 * @throws Error when the generator fails, `signal` is aborted, or it takes a minute longer than planned
 */
export async function runLoadPlan(
  plan: LoadPlan,
  listener: LoadListener,
  signal: AbortSignal,
): Promise<LoadReport> {
  signal.throwIfAborted();
  const folder = await mkdtemp(join(tmpdir(), 'sluice-load-'));
  const file = join(folder, 'plan.json');
  try {
    await writeFile(file, JSON.stringify(plan));
    const deadline = AbortSignal.timeout((plan.durationS + plan.graceS) * 1000 + SLACK_MS);
    return await runProcess(file, listener, AbortSignal.any([signal, deadline]));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runProcess(
  file: string,
  listener: LoadListener,
  signal: AbortSignal,
): Promise<LoadReport> {
  const program = join(import.meta.dirname, 'generator-main.js');
  const [command, parameters] = pinned(GENERATOR_CORE, process.execPath, [
    ...GENERATOR_FLAGS,
    program,
    file,
  ]);
  const child = spawn(command, parameters, { stdio: ['pipe', 'pipe', 'pipe'] });
  const stop = () => child.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  // It may have ended before it is told to go; what it said says why.
  child.stdin.on('error', () => undefined);
  let complaint = '';
  child.stderr.on('data', (bytes: Buffer) => {
    if (complaint.length < 10_000) complaint += bytes.toString();
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let report: LoadReport | null = null;
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const message = JSON.parse(line) as LoadMessage;
      if (message.type === 'tick') listener.tick(message.tick);
      else if (message.type === 'counting') await listener.counting();
      else if (message.type === 'report') report = message.report;
      else {
        await listener.connected();
        child.stdin.write('go\n');
      }
    }
    await ended;
  } finally {
    signal.removeEventListener('abort', stop);
    if (child.exitCode === null) stop();
  }
  signal.throwIfAborted();
  if (report === null)
    throw new Error(
      `the load generator failed: ${complaint.trim().slice(0, 500) || 'it said nothing'}`,
    );
  return report;
}
