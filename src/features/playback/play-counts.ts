/**
 * How often torrents are played: counted in memory, written in batches. One play is one, however often its player seeks and in
 * whichever process: the first request of a session counts, and the session is kept in the caches.
 */
import { BackgroundTasks } from '../../lib/async/background-tasks.ts';
import { Deadline } from '../../lib/async/deadline.ts';
import { NEVER_CANCELLED, type CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import type { CacheSpec, Loader, ReadThroughCache } from '../../platform/cache/cache.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { Play } from './resolver.ts';
import type { PlaybackStore } from './store.ts';

export interface PlayCountParts {
  readonly store: Pick<PlaybackStore, 'addPlays'>;
  readonly sessions: ReadThroughCache<true>;
  readonly ring: KeyRing;
  readonly logger: Logger;
  /** Told of the first request of a session, in the process that it came to. */
  readonly onSession: (play: Play) => void;
}

/** Torrents that wait to be written; plays of others are lost beyond it, which takes a database that is away for long. */
const WAITING_MAX = 20_000;
const LAST_WRITE_TIMEOUT_MS = 3000;
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
  readonly #keys = new WeakMap<Play, string>();
  #waiting = new Map<string, number>();

  constructor(parts: PlayCountParts) {
    this.#parts = parts;
  }

  /** Returns at once, and nothing of it fails a playback. */
  begun(play: Play): void {
    const { sessions, onSession } = this.#parts;
    const { infohash } = play.file;
    const key = this.#key(play);
    if (sessions.peek(key) !== undefined) return;
    const begin: Loader<true> = () => {
      this.#count(infohash, 1);
      onSession(play);
      return Promise.resolve(true);
    };
    this.#beginning.add(sessions.get(key, begin, NEVER_CANCELLED).catch(() => undefined));
  }

  /** Writes what waits; what cannot be written waits on. */
  async flush(signal: CancelSignal): Promise<void> {
    if (this.#waiting.size === 0) return;
    const plays = this.#waiting;
    this.#waiting = new Map();
    try {
      await this.#parts.store.addPlays(plays, signal);
    } catch (error) {
      for (const [infohash, count] of plays) this.#count(infohash, count);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#beginning.settled();
    const failure = () => new AppError('server.draining', 'The server is stopping');
    using deadline = new Deadline({ timeoutMs: LAST_WRITE_TIMEOUT_MS, failure });
    await this.flush(deadline.signal).catch(() => {
      this.#parts.logger.warn({ torrents: this.#waiting.size }, 'the last plays are not counted');
    });
  }

  #key(play: Play): string {
    let key = this.#keys.get(play);
    if (key === undefined) {
      const { entry, file } = play;
      const session = ['session', entry.accountKey, file.infohash, file.season, file.episode];
      key = this.#parts.ring.digest(JSON.stringify(session));
      this.#keys.set(play, key);
    }
    return key;
  }

  #count(infohash: string, plays: number): void {
    const present = this.#waiting.get(infohash);
    if (present === undefined && this.#waiting.size >= WAITING_MAX) return;
    this.#waiting.set(infohash, (present ?? 0) + plays);
  }
}
