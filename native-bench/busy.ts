/** How much of the machine others used while we measured: a figure in microseconds means little on a busy one. */
import { cpus } from 'node:os';
import { processCpuMicros } from './thread-cpu.ts';

/** Above this share of the machine, limits in microseconds are shown but not judged. */
export const BUSY_SHARE = 0.1;
/** Above this one crossovers are shown, but neither judged nor recorded. Servers that a suite starts use some. */
export const CROSSOVER_BUSY_SHARE = 0.2;

export interface BusyReading {
  /** CPU time of all processors, whoever used it, in microseconds. */
  readonly usedUs: number;
  readonly ownUs: number;
  /** What the processors could have given, idle time included, in microseconds. */
  readonly possibleUs: number;
}

/** Counters since the machine started, in ticks of 10 ms. */
export function readBusy(): BusyReading {
  let [usedMs, idleMs] = [0, 0];
  for (const { times } of cpus()) {
    usedMs += times.user + times.nice + times.sys + times.irq;
    idleMs += times.idle;
  }
  return { usedUs: usedMs * 1000, ownUs: processCpuMicros(), possibleUs: (usedMs + idleMs) * 1000 };
}

/** Share of the machine that other processes used between two readings, 0 to 1; our children are others, too. */
export function othersShare(before: BusyReading, after: BusyReading): number {
  const others = after.usedUs - before.usedUs - (after.ownUs - before.ownUs);
  const possible = after.possibleUs - before.possibleUs;
  return possible <= 0 ? 0 : Math.min(1, Math.max(0, others / possible));
}
