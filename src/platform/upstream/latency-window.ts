/** How long calls took lately: a bounded window of samples, and their percentiles. */

const SAMPLES_MAX = 128;

export class LatencyWindow {
  readonly #samples = new Float32Array(SAMPLES_MAX);
  #count = 0;
  #next = 0;
  /** In order; null once a sample has come after it was made. */
  #sorted: Float32Array | null = null;

  get count(): number {
    return this.#count;
  }

  add(ms: number): void {
    this.#samples[this.#next] = ms;
    this.#next = (this.#next + 1) % SAMPLES_MAX;
    this.#count = Math.min(this.#count + 1, SAMPLES_MAX);
    this.#sorted = null;
  }

  /**
   * The smallest sample that so many percent do not exceed (nearest rank); null without samples.
   * @param percent 0 to 100
   */
  percentileMs(percent: number): number | null {
    if (this.#count === 0) return null;
    this.#sorted ??= this.#samples.slice(0, this.#count).sort();
    const rank = Math.ceil((Math.min(Math.max(percent, 0), 100) / 100) * this.#count);
    return this.#sorted[Math.max(rank, 1) - 1] ?? null;
  }
}
