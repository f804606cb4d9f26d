/**
 * How often torrents are played: counted in memory, written in batches. One play is one, however often its player seeks and in
 * whichever process: the first request of a session counts, and the session is kept in the caches.
 */
import { BackgroundTasks } from '../../lib/async/background-tasks.ts';
import { NEVER_CANCELLED, type CancelSignal } from '../../lib/async/cancel.ts';
import { WriteBuffer } from '../../lib/async/write-buffer.ts';
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import type { CacheSpec, Loader, ReadThroughCache } from '../../platform/cache/cache.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { ViewerPlay } from './resolver.ts';
import type { PlaybackStore } from './store.ts';

export interface PlayCountParts {
  readonly store: Pick<PlaybackStore, 'addPlays'>;
  readonly sessions: ReadThroughCache<true>;
  readonly ring: KeyRing;
  readonly logger: Logger;
  /** Told of the first request of a session, in the process that it came to. */
  readonly onSession: (play: ViewerPlay) => void;
}

/** Torrents that wait to be written. */
const WAITING_MAX = 20_000;
/** A film with its pauses. */
const SESSION_MS = 6 * 3600 * 1000;

/** By digest of account and file: it is being played. */
export const SESSION_CACHE: CacheSpec<true> = {
  name: 'playback-session',
  schemaVersion: 1,
  codec: {
    encode: () => Uint8Array.of(1),
    decode: (bytes) => (bytes.length === 1 ? true : null),
    sizeBytes: () => 1,
  },
  lifetimes: () => ({
    freshMs: SESSION_MS,
    staleMs: 0,
    negativeMs: { first: 1000, max: 1000, growth: 1 },
  }),
};

export class PlayCounts implements AsyncDisposable {
  readonly #parts: PlayCountParts;
  readonly #beginning = new BackgroundTasks();
  /** A digest each. */
  readonly #keys = new WeakMap<ViewerPlay, string>();
  readonly #counted: WriteBuffer<number>;

  constructor(parts: PlayCountParts) {
    this.#parts = parts;
    this.#counted = new WriteBuffer({
      waitingMax: WAITING_MAX,
      merge: (first, second) => first + second,
      write: (plays, signal) => parts.store.addPlays(plays, signal),
      onLost: (torrents) => parts.logger.warn({ torrents }, 'the last plays are not counted'),
    });
  }

  /** Returns at once, and nothing of it fails a playback. */
  begun(play: ViewerPlay): void {
    const { sessions, onSession } = this.#parts;
    const { infohash } = play.file;
    const key = this.#key(play);
    if (sessions.peek(key) !== undefined) return;
    const begin: Loader<true> = () => {
      this.#counted.add(infohash, 1);
      onSession(play);
      return Promise.resolve(true);
    };
    this.#beginning.add(sessions.get(key, begin, NEVER_CANCELLED).catch(() => undefined));
  }

  /** Writes what waits; what cannot be written waits on. */
  flush(signal: CancelSignal): Promise<void> {
    return this.#counted.flush(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#beginning.settled();
    await this.#counted[Symbol.asyncDispose]();
  }

  #key(play: ViewerPlay): string {
    let key = this.#keys.get(play);
    if (key === undefined) {
      const { entry, profileId, file } = play;
      const { infohash, season, episode } = file;
      const session = ['session', entry.accountKey, profileId, infohash, season, episode];
      key = this.#parts.ring.digest(JSON.stringify(session));
      this.#keys.set(play, key);
    }
    return key;
  }
}
