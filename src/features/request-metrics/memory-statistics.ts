/** Statistics of a process that shares nothing. */
import { HyperLogLog } from '../../lib/hyper-log-log.ts';
import type { JournalDelta, JournalEntry } from '../../lib/request-journal/request-journal.ts';
import { SAMPLES_MAX, type RouteDelta } from '../../lib/request-journal/route-journal.ts';
import {
  dayOf,
  minuteOf,
  RECENT_MAX,
  RECENT_TTL_S,
  STATISTICS_TTL_S,
  totalsOf,
  type EndpointTotals,
  type MinuteTotals,
  type Statistics,
} from './statistics.ts';

interface Endpoint {
  totals: Omit<EndpointTotals, 'visitors'>;
  samplesMs: readonly number[];
  visitors: HyperLogLog;
}

export class MemoryStatistics implements Statistics {
  readonly isShared = false;
  readonly #now: () => number;
  readonly #endpoints = new Map<string, Endpoint>();
  readonly #minutes = new Map<number, MinuteTotals>();
  #recent: readonly JournalEntry[] = [];
  #day: string;
  #visitors = new HyperLogLog();

  constructor(now: () => number = Date.now) {
    this.#now = now;
    this.#day = dayOf(now());
  }

  add(delta: JournalDelta): Promise<void> {
    this.#beginDay(dayOf(delta.sinceMs));
    for (const route of delta.routes) this.#addRoute(route);
    this.#addMinute(totalsOf(delta));
    this.#recent = [...delta.entries.toReversed(), ...this.#recent].slice(0, RECENT_MAX);
    return Promise.resolve();
  }

  endpoints(): Promise<readonly EndpointTotals[]> {
    return Promise.resolve(
      [...this.#endpoints.values()].map(({ totals, visitors }) => ({
        ...totals,
        visitors: visitors.count(),
      })),
    );
  }

  visitors(): Promise<number> {
    return Promise.resolve(this.#visitors.count());
  }

  samplesMs(method: string, route: string): Promise<readonly number[]> {
    return Promise.resolve(this.#endpoints.get(`${method} ${route}`)?.samplesMs ?? []);
  }

  recent(): Promise<readonly JournalEntry[]> {
    const oldestMs = this.#now() - RECENT_TTL_S * 1000;
    return Promise.resolve(this.#recent.filter(({ atMs }) => atMs >= oldestMs));
  }

  async find(requestId: string): Promise<JournalEntry | undefined> {
    return (await this.recent()).find((entry) => entry.requestId === requestId);
  }

  minutes(from: number, to: number): Promise<readonly MinuteTotals[]> {
    return Promise.resolve(
      [...this.#minutes.values()].filter(({ minute }) => minute >= from && minute <= to),
    );
  }

  clear(): Promise<number> {
    const count = this.#endpoints.size;
    this.#endpoints.clear();
    this.#minutes.clear();
    this.#recent = [];
    this.#visitors = new HyperLogLog();
    return Promise.resolve(count);
  }

  #beginDay(day: string): void {
    if (day === this.#day) return;
    this.#day = day;
    this.#visitors = new HyperLogLog();
    for (const endpoint of this.#endpoints.values()) endpoint.visitors = new HyperLogLog();
  }

  #addRoute(delta: RouteDelta): void {
    const { method, route, samplesMs, visitors } = delta;
    const key = `${method} ${route}`;
    const known = this.#endpoints.get(key);
    const endpoint = known ?? {
      totals: delta,
      samplesMs: [],
      visitors: new HyperLogLog(),
    };
    if (known === undefined) this.#endpoints.set(key, endpoint);
    else endpoint.totals = sumOf(endpoint.totals, delta);
    endpoint.samplesMs = [...endpoint.samplesMs, ...samplesMs].slice(-SAMPLES_MAX);
    for (const visitor of visitors) {
      endpoint.visitors.add(visitor);
      this.#visitors.add(visitor);
    }
  }

  #addMinute(added: MinuteTotals): void {
    const known = this.#minutes.get(added.minute);
    this.#minutes.set(added.minute, {
      minute: added.minute,
      count: added.count + (known?.count ?? 0),
      totalMs: added.totalMs + (known?.totalMs ?? 0),
      byClass: added.byClass.map((count, index) => count + (known?.byClass[index] ?? 0)),
    });
    const oldest = minuteOf(this.#now() - STATISTICS_TTL_S * 1000);
    for (const minute of this.#minutes.keys()) {
      if (minute >= oldest) break;
      this.#minutes.delete(minute);
    }
  }
}

function sumOf(one: Endpoint['totals'], added: RouteDelta): Endpoint['totals'] {
  return {
    ...one,
    count: one.count + added.count,
    totalMs: one.totalMs + added.totalMs,
    minMs: Math.min(one.minMs, added.minMs),
    maxMs: Math.max(one.maxMs, added.maxMs),
    byClass: one.byClass.map((count, index) => count + (added.byClass[index] ?? 0)),
    lastSeenAtMs: Math.max(one.lastSeenAtMs, added.lastSeenAtMs),
  };
}
