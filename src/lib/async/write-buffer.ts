/** Values that are written in batches: what cannot be written waits on, and what waits at the end is written once more. */
import { AppError } from '../errors.ts';
import type { CancelSignal } from './cancel.ts';
import { Deadline } from './deadline.ts';

export interface WriteBufferOptions<V> {
  /** Most keys that wait; values of others are lost beyond it, which takes a database that is away for long. */
  readonly waitingMax: number;
  /** Of two values of one key, the earlier one first. */
  readonly merge: (first: V, second: V) => V;
  readonly write: (values: ReadonlyMap<string, V>, signal: CancelSignal) => Promise<void>;
  /** Told at the end how many keys could not be written. */
  readonly onLost: (count: number) => void;
}

const LAST_WRITE_TIMEOUT_MS = 3000;

export class WriteBuffer<V> implements AsyncDisposable {
  readonly #options: WriteBufferOptions<V>;
  #waiting = new Map<string, V>();

  constructor(options: WriteBufferOptions<V>) {
    this.#options = options;
  }

  add(key: string, value: V): void {
    const { waitingMax, merge } = this.#options;
    const present = this.#waiting.get(key);
    if (present === undefined && this.#waiting.size >= waitingMax) return;
    this.#waiting.set(key, present === undefined ? value : merge(present, value));
  }

  /** Writes what waits. */
  async flush(signal: CancelSignal): Promise<void> {
    if (this.#waiting.size === 0) return;
    const values = this.#waiting;
    this.#waiting = new Map();
    try {
      await this.#options.write(values, signal);
    } catch (error) {
      const since = this.#waiting;
      this.#waiting = values;
      for (const [key, value] of since) this.add(key, value);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const failure = () => new AppError('server.draining', 'The server is stopping');
    using deadline = new Deadline({ timeoutMs: LAST_WRITE_TIMEOUT_MS, failure });
    await this.flush(deadline.signal).catch(() => this.#options.onLost(this.#waiting.size));
  }
}
