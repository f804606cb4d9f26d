/** Use-case of posters: look up what to show, fetch its artwork, have it rendered in the pool, keep it. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { Loader, Lookup, ReadThroughCache } from '../../platform/cache/cache.ts';
import type { Fetcher } from '../../platform/fetch/fetcher.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { TaskPool } from '../../platform/pool/task-pool.ts';
import { readOrMake, type TitlesOnDemand } from '../metadata/contract.ts';
import type { PosterSource, PosterSubject } from './contract.ts';
import { posterKey, type PosterImage, type PosterRequest } from './store.ts';

export interface PosterServiceParts {
  readonly source: PosterSource;
  readonly onDemand: TitlesOnDemand;
  readonly cache: ReadThroughCache<PosterImage>;
  readonly fetcher: Fetcher;
  readonly pool: TaskPool;
  readonly logger: Logger;
  /** Whether posters carry their title's rating. */
  readonly showRating: boolean;
}

/** TMDB's originals are below 2 MB; a lossless scan may be larger. */
const ARTWORK_BYTES_MAX = 8 * 1024 * 1024;
const ARTWORK_TIMEOUT_MS = 5000;
/** Twice the limit that the task sets itself; past this one its thread is replaced. */
const RENDER_TIMEOUT_MS = 4000;

export class PosterService {
  readonly #parts: PosterServiceParts;

  constructor(parts: PosterServiceParts) {
    this.#parts = parts;
  }

  /** Cache key; a server that stops showing ratings does not find the posters that do. */
  key({ id, format }: PosterRequest): string {
    return posterKey(id, format, this.#parts.showRating);
  }

  /** Synchronous look into L1; starts the refresh of a stale entry behind. */
  peek(wanted: PosterRequest, key: string): Lookup<PosterImage> | undefined {
    const hit = this.#parts.cache.peek(key);
    return hit?.stale === true ? this.#parts.cache.peek(key, this.#loader(wanted)) : hit;
  }

  /** A null value: no title has this id. All who ask for one poster at a time share one rendering. */
  poster(wanted: PosterRequest, key: string, signal: CancelSignal): Promise<Lookup<PosterImage>> {
    return this.#parts.cache.get(key, this.#loader(wanted), signal);
  }

  #loader({ id, format }: PosterRequest): Loader<PosterImage> {
    return async (signal) => {
      const { source, onDemand } = this.#parts;
      const subject = await readOrMake(source.posterSource.bind(source), onDemand, id, signal);
      if (subject === null) return null;
      const artwork =
        subject.posterUrl === '' ? null : await this.#artwork(subject.posterUrl, signal);
      const { bytes, artworkUsed } = await this.#render(subject, format, artwork, signal);
      return { format, bytes, isMakeshift: subject.posterUrl !== '' && !artworkUsed };
    };
  }

  /** Null when it cannot be had: somebody else's broken server must not cost us the poster. */
  async #artwork(url: string, signal: CancelSignal): Promise<Uint8Array | null> {
    try {
      const limits = { signal, bodyBytesMax: ARTWORK_BYTES_MAX, timeoutMs: ARTWORK_TIMEOUT_MS };
      const { status, bytes } = await this.#parts.fetcher.fetchBytes(url, limits);
      if (status === 200) return bytes;
      this.#parts.logger.debug(
        { status, requestId: signal.requestId },
        'artwork is not there, its poster becomes a placeholder',
      );
    } catch (error) {
      signal.throwIfAborted();
      this.#parts.logger.debug(
        { err: error, requestId: signal.requestId },
        'artwork did not load, its poster becomes a placeholder',
      );
    }
    return null;
  }

  async #render(
    subject: PosterSubject,
    format: PosterRequest['format'],
    artwork: Uint8Array | null,
    signal: CancelSignal,
  ): Promise<{ readonly bytes: Uint8Array; readonly artworkUsed: boolean }> {
    const { title, year } = subject;
    const rating = this.#parts.showRating && subject.rating > 0 ? subject.rating : -1;
    const run = (picture: Uint8Array | null) =>
      this.#parts.pool.run(
        'poster.render',
        { title, year, rating, artwork: picture, format },
        {
          signal,
          timeoutMs: RENDER_TIMEOUT_MS,
        },
      );
    if (artwork === null) return run(null);
    return run(artwork).catch((error: unknown) => {
      // Artwork that took its thread along must not do so again.
      if (signal.aborted || !isRenderFailure(error)) throw error;
      return run(null);
    });
  }
}

function isRenderFailure(error: unknown): boolean {
  return (
    error instanceof AppError &&
    (error.code === 'pool.task-failed' || error.code === 'pool.task-timeout')
  );
}
