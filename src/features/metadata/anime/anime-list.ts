/** The list of what ids of anime stand for: fetched when it is first needed, kept in the database, renewed once a week. */
import { BackgroundTasks } from '../../../lib/async/background-tasks.ts';
import { CancelController, type CancelSignal } from '../../../lib/async/cancel.ts';
import { SingleFlight } from '../../../lib/async/single-flight.ts';
import type { AnimeRow } from '../../../lib/anime-list/anime-list.ts';
import { AppError } from '../../../lib/errors.ts';
import { isAnimeProvider, type TitleId } from '../../../lib/stremio/media-id.ts';
import type { Logger } from '../../../platform/log/logger.ts';
import type { TaskPool } from '../../../platform/pool/task-pool.ts';
import type { Upstream } from '../../../platform/upstream/upstream.ts';
import { badAnswer } from '../answer.ts';
import type { TitleIds } from '../provider.ts';
import type { AnimeStore } from './store.ts';

export interface AnimeListParts {
  readonly store: AnimeStore;
  readonly upstream: Upstream;
  readonly url: string;
  readonly pool: TaskPool;
  readonly logger: Logger;
}

/** It is 10 MB, 1 MB as it travels. */
const LIST_BYTES_MAX = 64 * 1024 * 1024;
const FETCH_TIMEOUT_MS = 60_000;
const PARSE_TIMEOUT_MS = 30_000;
const RENEWAL_TIMEOUT_MS = 150_000;
const NAME = 'The list of anime';

export class AnimeList implements AsyncDisposable {
  readonly #parts: AnimeListParts;
  readonly #life = new CancelController();
  readonly #behind = new BackgroundTasks();
  readonly #renewals = new SingleFlight<void>({
    flightTimeoutMs: RENEWAL_TIMEOUT_MS,
    keysMax: 1,
    waitersMax: 10_000,
    attemptsMax: 1,
  });

  constructor(parts: AnimeListParts) {
    this.#parts = parts;
  }

  /**
   * Null for an id that stands for no title.
   * @throws AppError `metadata.unavailable` while there is no list, `database.…`
   */
  async entryOf(id: TitleId, signal: CancelSignal): Promise<AnimeRow | null> {
    if (!isAnimeProvider(id.provider)) return null;
    if (!(await this.#isThere(signal))) {
      await this.#renew(signal);
      if (!(await this.#isThere(signal)))
        throw new AppError('metadata.unavailable', 'the list of anime is being fetched: try again');
    }
    return this.#parts.store.entryById(id.provider, id, signal);
  }

  /** All entries of a title; null while there is no list, which is fetched behind then. @throws AppError `database.…` */
  async entriesOf(ids: TitleIds, signal: CancelSignal): Promise<readonly AnimeRow[] | null> {
    if (await this.#isThere(signal)) return this.#parts.store.entriesOf(ids, signal);
    this.#renewBehind();
    return null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort(new AppError('server.draining', 'The server is stopping'));
    await this.#renewals[Symbol.asyncDispose]();
    await this.#behind.settled();
  }

  async #isThere(signal: CancelSignal): Promise<boolean> {
    const { isThere, isDue } = await this.#parts.store.listState(signal);
    if (isThere && isDue) this.#renewBehind();
    return isThere;
  }

  #renewBehind(): void {
    if (this.#behind.size > 0) return;
    this.#behind.add(this.#renew(this.#life.signal).catch(() => undefined));
  }

  #renew(signal: CancelSignal): Promise<void> {
    return this.#renewals.run('list', (flight) => this.#fetch(flight), signal);
  }

  /** A list that is there stays when this fails; the next try comes in two minutes. */
  async #fetch(signal: CancelSignal): Promise<void> {
    const { store, logger } = this.#parts;
    const etag = await store.claimList(signal);
    if (etag === null) return;
    try {
      await this.#replace(etag, signal);
    } catch (error) {
      signal.throwIfAborted();
      logger.warn({ err: error }, 'the list of anime was not fetched, it is tried again soon');
      throw error;
    }
  }

  async #replace(etag: string, signal: CancelSignal): Promise<void> {
    const { store, upstream, url, pool, logger } = this.#parts;
    const answer = await upstream.request({
      url,
      headers: { accept: 'application/json', ...(etag === '' ? {} : { 'if-none-match': etag }) },
      signal,
      timeoutMs: FETCH_TIMEOUT_MS,
      bodyBytesMax: LIST_BYTES_MAX,
      retriesMax: 2,
    });
    if (answer.status === 304) return store.confirmList(etag, signal);
    if (answer.status !== 200) throw badAnswer(NAME, `the status ${answer.status}`);
    const { entries, batches } = await pool
      .run('anime-list.parse', { bytes: answer.bytes }, { signal, timeoutMs: PARSE_TIMEOUT_MS })
      .catch((cause: unknown) => {
        signal.throwIfAborted();
        throw badAnswer(NAME, 'something that is no list', cause);
      });
    if (entries === 0) throw badAnswer(NAME, 'a list without entries');
    await store.replaceList(batches, answer.header('etag'), signal);
    logger.info({ entries }, 'the list of anime is renewed');
  }
}
