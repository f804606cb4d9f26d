/** What the load generator is told, and what it tells: plain JSON, between two processes. */
import type { Latency } from '../result.ts';

export interface LoadPlan {
  readonly port: number;
  /**
   * `open`: `ratePerS` requests become due per second whatever the server does. `closed`: every connection
   * asks again when it was answered. `burst`: one request per connection, all due at the same moment.
   */
  readonly loop: 'open' | 'closed' | 'burst';
  /** Of the open loop. */
  readonly ratePerS: number;
  /** Time in which requests become due; one burst has none. */
  readonly durationS: number;
  /** Load of the same kind before, which is not counted: the generator's own code is compiled in it. Open loop only. */
  readonly leadInS: number;
  /** Opened before the clock starts. The open loop opens more, up to `connectionsMax`, while all are busy. */
  readonly connections: number;
  readonly connectionsMax: number;
  /** Every request on a connection of its own, opened when it is due. */
  readonly newConnectionEach: boolean;
  readonly paths: readonly string[];
  /** Positions in `paths`, asked in this order, over and over; in turn when empty. */
  readonly order: readonly number[];
  /** Where in the order to begin, so that rounds go on where the last one stopped. */
  readonly startAt: number;
  readonly headers: Readonly<Record<string, string>>;
  /** How long to wait for answers that are still due after the end. */
  readonly graceS: number;
  /** Real-time priority, where the system allows one: 1 when absent, the higher goes first; 0 for none. */
  readonly priority?: number;
  /** Grain of the open loop's clock in milliseconds, where it may be coarser than the usual 0.5. */
  readonly tickMs?: number;
}

/** One second of a run. */
export interface LoadTick {
  readonly atS: number;
  readonly succeeded: number;
  readonly shed: number;
  /** Microseconds; null without answers. */
  readonly p95: number | null;
}

export interface LoadReport {
  /** From the first due moment to the last answer, but at least `durationS`. */
  readonly elapsedS: number;
  /** Became due. */
  readonly due: number;
  readonly succeeded: number;
  /** 503 with Retry-After. */
  readonly shed: number;
  /** Any other status, by status; 0 stands for broken connections and answers that never came. */
  readonly failures: Readonly<Record<string, number>>;
  readonly latency: Latency | null;
  readonly shedLatency: Latency | null;
  /** How late requests were sent although a connection was free, 99th percentile, microseconds: the generator's own delay. */
  readonly sendLatenessP99: number;
  readonly connectionsOpened: number;
  readonly receivedBytes: number;
  /** User and system time of the generator per second. */
  readonly cpuShare: number;
  /** Where the order stands now. */
  readonly endAt: number;
}

/** Lines on the generator's standard output. */
export type LoadMessage =
  | { readonly type: 'connected' }
  /** What becomes due from now on is counted. */
  | { readonly type: 'counting' }
  | { readonly type: 'tick'; readonly tick: LoadTick }
  | { readonly type: 'report'; readonly report: LoadReport };
