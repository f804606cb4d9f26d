/**
 * Bits per second of one rendition, from its segments as they arrive: a ring of one-second buckets, O(1) a segment.
 * Times are milliseconds of a clock that never goes back, the same for all calls.
 */

/** Of the ring, and of what `seconds` shows. */
export const RING_S = 64;
/** The current rate is that of the segments that arrived within this time. */
const WINDOW_S = 10;
/** Several segments at once are a burst of at least this time. */
const SPAN_MS_LEAST = 1000;
const NEVER = -1;

export class BitrateMeter {
  readonly #bytes = new Float64Array(RING_S);
  /** For each bucket: when the segment before its first one arrived. */
  readonly #beforeMs = new Float64Array(RING_S).fill(NEVER);
  #headS = 0;
  /** The oldest second of the window. */
  #tailS = 0;
  #windowBytes = 0;
  #totalBytes = 0;
  #startedAtMs = NEVER;
  #lastAtMs = NEVER;
  #peakBps = 0;
  #segments = 0;

  get segments(): number {
    return this.#segments;
  }

  /** Highest that the current rate was when a segment came. */
  get peakBps(): number {
    return this.#peakBps;
  }

  /** Since the first segment, whose own bytes were made before the clock began. */
  get averageBps(): number {
    const spanMs = this.#lastAtMs - this.#startedAtMs;
    return spanMs <= 0 ? 0 : (this.#totalBytes * 8000) / Math.max(spanMs, SPAN_MS_LEAST);
  }

  /** @returns the current rate in bits per second */
  add(bytes: number, nowMs: number): number {
    this.#segments += 1;
    if (this.#lastAtMs === NEVER) {
      this.#startedAtMs = nowMs;
      this.#lastAtMs = nowMs;
      this.#headS = Math.floor(nowMs / 1000);
      this.#tailS = this.#headS;
      return 0;
    }
    // What another process took may be told a moment late.
    const atMs = Math.max(nowMs, this.#lastAtMs);
    this.#advance(Math.floor(atMs / 1000));
    const at = this.#headS % RING_S;
    if (this.#beforeMs[at] === NEVER) this.#beforeMs[at] = this.#lastAtMs;
    this.#bytes[at] = (this.#bytes[at] ?? 0) + bytes;
    this.#windowBytes += bytes;
    this.#totalBytes += bytes;
    this.#lastAtMs = atMs;
    const rate = this.currentBps(atMs);
    if (rate > this.#peakBps) this.#peakBps = rate;
    return rate;
  }

  /** Of what arrived within the window, over the time in which it was made; 0 when nothing did. */
  currentBps(nowMs: number): number {
    if (this.#lastAtMs === NEVER) return 0;
    this.#advance(Math.floor(Math.max(nowMs, this.#lastAtMs) / 1000));
    if (this.#windowBytes <= 0) return 0;
    const beforeMs = this.#beforeMs[this.#tailS % RING_S] ?? NEVER;
    return (this.#windowBytes * 8000) / Math.max(this.#lastAtMs - beforeMs, SPAN_MS_LEAST);
  }

  /** Adds the bits that arrived in each of the last seconds, the present one left out, to `sums`, oldest first. */
  addSeconds(sums: Float64Array, nowMs: number): void {
    if (this.#lastAtMs === NEVER) return;
    this.#advance(Math.floor(Math.max(nowMs, this.#lastAtMs) / 1000));
    const shown = Math.min(sums.length, RING_S - 1);
    for (let back = 1; back <= shown; back += 1) {
      const second = this.#headS - back;
      if (second < 0) return;
      const at = sums.length - back;
      sums[at] = (sums[at] ?? 0) + (this.#bytes[second % RING_S] ?? 0) * 8;
    }
  }

  /** Each second is emptied once, however many there are: what a segment costs does not grow with the pause before it. */
  #advance(second: number): void {
    if (second === this.#headS) return;
    if (second - this.#headS >= RING_S) {
      this.#bytes.fill(0);
      this.#beforeMs.fill(NEVER);
      this.#windowBytes = 0;
      this.#tailS = second;
    } else {
      const oldest = second - WINDOW_S + 1;
      while (this.#tailS <= this.#headS && (this.#tailS < oldest || this.#isEmpty(this.#tailS))) {
        this.#windowBytes -= this.#bytes[this.#tailS % RING_S] ?? 0;
        this.#tailS += 1;
      }
      // All behind the head are empty.
      if (this.#tailS > this.#headS) this.#tailS = second;
      for (let next = this.#headS + 1; next <= second; next += 1) {
        this.#bytes[next % RING_S] = 0;
        this.#beforeMs[next % RING_S] = NEVER;
      }
    }
    this.#headS = second;
  }

  #isEmpty(second: number): boolean {
    return this.#beforeMs[second % RING_S] === NEVER;
  }
}
