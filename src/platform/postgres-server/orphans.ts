/** What an earlier owner of the cluster left running. */
import { poll, sleep } from '../../lib/async/wait.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { StartError } from '../../lib/start-error.ts';
import { clusterProcesses, readPostmasterFile } from './cluster-processes.ts';

/** As in the watchdog: a fast shutdown has this long, then comes an immediate one. */
const FAST_SHUTDOWN_MS = 5000;
const ORPHAN_TIMEOUT_MS = 15_000;
const LOOK_AGAIN_MS = 25;

/**
 * Resolves when no process uses the cluster. We hold the lock of DATA_DIR, so whatever runs is either being
 * shut down by its watchdog or an orphan that nobody else will end. After a clean stop this looks at one file.
 * @throws StartError when a process does not end
 */
export async function endOrphans(cluster: string, signal: CancelSignal): Promise<void> {
  const former = await readPostmasterFile(cluster);
  if (former === null) return;
  const startedAt = performance.now();
  for (;;) {
    const pids = await clusterProcesses(cluster);
    if (pids.length === 0) return;
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs > ORPHAN_TIMEOUT_MS) throw stuck(pids);
    // Backends without a postmaster end by themselves unless they are in the middle of something.
    if (elapsedMs > FAST_SHUTDOWN_MS) for (const pid of pids) trySignal(pid, 'SIGQUIT');
    else if (pids.includes(former.pid)) trySignal(former.pid, 'SIGINT');
    await sleep(LOOK_AGAIN_MS, signal);
  }
}

/** Resolves when no process uses the cluster any more; the one that writes the log is last. Bounded. */
export async function untilClusterIsQuiet(cluster: string, timeoutMs: number): Promise<void> {
  await poll(async () => (await clusterProcesses(cluster)).length === 0, {
    everyMs: LOOK_AGAIN_MS,
    timeoutMs,
  });
}

function stuck(pids: readonly number[]): StartError {
  return new StartError(
    `PostgreSQL of an earlier start still uses DATA_DIR and does not end (process ${pids.join(', ')}): ` +
      'expected it to be gone',
  );
}

function trySignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in this moment.
  }
}
