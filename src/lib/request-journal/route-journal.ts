/** What one row of the route table has answered since it was looked at last: numbers that the hot path adds to. */
import { addressGroup } from '../address-group.ts';

/** Of each row; percentiles are those of the newest requests. */
export const SAMPLES_MAX = 1000;
const CLASSES = 6;

export interface RouteDelta {
  readonly method: string;
  readonly route: string;
  readonly count: number;
  readonly totalMs: number;
  readonly minMs: number;
  readonly maxMs: number;
  /** Requests with a status of 1xx, 2xx, … 5xx. */
  readonly byClass: readonly number[];
  readonly lastSeenAtMs: number;
  /** How long the newest took, the oldest of them first. */
  readonly samplesMs: readonly number[];
  /** Hashes of the addresses that asked, of IPv6 their /64 networks. */
  readonly visitors: readonly string[];
}

export class RouteJournal {
  readonly method: string;
  readonly route: string;
  readonly #visitors = new Set<string>();
  readonly #samplesMs = new Float32Array(SAMPLES_MAX);
  readonly #byClass = new Uint32Array(CLASSES);
  #count = 0;
  #sampled = 0;
  #totalMs = 0;
  #minMs = Infinity;
  #maxMs = 0;

  constructor(method: string, route: string) {
    this.method = method;
    this.route = route;
  }

  answered(status: number, tookMs: number): void {
    this.refused(status);
    this.#samplesMs[this.#sampled++ % SAMPLES_MAX] = tookMs;
    this.#totalMs += tookMs;
    if (tookMs < this.#minMs) this.#minMs = tookMs;
    if (tookMs > this.#maxMs) this.#maxMs = tookMs;
  }

  /** Counted, without a time that would say something. */
  refused(status: number): void {
    this.#count++;
    const statusClass = Math.trunc(status / 100);
    this.#byClass[statusClass] = (this.#byClass[statusClass] ?? 0) + 1;
  }

  visitedBy(address: string): void {
    this.#visitors.add(address);
  }

  /** What happened since the last call, which begins anew; null when nothing did. */
  take(hash: (address: string) => string, nowMs: number): RouteDelta | null {
    if (this.#count === 0) return null;
    const delta = {
      method: this.method,
      route: this.route,
      count: this.#count,
      totalMs: this.#totalMs,
      minMs: this.#sampled === 0 ? 0 : this.#minMs,
      maxMs: this.#maxMs,
      byClass: [...this.#byClass.subarray(1)],
      lastSeenAtMs: nowMs,
      samplesMs: this.#samples(),
      visitors: [...new Set(Array.from(this.#visitors, addressGroup))].map((group) => hash(group)),
    };
    this.#visitors.clear();
    this.#byClass.fill(0);
    this.#count = this.#sampled = this.#totalMs = this.#maxMs = 0;
    this.#minMs = Infinity;
    return delta;
  }

  #samples(): readonly number[] {
    const kept = Math.min(this.#sampled, SAMPLES_MAX);
    return Array.from({ length: kept }, (_, index) => {
      const tookMs = this.#samplesMs[(this.#sampled - kept + index) % SAMPLES_MAX] ?? 0;
      // Thousandths of a millisecond: a sample is text on its way.
      return Math.round(tookMs * 1000) / 1000;
    });
  }
}
