/**
 * Private streams of one film or episode, beside what everybody gets of it: sets of their own in the caches, whose keys hold
 * the profile and its revision. What everybody gets is never changed, and is there once.
 */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { adoptStreamSet } from '../../lib/stream-set/decode.ts';
import { FORMAT_VERSION, STREAM_SET_ROWS_MAX } from '../../lib/stream-set/format.ts';
import { packedSet } from '../../lib/stream-set/packed-set.ts';
import { rowsOf } from '../../lib/stream-set/rows.ts';
import type { StreamSetMedia } from '../../lib/stream-set/row.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { StreamRow } from '../../lib/stream/fields.ts';
import { withNewer } from '../../lib/stream/merge-rows.ts';
import { streamKey } from '../../lib/stream/stream-key.ts';
import type { PrivateMark } from '../../lib/user-config/private-mark.ts';
import type { CacheSpec, ReadThroughCache } from '../../platform/cache/cache.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { PrivateStreams, Waiter } from '../streams/contract.ts';
import type { PrivateStreamStore } from './store.ts';

const MINUTE_MS = 60_000;

/** A change gives all keys of the profile another revision; what is left is the merge of two titles. */
export const PRIVATE_STREAM_SETS: CacheSpec<StreamSet> = {
  name: 'private-stream-set',
  schemaVersion: FORMAT_VERSION,
  codec: {
    encode: ({ blob }) => blob,
    decode: (bytes) => adoptStreamSet(bytes),
    sizeBytes: (set) => set.sizeBytes,
  },
  lifetimes: () => ({
    freshMs: 15 * MINUTE_MS,
    staleMs: 0,
    negativeMs: { first: 5 * MINUTE_MS, max: 15 * MINUTE_MS, growth: 2 },
  }),
};

export interface PrivateStreamSetsParts {
  readonly store: Pick<PrivateStreamStore, 'load'>;
  readonly cache: ReadThroughCache<StreamSet>;
  readonly logger: Logger;
}

/** What was made of two sets. */
interface Merged {
  readonly shared: StreamSet;
  readonly both: StreamSet;
}

export class PrivateStreamSets implements PrivateStreams {
  readonly #parts: PrivateStreamSetsParts;
  /** By the private set: one that is asked for again gives the same object, which kept answers are found by. */
  readonly #merged = new WeakMap<StreamSet, Merged>();

  constructor(parts: PrivateStreamSetsParts) {
    this.#parts = parts;
  }

  add(
    shared: StreamSet | null,
    media: StreamSetMedia,
    mark: PrivateMark,
    waiter: Waiter,
  ): StreamSet | null | Promise<StreamSet | null> {
    const { cache } = this.#parts;
    const key = `${mark.profileId}.${mark.revision}:${media.mediaId}:${media.season}:${media.episode}`;
    const load = (signal: CancelSignal) => this.#load(mark, media, signal);
    const atHand = cache.peek(key, load);
    if (atHand !== undefined) return this.#both(shared, atHand.value);
    const { signal } = waiter;
    return cache.get(key, load, signal).then(
      ({ value }) => this.#both(shared, value),
      (error: unknown) => {
        signal.throwIfAborted();
        this.#parts.logger.warn({ err: error }, 'a list lacks the private streams of its user');
        return shared;
      },
    );
  }

  async #load(
    { profileId }: PrivateMark,
    media: StreamSetMedia,
    signal: CancelSignal,
  ): Promise<StreamSet | null> {
    const rows = await this.#parts.store.load(profileId, media, signal);
    return rows.length === 0 ? null : packedSet(media, rows);
  }

  #both(shared: StreamSet | null, own: StreamSet | null): StreamSet | null {
    if (shared === null || own === null) return own ?? shared;
    const known = this.#merged.get(own);
    if (known?.shared === shared) return known.both;
    const mark = { phase: shared.searchPhase, nextAtS: shared.nextSearchAtS };
    const both = packedSet(shared.media, ownFirst(rowsOf(shared), rowsOf(own)), mark);
    this.#merged.set(own, { shared, both });
    return both;
  }
}

/** Where there are too many, those go that others have brought. */
function ownFirst(shared: readonly StreamRow[], own: readonly StreamRow[]): readonly StreamRow[] {
  const others = new Map(shared.map((row) => [streamKey(row), row]));
  const first = own.map((row) => {
    const key = streamKey(row);
    const known = others.get(key);
    others.delete(key);
    return known === undefined ? row : withNewer(known, row);
  });
  return [...first, ...others.values()].slice(0, STREAM_SET_ROWS_MAX);
}
