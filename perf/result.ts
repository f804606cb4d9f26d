/**
 * The form of what `npm run perf`, `perf:capacity` and `perf:compare` write as JSON, and `perf:report`
 * and `perf:gate` read. Durations of requests are microseconds, other durations and ages seconds.
 */

/** Readers refuse any other number. */
export const RESULT_SCHEMA = 1;

export interface PerfResult {
  readonly schema: typeof RESULT_SCHEMA;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** As a user would type it again: `npm run perf -- stream-repeat`. */
  readonly command: string;
  readonly revision: Revision;
  readonly machine: MachineProfile;
  readonly data: DataProfile;
  readonly scenarios: readonly ScenarioResult[];
}

export interface Revision {
  /** 40 hexadecimal digits. */
  readonly commit: string;
  readonly subject: string;
  /** Whether tracked files differed from the commit. */
  readonly isModified: boolean;
}

export interface MachineProfile {
  readonly processor: string;
  /** Logical processors. */
  readonly processors: number;
  readonly threadsPerCore: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
  readonly postgres: string;
  /** Empty when no scenario used one. */
  readonly redis: string;
}

export interface DataProfile {
  readonly titles: number;
  readonly streams: number;
  readonly databaseBytes: number;
}

export interface ScenarioResult {
  readonly name: string;
  readonly description: string;
  /** Who answered: `sluice`, or in a comparison the contender's name. */
  readonly contender: string;
  /** In the order in which they ran: throughput (closed loop), then latency (open loop), or what the scenario needs. */
  readonly phases: readonly PhaseResult[];
  readonly checks: readonly Check[];
  /** What a reader must know before believing a figure: the generator was the bottleneck, and the like. */
  readonly warnings: readonly string[];
}

export interface PhaseResult {
  /** `throughput`, `latency at half of capacity`, `five times capacity`, `1,200 req/s` … */
  readonly name: string;
  /**
   * `closed`: every connection asks again when it was answered. `open`: requests are due at fixed times
   * whatever the server does, and latency counts from then (corrected for coordinated omission).
   */
  readonly loop: 'closed' | 'open';
  readonly generator: 'sluice' | 'wrk' | 'autocannon';
  readonly connections: number;
  /** Null in a closed loop. */
  readonly ratePerS: number | null;
  readonly rounds: readonly RoundResult[];
}

export interface RoundResult {
  readonly elapsedS: number;
  /** Answered as the scenario expects. */
  readonly succeeded: number;
  /** Answered 503 with Retry-After. */
  readonly shed: number;
  /** Any other status, broken connections, answers that never came. */
  readonly failed: number;
  /** Succeeded per second. */
  readonly requestsPerS: number;
  /** Of those that succeeded; null where the generator does not tell. */
  readonly latency: Latency | null;
  /** Of those that were shed; null when none was. */
  readonly shedLatency: Latency | null;
  readonly server: ServerUse;
  /** Share of one processor that the generator used; near 1 it was the bottleneck. */
  readonly clientCpuShare: number;
  /** One a second; empty for rounds of less than 3 seconds. */
  readonly timeline: readonly TimelinePoint[];
}

/** Microseconds. */
export interface Latency {
  readonly p50: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** Percentile (0 to 100) and its latency, rising; for the percentile curve. */
  readonly curve: readonly (readonly [percentile: number, micros: number])[];
}

/** CPU and memory are null where the process is not known: a target of `perf:compare` on another machine. */
export interface ServerUse {
  /** User and system time of the process, all threads, per request that was answered, shed ones included. */
  readonly cpuMicrosPerRequest: number | null;
  /** Of one processor: 1.4 is one and a little. */
  readonly cpuShare: number | null;
  readonly rssBytes: number | null;
  readonly rssPeakBytes: number | null;
  /** How late the event loop's timer was, microseconds; null for servers that carry no probe. */
  readonly loopDelayP99: number | null;
  readonly loopDelayMax: number | null;
  /** Open sockets, timers and other handles at the end; null without a probe. */
  readonly handles: number | null;
  /** Commands that Redis executed; null when the scenario has none. */
  readonly redisCommandsPerRequest: number | null;
  /** Statements that PostgreSQL executed; null when it was not asked. */
  readonly sqlStatementsPerRequest: number | null;
}

export interface TimelinePoint {
  /** Since the round began. */
  readonly atS: number;
  readonly requestsPerS: number;
  readonly shedPerS: number;
  /** Microseconds; null in a second without answers. */
  readonly p95: number | null;
  readonly cpuShare: number;
  readonly rssBytes: number;
}

/** A number that must hold (issue texts and docs/performance.md name them). */
export interface Check {
  /** `p95 at half of capacity`. */
  readonly name: string;
  readonly value: number;
  readonly relation: 'at most' | 'at least';
  readonly limit: number;
  /** `ms`, `req/s`, `×`, `statements`, … */
  readonly unit: string;
  readonly passed: boolean;
}
