/** Closes connections whose reader takes a body too slowly, so that none is held for ever. */

/** A body that is only partly written. */
export interface PartialWrite {
  /** Bytes of the body that the socket has taken so far. */
  readonly offset: number;
  close(): void;
}

export interface SlowReaderOptions {
  /** Time in which a reader must take at least `windowBytesMin`, in milliseconds. */
  readonly windowMs: number;
  readonly windowBytesMin: number;
}

interface Window {
  startedAtMs: number;
  startOffset: number;
}

const CHECKS_PER_WINDOW = 5;

export class SlowReaders implements Disposable {
  readonly #options: SlowReaderOptions;
  /** At most one per connection. */
  readonly #writes = new Map<PartialWrite, Window>();
  readonly #checkEveryMs: number;
  readonly #timer: NodeJS.Timeout;
  #lastCheckAtMs = performance.now();

  constructor(options: SlowReaderOptions) {
    this.#options = options;
    this.#checkEveryMs = options.windowMs / CHECKS_PER_WINDOW;
    this.#timer = setInterval(() => this.#check(), this.#checkEveryMs);
    this.#timer.unref();
  }

  /** Bodies that are being written now. */
  get count(): number {
    return this.#writes.size;
  }

  add(write: PartialWrite): void {
    this.#writes.set(write, { startedAtMs: performance.now(), startOffset: write.offset });
  }

  delete(write: PartialWrite): void {
    this.#writes.delete(write);
  }

  #check(): void {
    const now = performance.now();
    // While the loop was blocked nobody could be written to: that time is ours, not the readers'.
    const blockedMs = Math.max(0, now - this.#lastCheckAtMs - 2 * this.#checkEveryMs);
    this.#lastCheckAtMs = now;
    for (const [write, window] of this.#writes) {
      window.startedAtMs += blockedMs;
      if (now - window.startedAtMs < this.#options.windowMs) continue;
      if (write.offset - window.startOffset < this.#options.windowBytesMin) {
        this.#writes.delete(write);
        write.close();
      } else {
        window.startedAtMs = now;
        window.startOffset = write.offset;
      }
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#writes.clear();
  }
}
