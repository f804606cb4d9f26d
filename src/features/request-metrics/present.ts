/** Statistics as admin answers have them: seconds, and names that clients of other servers know. */
import type { JournalEntry } from '../../lib/request-journal/request-journal.ts';
import { percentilesOf } from '../../lib/percentiles.ts';
import type { EndpointTotals, MinuteTotals } from './statistics.ts';

const BUCKET_S = 60;
const PERCENTS = [50, 95, 99] as const;

export function shownEndpoint(totals: EndpointTotals) {
  const { method, route, count, totalMs, minMs, maxMs, byClass, lastSeenAtMs, visitors } = totals;
  return {
    endpoint_key: `${method}:${route}`,
    method,
    route,
    total_requests: count,
    avg_time: seconds(totalMs / Math.max(1, count)),
    min_time: seconds(minMs),
    max_time: seconds(maxMs),
    ...shownClasses(byClass),
    last_seen: new Date(lastSeenAtMs).toISOString(),
    unique_visitors: visitors,
  };
}

/** Null where nothing was answered yet. */
export function shownPercentiles(samplesMs: readonly number[]) {
  const found = percentilesOf(samplesMs, PERCENTS);
  const of = (percent: (typeof PERCENTS)[number]) => {
    const value = found?.get(percent);
    return value === undefined ? null : seconds(value);
  };
  return { p50: of(50), p95: of(95), p99: of(99), samples: samplesMs.length };
}

/** Every minute of the window, those without requests too. */
export function shownPoints(minutes: readonly MinuteTotals[], from: number, to: number) {
  const known = new Map(minutes.map((totals) => [totals.minute, totals]));
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const minute = from + index;
    const { count = 0, totalMs = 0, byClass = [] } = known.get(minute) ?? {};
    return {
      ts: minute * BUCKET_S,
      count,
      avg_time: seconds(totalMs / Math.max(1, count)),
      ...shownClasses(byClass),
    };
  });
}

/** @param tierNames of the bits of an entry */
export function shownEntry(entry: JournalEntry, tierNames: (tiers: number) => readonly string[]) {
  return {
    request_id: entry.requestId,
    method: entry.method,
    route: entry.route,
    status_code: entry.status,
    process_time: seconds(entry.tookMs),
    timestamp: new Date(entry.atMs).toISOString(),
    tiers: tierNames(entry.tiers),
  };
}

export function shownSteps({ steps, stepsDropped }: JournalEntry) {
  return {
    steps: steps.map(({ kind, name, startMs, tookMs, outcome }) => ({
      kind,
      name,
      start: seconds(startMs),
      duration: seconds(tookMs),
      outcome,
    })),
    steps_dropped: stepsDropped,
  };
}

function shownClasses(byClass: readonly number[]) {
  const [, ok = 0, redirected = 0, refused = 0, failed = 0] = byClass;
  return {
    error_count: refused + failed,
    status_2xx: ok,
    status_3xx: redirected,
    status_4xx: refused,
    status_5xx: failed,
  };
}

/** Microseconds are enough. */
function seconds(ms: number): number {
  return Math.round(ms * 1000) / 1_000_000;
}
