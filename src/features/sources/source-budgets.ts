/** How long an answer waits for each source: learnt from how long it took lately. */

/** Of each source: enough to see a change within a few searches. */
const SAMPLES_MAX = 32;
/** With fewer nothing is known. */
const SAMPLES_MIN = 4;
/** Sources of users come and go; those of an instance are a few dozen. */
const SOURCES_MAX = 1000;
/** Beyond the slowest tenth: a source that is a little slower than usual is waited for. */
const MARGIN = 1.5;
const WAIT_MIN_MS = 100;

/** Later than any deadline. */
export const LATE = Number.POSITIVE_INFINITY;

export class SourceBudgets {
  /** Milliseconds by source, oldest first. */
  readonly #samples = new Map<string, number[]>();

  /** @param elapsedMs until it answered; `LATE` where it had not at the deadline */
  record(sourceId: string, elapsedMs: number): void {
    const samples = this.#samples.get(sourceId) ?? [];
    samples.push(elapsedMs);
    if (samples.length > SAMPLES_MAX) samples.shift();
    this.#samples.delete(sourceId);
    this.#samples.set(sourceId, samples);
    if (this.#samples.size <= SOURCES_MAX) return;
    const [oldest] = this.#samples.keys();
    if (oldest !== undefined) this.#samples.delete(oldest);
  }

  /**
   * Milliseconds that an answer waits for it: `deadlineMs` for one that is not known; 0 for one that mostly takes longer,
   * because waiting for it would help nobody.
   */
  waitMs(sourceId: string, deadlineMs: number): number {
    const samples = this.#samples.get(sourceId);
    if (samples === undefined || samples.length < SAMPLES_MIN) return deadlineMs;
    const sorted = samples.toSorted((a, b) => a - b);
    if (percentile(sorted, 0.5) >= deadlineMs) return 0;
    return Math.min(deadlineMs, Math.max(WAIT_MIN_MS, percentile(sorted, 0.9) * MARGIN));
  }
}

/** @param sorted ascending, not empty */
function percentile(sorted: readonly number[], share: number): number {
  const at = Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1);
  return sorted[Math.max(0, at)] ?? 0;
}
