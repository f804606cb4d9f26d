/** What a feature gives to the program: `createX(platform, ports)` of its `feature.ts` returns one. */
import type { CancelSignal } from '../lib/async/cancel.ts';
import type { MetricFamily } from '../lib/metrics/metric-family.ts';
import type { Route } from '../http/route.ts';
import type { SocketRoute } from '../http/socket-route.ts';
import type { JobHandler } from '../platform/jobs/definition.ts';
import type { JobSchedule } from '../platform/jobs/schedule.ts';
import type { ReadinessCheck } from '../platform/platform.ts';
import type { ChangedEpisode, ChangedTitle } from './library/contract.ts';

/** Work that is done again and again while a process answers HTTP. Each such process does it for itself. */
export interface Upkeep {
  /** For the log. */
  readonly name: string;
  /** From the start to the first run, and from the end of each to the next one. */
  readonly everyMs: number;
  /** The signal of a run aborts after this time, and when the process stops. */
  readonly timeoutMs: number;
  /** A failure is logged; the next run comes all the same. */
  run(signal: CancelSignal): Promise<void>;
}

/** What a feature lacks it leaves out. What other features need of it stands beside these, typed by its contract. */
export interface Feature {
  /** Rows of the route table. */
  readonly routes?: readonly Route[];
  /** Rows of the socket table. */
  readonly sockets?: readonly SocketRoute[];
  readonly upkeep?: readonly Upkeep[];
  /** What workers run of the queues, once over all processes and machines (docs/workers.md). */
  readonly jobs?: readonly JobHandler[];
  /** When jobs come by themselves. */
  readonly schedules?: readonly JobSchedule[];
  /** What only workers measure; the server beside a worker shows it. */
  readonly workerMetrics?: readonly MetricFamily[];
  /** Looks, before the first job, at what its jobs need. Never rejects: a job that lacks it says so. */
  onWorkerStart?(queues: readonly string[]): Promise<void>;
  /** Outside parts of its own without which the instance is not ready. */
  readonly healthChecks?: readonly ReadinessCheck[];
  /** Families of its own for `/metrics`, beside what the platform and the front end measure. */
  readonly metrics?: readonly MetricFamily[];
  /** Drops what its caches hold of these titles, in every tier and process. */
  onTitlesChanged?(titles: readonly ChangedTitle[], signal: CancelSignal): Promise<void>;
  /** The same for the streams of movies and episodes, where thousands change at once and the titles stay as they are. */
  onStreamsChanged?(episodes: readonly ChangedEpisode[], signal: CancelSignal): Promise<void>;
  /** Closes what it opened; the platform is still open then. */
  dispose?(): Promise<void>;
}
