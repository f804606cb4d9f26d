/** CPU time of this process's main thread alone, which `process.cpuUsage` adds up with all others. */
import { existsSync, readFileSync } from 'node:fs';

/** Of whichever thread reads it. Absent where the kernel keeps no such statistics, and on macOS. */
const STATISTICS = '/proc/thread-self/schedstat';

export const hasThreadCpu = existsSync(STATISTICS);

/** Microseconds since the thread began, as of its last switch or tick of the clock (4 ms at most ago). */
export function threadCpuMicros(): number {
  return Number(readFileSync(STATISTICS, 'utf8').split(' ')[0]) / 1000;
}

/** Microseconds of all threads of this process. */
export function processCpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
