/**
 * The second tier as one cache sees it: typed values under `name:schema:key`. An ill store makes every
 * look-up a miss and every write a loss; only an abort of the caller's signal is an error.
 */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { CacheCodec, CacheStore, StoredEntry } from './cache.ts';
import type { TimedValue } from './timed-value.ts';

const NO_BYTES = new Uint8Array(0);

export interface L2Stats {
  readonly failures: number;
  /** Blobs that the codec refused: corrupt, or of another version. */
  readonly refused: number;
}

export class L2<T> {
  readonly #store: CacheStore;
  readonly #codec: CacheCodec<T>;
  readonly #prefix: string;
  #failures = 0;
  #refused = 0;

  constructor(store: CacheStore, codec: CacheCodec<T>, prefix: string) {
    this.#store = store;
    this.#codec = codec;
    this.#prefix = prefix;
  }

  stats(): L2Stats {
    return { failures: this.#failures, refused: this.#refused };
  }

  async lookup(key: string, signal: CancelSignal): Promise<TimedValue<T> | null> {
    const entry = await this.#tolerate(this.#store.get(this.#prefix + key, signal), signal);
    if (entry === null) return null;
    if (entry.negativeCount !== undefined && entry.negativeCount > 0)
      return withTimes<T>(entry, null);
    const value = await this.#decode(entry.bytes, signal);
    if (value === null) this.#refused++;
    return value === null ? null : withTimes(entry, value);
  }

  /** Null when it cannot be had: then nothing may be stored. */
  fence(key: string, signal: CancelSignal): Promise<string | null> {
    return this.#tolerate(this.#store.fence(this.#prefix + key, signal), signal);
  }

  /** Does nothing when the key was deleted since `fence` was taken. */
  async write(
    key: string,
    entry: TimedValue<T>,
    fence: string,
    signal: CancelSignal,
  ): Promise<void> {
    const { value, freshUntilMs, expiresAtMs, negativeCount } = entry;
    const bytes =
      value === null ? NO_BYTES : await this.#tolerate(encoded(this.#codec, value), signal);
    if (bytes === null) return;
    const stored: StoredEntry = { bytes, freshUntilMs, expiresAtMs, negativeCount };
    await this.#tolerate(this.#store.set(this.#prefix + key, stored, signal, fence), signal);
  }

  /**
   * False when somebody deleted or replaced the key since `fence` was taken.
   * @throws what the store or the codec does: then it is not known what is stored
   */
  async replace(
    key: string,
    { value, freshUntilMs, expiresAtMs }: TimedValue<T> & { readonly value: T },
    fence: string,
    signal: CancelSignal,
  ): Promise<boolean> {
    const bytes = await encoded(this.#codec, value);
    const stored: StoredEntry = { bytes, freshUntilMs, expiresAtMs };
    return this.#store.replace(this.#prefix + key, stored, fence, signal);
  }

  /** Rejects when the store does: a deletion that was not made must be made later. */
  delete(key: string, signal: CancelSignal): Promise<void> {
    return this.#store.delete([this.#prefix + key], signal);
  }

  async #decode(bytes: Uint8Array, signal: CancelSignal): Promise<T | null> {
    try {
      return await this.#codec.decode(bytes, signal);
    } catch {
      signal.throwIfAborted();
      return null;
    }
  }

  async #tolerate<R>(work: Promise<R>, signal: CancelSignal): Promise<R | null> {
    try {
      return await work;
    } catch {
      signal.throwIfAborted();
      this.#failures++;
      return null;
    }
  }
}

/** A codec that throws at once rejects like one that fails later. */
async function encoded<T>(codec: CacheCodec<T>, value: T): Promise<Uint8Array> {
  return codec.encode(value);
}

function withTimes<T>(entry: StoredEntry, value: T | null): TimedValue<T> {
  const { freshUntilMs, expiresAtMs, negativeCount = 0 } = entry;
  return { value, freshUntilMs, expiresAtMs, negativeCount };
}
