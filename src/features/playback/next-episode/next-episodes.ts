/**
 * While somebody watches an episode, the next one is made ready: once for each session, when half of the running time has passed
 * since it began. What players do after a redirect is not seen, so that a pause counts as watching; whoever begins something
 * else with the same account before is not waiting for it any more.
 */
import { LRUCache } from 'lru-cache';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import type { Logger } from '../../../platform/log/logger.ts';
import type { DebridServices } from '../../debrid/contract.ts';
import type { SubjectSource } from '../../sources/contract.ts';
import type { Play, Resolver } from '../resolver.ts';
import type { PlaybackStore } from '../store.ts';
import { chooseTorrent } from './choose-torrent.ts';
import { nextEpisode } from './next-episode.ts';

export interface NextEpisodeParts {
  readonly store: Pick<PlaybackStore, 'playedTitle' | 'episodeTorrents'>;
  readonly services: Pick<DebridServices, 'open'>;
  readonly subjects: SubjectSource;
  readonly resolver: Pick<Resolver, 'prepare'>;
  readonly logger: Logger;
  /** Milliseconds that only grow; for tests. */
  readonly now?: () => number;
}

interface Watching {
  readonly play: Play;
  readonly season: number;
  readonly begunAtMs: number;
  /** Null until the running time was looked up. */
  readonly dueAtMs: number | null;
}

/** Sessions that are waited for; those beyond it get nothing prepared. */
const WATCHING_MAX = 2000;
/** Of one run: the others are a few seconds later. */
const PREPARED_MAX = 10;
const LOOKED_UP_MAX = 200;
const MINUTE_MS = 60_000;
/** Where the library knows none. */
const RUNTIME_MINUTES = 40;
/** Nobody watches longer at a stretch. */
const RUNTIME_MINUTES_MAX = 180;

export class NextEpisodes {
  readonly #parts: NextEpisodeParts;
  readonly #now: () => number;
  /** By account: what it began last. */
  readonly #watching = new LRUCache<string, Watching>({ max: WATCHING_MAX });

  constructor(parts: NextEpisodeParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
  }

  /** A session has begun. Returns at once. */
  begun(play: Play): void {
    const { entry, file } = play;
    this.#watching.delete(entry.accountKey);
    if (!entry.preparesNext || file.season === null) return;
    const watching = { play, season: file.season, begunAtMs: this.#now(), dueAtMs: null };
    this.#watching.set(entry.accountKey, watching);
  }

  /** Sees who is half way. A failure costs this session its preparation and nothing else. */
  async run(signal: CancelSignal): Promise<void> {
    await this.#lookUp(signal);
    const due = [...this.#watching].filter(
      ([, { dueAtMs }]) => dueAtMs !== null && dueAtMs <= this.#now(),
    );
    for (const [key, watching] of due.slice(0, PREPARED_MAX)) {
      this.#watching.delete(key);
      try {
        await this.#prepare(watching, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        const code = error instanceof AppError ? error.code : 'unknown';
        this.#parts.logger.debug({ code }, 'the next episode was not prepared');
      }
    }
  }

  async #lookUp(signal: CancelSignal): Promise<void> {
    const unknown = [...this.#watching].filter(([, { dueAtMs }]) => dueAtMs === null);
    for (const [key, watching] of unknown.slice(0, LOOKED_UP_MAX)) {
      const title = await this.#parts.store.playedTitle(watching.play.file, signal);
      if (this.#watching.peek(key) !== watching) continue;
      const minutes = Math.min(title?.runtimeMinutes || RUNTIME_MINUTES, RUNTIME_MINUTES_MAX);
      const dueAtMs = watching.begunAtMs + (minutes * MINUTE_MS) / 2;
      this.#watching.set(key, { ...watching, dueAtMs });
    }
  }

  async #prepare({ play, season }: Watching, signal: CancelSignal): Promise<void> {
    const { store, services, subjects, resolver, logger } = this.#parts;
    const { entry, file, viewerIp } = play;
    const mediaId = (await store.playedTitle(file, signal))?.mediaId ?? 0;
    if (mediaId === 0) return;
    const present = { season, episode: file.episode };
    const subject = await subjects.searchSubject({ mediaId, ...present }, signal);
    const today = new Date().toISOString().slice(0, 10);
    const next = nextEpisode(present, subject?.episodes ?? [], today);
    if (next === null) return;
    const candidates = await store.episodeTorrents(mediaId, next, file.infohash, signal);
    const account = services.open(entry);
    const ways = { entry, account, call: { signal, viewerIp } };
    const chosen = await chooseTorrent(candidates, file.infohash, ways);
    if (chosen === null) return;
    const { kind } = await resolver.prepare(
      { entry, viewerIp, file: { ...chosen, ...next, nzb: null } },
      signal,
    );
    logger.debug({ service: entry.service.service, kind }, 'the next episode was prepared');
  }
}
