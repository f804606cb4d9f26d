/** One core for the server, the others for the generator, which goes first there, PostgreSQL, Redis and ourselves. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cpus } from 'node:os';

const TASKSET = '/usr/bin/taskset';
export const CHRT = '/usr/bin/chrt';
/** The server's. */
export const SERVER_CORE = 0;

/** The command that runs on one core where `taskset` exists, so that server and generator do not share one. */
export function pinned(
  core: number,
  command: string,
  parameters: readonly string[],
): [string, string[]] {
  return existsSync(TASKSET)
    ? [TASKSET, ['-c', String(core), command, ...parameters]]
    : [command, [...parameters]];
}

/**
 * Keeps this process, and every one that it starts from now on without a core of its own, off the server's core. Where the system
 * put Redis decided over p95 of `stream-l2`: 1.7 ms beside the generator, 10 to 19 ms beside the server.
 */
export function leaveServerCore(): void {
  const last = cpus().length - 1;
  if (last > SERVER_CORE && existsSync(TASKSET))
    spawnSync(TASKSET, ['-a', '-p', '-c', `${SERVER_CORE + 1}-${last}`, String(process.pid)]);
}

/** Undoes `leaveServerCore`: this process, and what it starts from now on, runs on every core. */
export function useAllCores(): void {
  const last = cpus().length - 1;
  if (existsSync(TASKSET)) spawnSync(TASKSET, ['-a', '-p', '-c', `0-${last}`, String(process.pid)]);
}

/**
 * Gives this thread, and those that it starts from now on, real-time priority where the system allows it (root): niceness
 * does nothing between sessions (`sched_autogroup_enabled`), and each backend of PostgreSQL is one (docs/overload.md).
 */
export function goBeforeOthers(priority: number): void {
  spawnSync(CHRT, ['--rr', '--pid', String(priority), String(process.pid)]);
}
