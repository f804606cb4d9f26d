/**
 * Remembers that a server cannot be reached, so that requests do not queue up to find out again. The
 * pause grows while probes fail; a probe in the background, never a user's request, finds the end.
 */

export interface OutageOptions {
  /** Statements are still let through for so long, in milliseconds: their retries may see it over. */
  readonly graceMs: number;
  /** Pause before the first probe, in milliseconds; doubles with every failed one. */
  readonly pauseMsFirst: number;
  readonly pauseMsMax: number;
  /** Resolves when the server answers again. */
  readonly probe: () => Promise<unknown>;
  /** Told once when the outage begins and once when it ends. */
  readonly onChange: (isDown: boolean) => void;
}

export class Outage {
  readonly #options: OutageOptions;
  #pauseMs = 0;
  #probeAt = 0;
  #downSince = 0;
  #probing = false;

  constructor(options: OutageOptions) {
    this.#options = options;
  }

  get isDown(): boolean {
    return this.#pauseMs > 0;
  }

  /** A connection could not be opened. Failures within one pause count once. */
  failed(): void {
    const now = performance.now();
    if (this.isDown && now < this.#probeAt) return;
    const wasDown = this.isDown;
    this.#pauseMs = Math.min(this.#options.pauseMsMax, Math.max(this.#options.pauseMsFirst, this.#pauseMs * 2));
    this.#probeAt = now + this.#pauseMs;
    if (wasDown) return;
    this.#downSince = now;
    this.#options.onChange(true);
  }

  /** A connection was opened. */
  recovered(): void {
    if (!this.isDown) return;
    this.#pauseMs = 0;
    this.#options.onChange(false);
  }

  /** True when statements may be sent. While down, starts a probe as soon as the pause is over. */
  allows(): boolean {
    if (!this.isDown) return true;
    const now = performance.now();
    if (!this.#probing && now >= this.#probeAt) void this.#runProbe();
    return now - this.#downSince < this.#options.graceMs;
  }

  async #runProbe(): Promise<void> {
    this.#probing = true;
    try {
      await this.#options.probe();
      this.recovered();
    } catch {
      this.failed();
    } finally {
      this.#probing = false;
    }
  }
}
