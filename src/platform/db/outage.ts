/**
 * Remembers that a server cannot be reached, so that requests do not queue up to find out again. The
 * pause grows while probes fail; a probe in the background, not a user's request, finds the end.
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
  #isDown = false;
  #downSince = 0;
  #pauseMs = 0;
  /** The next probe, or the one that is running; undefined while the server is up. */
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: OutageOptions) {
    this.#options = options;
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /** True when statements may be sent: the server is up, or may be back before their retries end. */
  get isPassable(): boolean {
    return !this.#isDown || performance.now() - this.#downSince < this.#options.graceMs;
  }

  /** A connection could not be opened. */
  failed(): void {
    if (this.#isDown || this.#isClosed) return;
    this.#isDown = true;
    this.#downSince = performance.now();
    this.#pauseMs = this.#options.pauseMsFirst;
    this.#probeLater();
    this.#options.onChange(true);
  }

  /** A connection was opened. */
  recovered(): void {
    if (!this.#isDown) return;
    this.#isDown = false;
    clearTimeout(this.#timer);
    this.#options.onChange(false);
  }

  /** Ends the probes. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #probeLater(): void {
    this.#timer = setTimeout(() => void this.#probe(), this.#pauseMs);
    this.#timer.unref();
  }

  async #probe(): Promise<void> {
    try {
      await this.#options.probe();
      this.recovered();
    } catch {
      this.#pauseMs = Math.min(this.#options.pauseMsMax, this.#pauseMs * 2);
      if (this.#isDown && !this.#isClosed) this.#probeLater();
    }
  }
}
