/**
 * One postmaster process under a watchdog. The watchdog is a small shell that reads a pipe of ours: when
 * we end, by whatever signal, the pipe closes and it shuts PostgreSQL down, so that no orphan is left.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../../lib/start-error.ts';
import type { ServerUser } from './server-user.ts';

/**
 * Runs its arguments; on end of file of its standard input: fast shutdown, after 5 s immediate shutdown.
 * `read` blocks in the shell itself, so that an idle watchdog costs one sleeping process.
 */
const WATCHDOG = `
exec 3<&0
"$@" </dev/null 3<&- &
pid=$!
(
  read -r _ <&3
  kill -INT "$pid" 2>/dev/null
  n=0
  while kill -0 "$pid" 2>/dev/null && [ "$n" -lt 50 ]; do sleep 0.1; n=$((n + 1)); done
  kill -QUIT "$pid" 2>/dev/null
) &
watcher=$!
wait "$pid"
code=$?
kill "$watcher" 2>/dev/null
exit "$code"
`;

const READY_POLL_MS = 10;
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 12_000;
const ORPHAN_TIMEOUT_MS = 12_000;
const ERROR_CHARS_MAX = 600;

export interface PostmasterOptions {
  readonly executable: string;
  readonly cluster: string;
  readonly parameters: readonly string[];
  readonly user: ServerUser;
}

export interface Postmaster {
  /** Resolves when the process has ended, whatever the reason. */
  readonly ended: Promise<void>;
  /** Fast shutdown; PostgreSQL's own limit of 5 s is followed by an immediate one. */
  stop(): Promise<void>;
}

/** Resolves when it accepts connections. @throws StartError with PostgreSQL's own words when it does not */
export async function startPostmaster(options: PostmasterOptions, signal: AbortSignal): Promise<Postmaster> {
  const child = spawn('/bin/sh', ['-c', WATCHDOG, 'sluice-postgres', options.executable, ...options.parameters], {
    ...options.user,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    stdio: ['pipe', 'ignore', 'pipe'],
    // A session of its own: Ctrl-C on the terminal must not end PostgreSQL before we have drained.
    detached: true,
  });
  child.stdin.on('error', () => undefined);
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => { errors = (errors + chunk.toString()).slice(-ERROR_CHARS_MAX); });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const postmaster: Postmaster = { ended, stop: () => stopChild(child, ended) };
  try {
    await untilReady(options.cluster, child, signal, () => errors);
  } catch (error) {
    await postmaster.stop();
    throw error;
  }
  return postmaster;
}

async function untilReady(
  cluster: string, child: ChildProcess, signal: AbortSignal, errors: () => string,
): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new StartError(`the embedded PostgreSQL ended while starting: ${errors().trim().replaceAll('\n', ' | ')}`);
    }
    const status = (await readPidFile(cluster))?.status;
    if (status === 'ready') return;
    await sleep(READY_POLL_MS);
  }
  const limit = `${READY_TIMEOUT_MS / 1000} s`;
  throw new StartError(`the embedded PostgreSQL was not ready within ${limit}: see its log in DATA_DIR`);
}

/** Closes the pipe, which is what the watchdog waits for; the last resort is SIGKILL for its whole session. */
async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.stdin?.end();
  const timer = setTimeout(() => {
    if (child.pid !== undefined) trySignal(-child.pid, 'SIGKILL');
  }, STOP_TIMEOUT_MS);
  await ended;
  clearTimeout(timer);
}

interface PidFile {
  readonly pid: number;
  readonly status: string;
}

/** postmaster.pid: the first line is the process id, the eighth what it is doing. */
async function readPidFile(cluster: string): Promise<PidFile | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => null);
  if (text === null) return null;
  const lines = text.split('\n');
  return { pid: Number(lines[0]), status: lines[7]?.trim() ?? '' };
}

/**
 * Waits for a postmaster that a former owner of the cluster left behind. We hold the lock of DATA_DIR, so
 * it is either being shut down by its watchdog or an orphan that nobody else will end.
 * @throws StartError when it does not end
 */
export async function endFormerPostmaster(cluster: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + ORPHAN_TIMEOUT_MS;
  let wasAsked = false;
  for (;;) {
    const former = await readPidFile(cluster);
    if (former === null || !(await isPostmasterOf(former.pid, cluster))) return;
    if (!wasAsked) trySignal(former.pid, 'SIGINT');
    wasAsked = true;
    if (performance.now() > deadline) {
      throw new StartError(
        `the PostgreSQL process ${former.pid} of an earlier start still uses DATA_DIR and does not end: ` +
          'expected it to be gone',
      );
    }
    signal.throwIfAborted();
    await sleep(50);
  }
}

/** The postmaster's working directory is its cluster; a reused process id belongs to something else. */
async function isPostmasterOf(pid: number, cluster: string): Promise<boolean> {
  if (!(pid > 0) || !trySignal(pid, 0)) return false;
  if (process.platform !== 'linux') return true;
  const folder = await readlink(`/proc/${pid}/cwd`).catch(() => null);
  return folder === cluster;
}

function trySignal(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
