/** Titles on demand, as the other features ask for them: remembered, bounded, each within its deadline. */
import { BackgroundTasks } from '../../lib/async/background-tasks.ts';
import { CancelController, type CancelSignal } from '../../lib/async/cancel.ts';
import { Deadline } from '../../lib/async/deadline.ts';
import { orCancelled } from '../../lib/async/wait.ts';
import { AppError } from '../../lib/errors.ts';
import { parseTitleId, type TitleId } from '../../lib/stremio/media-id.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import type { ReadThroughCache } from '../../platform/cache/cache.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { SearchSubject, SearchTarget, SubjectSource } from '../sources/contract.ts';
import type { Creation, TitlesOnDemand } from './contract.ts';
import { clientIdOf, type TitleKeeper } from './keeper.ts';
import type { TitleLookup } from './lookup.ts';
import {
  searchKey,
  titleKey,
  type KeptTitle,
  type MakingOutcome,
  type MetadataStore,
} from './store.ts';

export interface OnDemandParts {
  readonly keeper: TitleKeeper;
  readonly lookup: TitleLookup;
  readonly store: MetadataStore;
  readonly makingCache: ReadThroughCache<MakingOutcome>;
  readonly searchCache: ReadThroughCache<readonly string[]>;
  /** What the library knows. */
  readonly subjects: SubjectSource;
  /** How long a request waits for a title. */
  readonly deadlineMs: number;
  readonly logger: Logger;
}

/** Catalogues show what they have. */
const SEARCH_DEADLINE_MS = 1000;
/** Behind the answer a search may take longer, for the next one. */
const SEARCH_TIMEOUT_MS = 5000;
const BEHIND_MAX = 64;

export class OnDemandTitles implements TitlesOnDemand, SubjectSource, AsyncDisposable {
  readonly #parts: OnDemandParts;
  readonly #life = new CancelController();
  readonly #behind = new BackgroundTasks();

  constructor(parts: OnDemandParts) {
    this.#parts = parts;
  }

  peek(id: TitleId): 'absent' | undefined {
    if (!this.#parts.keeper.canMake(id)) return 'absent';
    return this.#parts.makingCache.peek(titleKey(id))?.value === null ? 'absent' : undefined;
  }

  async create(id: TitleId, signal: CancelSignal): Promise<Creation> {
    if (this.peek(id) === 'absent') return 'absent';
    const making = (deadline: CancelSignal) =>
      this.#parts.makingCache.get(titleKey(id), (flight) => this.#make(id, flight), deadline);
    const made = await this.#within(this.#parts.deadlineMs, signal, making);
    if (made === undefined || made.value === 'failed') return 'unavailable';
    return made.value === null ? 'absent' : 'created';
  }

  async keepCurrent(id: TitleId, signal: CancelSignal): Promise<boolean> {
    const { store, deadlineMs } = this.#parts;
    const kept = await this.#within(deadlineMs, signal, (limit) => store.keptById(id, limit));
    return this.#keep(kept ?? null, false, signal);
  }

  async searchSubject(target: SearchTarget, signal: CancelSignal): Promise<SearchSubject | null> {
    const { store, subjects, deadlineMs } = this.#parts;
    const known = await subjects.searchSubject(target, signal);
    if (known === null) return null;
    const kept = await this.#within(deadlineMs, signal, (limit) =>
      store.keptByMedia(target.mediaId, limit),
    );
    const isNew = isEpisodeMissing(known, target);
    const isOther = await this.#keep(kept ?? null, isNew, signal);
    return isOther ? subjects.searchSubject(target, signal) : known;
  }

  async search(type: MediaType, text: string, signal: CancelSignal): Promise<readonly TitleId[]> {
    const found = await this.#within(SEARCH_DEADLINE_MS, signal, (deadline) =>
      this.#parts.searchCache.get(
        searchKey(type, text),
        (flight) => this.#search(type, text, flight),
        deadline,
      ),
    );
    return (found?.value ?? []).map((id) => parseTitleId(type, id));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort(new AppError('server.draining', 'The server is stopping'));
    await this.#behind.settled();
  }

  async #make(id: TitleId, signal: CancelSignal): Promise<MakingOutcome | null> {
    try {
      return (await this.#parts.keeper.make(id, signal)) ? 'made' : null;
    } catch (error) {
      signal.throwIfAborted();
      this.#failed(error, 'a title was not made', signal);
      return 'failed';
    }
  }

  async #search(
    type: MediaType,
    text: string,
    signal: CancelSignal,
  ): Promise<readonly string[] | null> {
    const { lookup, keeper } = this.#parts;
    const found = await lookup.search(type, text, SEARCH_TIMEOUT_MS, signal);
    if (found.length === 0) return null;
    await keeper.sketch(found, signal);
    return found.map(clientIdOf);
  }

  /** @param isUrgent what is asked for is not known yet */
  async #keep(kept: KeptTitle | null, isUrgent: boolean, signal: CancelSignal): Promise<boolean> {
    if (kept === null || !kept.isDue) return false;
    const { keeper, deadlineMs } = this.#parts;
    if (kept.isSketch || isUrgent)
      return (
        (await this.#within(deadlineMs, signal, (limit) => keeper.refresh(kept, limit))) ?? false
      );
    if (this.#behind.size < BEHIND_MAX)
      this.#behind.add(
        keeper
          .refresh(kept, this.#life.signal)
          .catch((error: unknown) => this.#failed(error, 'a title was not refreshed', signal)),
      );
    return false;
  }

  /** Undefined when it failed or took too long; the work goes on for others. Rejects with the caller's reason only. */
  async #within<R>(
    timeoutMs: number,
    parent: CancelSignal,
    work: (signal: CancelSignal) => Promise<R>,
  ): Promise<R | undefined> {
    const failure = () =>
      new AppError('metadata.unavailable', `no metadata within ${timeoutMs} ms: try again`);
    using deadline = new Deadline({ timeoutMs, parent, failure });
    try {
      return await orCancelled(work(deadline.signal), deadline.signal);
    } catch (error) {
      parent.throwIfAborted();
      this.#failed(error, 'metadata did not come in time', parent);
      return undefined;
    }
  }

  /** What a service did is in the log already. */
  #failed(error: unknown, message: string, { requestId }: CancelSignal): void {
    const level = error instanceof AppError ? 'debug' : 'warn';
    this.#parts.logger[level]({ err: error, requestId }, message);
  }
}

function isEpisodeMissing(
  { type, episodes }: SearchSubject,
  { season, episode }: SearchTarget,
): boolean {
  const isThis = (known: SearchSubject['episodes'][number]) =>
    known.season === season && known.episode === episode;
  return type === 'series' && !episodes.some(isThis);
}
