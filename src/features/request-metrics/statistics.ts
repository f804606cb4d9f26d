/** What is kept of requests, in the process or in Redis. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { JournalDelta, JournalEntry } from '../../lib/request-journal/request-journal.ts';

export interface EndpointTotals {
  readonly method: string;
  readonly route: string;
  readonly count: number;
  readonly totalMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** Requests with a status of 1xx, 2xx, … 5xx. */
  readonly byClass: readonly number[];
  readonly lastSeenAtMs: number;
  /** Different addresses of today (UTC), within about 2 %. */
  readonly visitors: number;
}

export interface MinuteTotals {
  /** Minutes since 1970. */
  readonly minute: number;
  readonly count: number;
  readonly totalMs: number;
  readonly byClass: readonly number[];
}

export interface Statistics {
  readonly isShared: boolean;
  add(delta: JournalDelta, signal: CancelSignal): Promise<void>;
  endpoints(signal: CancelSignal): Promise<readonly EndpointTotals[]>;
  /** Of all endpoints together. */
  visitors(signal: CancelSignal): Promise<number>;
  /** How long the newest requests of an endpoint took, in milliseconds; 1,000 at most. */
  samplesMs(method: string, route: string, signal: CancelSignal): Promise<readonly number[]>;
  /** The newest first. */
  recent(signal: CancelSignal): Promise<readonly JournalEntry[]>;
  find(requestId: string, signal: CancelSignal): Promise<JournalEntry | undefined>;
  /** Minutes without requests are left out. */
  minutes(from: number, to: number, signal: CancelSignal): Promise<readonly MinuteTotals[]>;
  /** Forgets everything; returns how many endpoints there were. */
  clear(signal: CancelSignal): Promise<number>;
}

export const STATISTICS_TTL_S = 86_400;
export const RECENT_TTL_S = 3600;
export const RECENT_MAX = 2000;
/** Of what single requests did, in Redis. */
export const TRACE_TTL_S = 600;
const MINUTE_MS = 60_000;

export function minuteOf(atMs: number): number {
  return Math.floor(atMs / MINUTE_MS);
}

/** Visitors are counted by day: `2026-11-30`. */
export function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** What all endpoints answered together. */
export function totalsOf({ routes, sinceMs }: JournalDelta): MinuteTotals {
  const byClass = [0, 0, 0, 0, 0];
  for (const route of routes)
    route.byClass.forEach((count, index) => (byClass[index] = (byClass[index] ?? 0) + count));
  return {
    minute: minuteOf(sinceMs),
    count: routes.reduce((sum, { count }) => sum + count, 0),
    totalMs: routes.reduce((sum, { totalMs }) => sum + totalMs, 0),
    byClass,
  };
}
