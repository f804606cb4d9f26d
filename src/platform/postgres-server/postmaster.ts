/** One run of the server: from its start until it accepts connections, and to its end. */
import { sleep } from '../../lib/async/wait.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { StartError } from '../../lib/start-error.ts';
import { readPostmasterFile } from './cluster-processes.ts';
import { untilClusterIsQuiet } from './orphans.ts';
import { failureText } from './failure-text.ts';
import { WatchedProcess } from './watchdog.ts';
import { newestLogTail } from './server-logs.ts';
import type { ServerUser } from './server-user.ts';

const READY_POLL_MS = 10;
/** Recovery after a crash reads up to `max_wal_size`; killed half-way it would start all over again. */
const READY_TIMEOUT_MS = 600_000;
const FIRST_NOTICE_MS = 3000;
const NOTICE_EVERY_MS = 10_000;
/** A fast shutdown writes what is in memory; an immediate one leaves that to the recovery. */
const STOP_GRACE_MS = 10_000;
const QUIET_TIMEOUT_MS = 2000;

export interface PostmasterOptions {
  readonly executable: string;
  readonly cluster: string;
  /** Folder of the log files. */
  readonly logs: string;
  readonly parameters: readonly string[];
  readonly user: ServerUser;
  /** Told now and then while it recovers from a crash. */
  readonly onProgress: (text: string) => void;
}

export interface Postmaster {
  /** Resolves when it has ended, whatever the reason. */
  readonly ended: Promise<unknown>;
  /** Fast shutdown, after 10 s an immediate one; resolves when none of its processes is left. */
  stop(): Promise<void>;
}

/** Resolves when it accepts connections. @throws StartError with PostgreSQL's own words when it does not */
export async function startPostmaster(
  options: PostmasterOptions,
  signal: CancelSignal,
): Promise<Postmaster> {
  const { executable, cluster, parameters, user } = options;
  const guarded = new WatchedProcess({
    executable,
    parameters: ['-D', cluster, ...parameters],
    user,
    mode: 'server',
  });
  const postmaster: Postmaster = {
    ended: guarded.ended,
    async stop() {
      await guarded.stop(STOP_GRACE_MS);
      await untilClusterIsQuiet(cluster, QUIET_TIMEOUT_MS);
    },
  };
  try {
    await untilReady(options, guarded, signal);
  } catch (error) {
    await postmaster.stop();
    throw error;
  }
  return postmaster;
}

async function untilReady(
  options: PostmasterOptions,
  guarded: WatchedProcess,
  signal: CancelSignal,
): Promise<void> {
  const pid = await guarded.pid;
  const startedAt = performance.now();
  let noticeAtMs = FIRST_NOTICE_MS;
  for (;;) {
    signal.throwIfAborted();
    if (guarded.hasEnded) throw await failedStart(options, guarded);
    // A crash leaves the file of the former process, which says `ready`, too.
    const file = await readPostmasterFile(options.cluster);
    if (file?.pid === pid && file.status === 'ready') return;
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs > READY_TIMEOUT_MS) break;
    if (elapsedMs > noticeAtMs) {
      options.onProgress(
        `PostgreSQL recovers from an unclean stop (${Math.round(elapsedMs / 1000)} s)`,
      );
      noticeAtMs += NOTICE_EVERY_MS;
    }
    await sleep(READY_POLL_MS);
  }
  throw new StartError(
    `the embedded PostgreSQL was not ready within ${READY_TIMEOUT_MS / 1000} s: see ${options.logs}`,
  );
}

/** The reason is on standard error until the server says there that it goes on in its log. */
async function failedStart(
  { logs, cluster }: PostmasterOptions,
  guarded: WatchedProcess,
): Promise<StartError> {
  const isInLog = guarded.errors.includes('redirecting log output');
  const words = failureText(isInLog ? await newestLogTail(logs).catch(() => '') : guarded.errors);
  return new StartError(
    `the embedded PostgreSQL in ${cluster} did not start: ${words === '' ? `see ${logs}` : words}`,
  );
}
