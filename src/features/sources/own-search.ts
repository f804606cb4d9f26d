/**
 * Searches of the sources that users bring themselves: for one account each, kept apart from what everybody sees, in the
 * caches only. What an account is called there is a hash of its sources and their credentials.
 */
import { LRUCache } from 'lru-cache';
import { BackgroundTasks } from '../../lib/async/background-tasks.ts';
import { CancelController, type CancelSignal } from '../../lib/async/cancel.ts';
import { Deadline } from '../../lib/async/deadline.ts';
import { orCancelled } from '../../lib/async/wait.ts';
import { AppError } from '../../lib/errors.ts';
import { adoptStreamSet } from '../../lib/stream-set/decode.ts';
import { FORMAT_VERSION } from '../../lib/stream-set/format.ts';
import { packedSet } from '../../lib/stream-set/packed-set.ts';
import type { StreamSetMedia } from '../../lib/stream-set/row.ts';
import { rowsOf } from '../../lib/stream-set/rows.ts';
import { SEARCH_PHASES } from '../../lib/stream-set/search-mark.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { StreamRow } from '../../lib/stream/fields.ts';
import type { OwnSources } from '../../lib/user-config/own-sources.ts';
import type { CacheSpec, ReadThroughCache } from '../../platform/cache/cache.ts';
import type { Searched, SearchWait } from '../streams/contract.ts';
import type { SearchTarget, SubjectSource } from './contract.ts';
import { mergeRows } from '../../lib/stream/merge-rows.ts';
import type { OpenSources } from './registry.ts';
import { noReport, type SearchReport, type SearchReports } from './search-report.ts';
import { ANSWER_GRACE_MS, Search, searchKey, type SearchTools } from './search.ts';
import type { Source } from './source.ts';

export interface OwnSearchParts extends SearchTools {
  readonly open: OpenSources;
  readonly subjects: SubjectSource;
  readonly sets: ReadThroughCache<StreamSet>;
  readonly reports: SearchReports;
}

const MINUTE_MS = 60_000;
const FRESH_MS = 15 * MINUTE_MS;
const EMPTY_MS = MINUTE_MS;
/** After which sources that failed are asked again. */
const FAILED_MS = 15_000;
/** A set that is under way is not kept for longer than its search can take. */
const UNDER_WAY_MARGIN_MS = 5000;
/** Of this process at a time, those behind included. */
const SEARCHES_MAX = 64;
const BUSY_MS = 2000;
/** Accounts whose sources stay open: what a source has learnt of its server is asked for once. */
const ACCOUNTS_MAX = 500;
const ACCOUNT_TTL_MS = 30 * MINUTE_MS;

export const OWN_STREAM_SETS: CacheSpec<StreamSet> = {
  name: 'own-stream-set',
  schemaVersion: FORMAT_VERSION,
  codec: {
    encode: ({ blob }) => blob,
    decode: (bytes) => adoptStreamSet(bytes),
    sizeBytes: (set) => set.sizeBytes,
    freshForMs: ({ nextSearchAtS }) => Math.max(0, nextSearchAtS * 1000 - Date.now()),
  },
  lifetimes: () => ({
    freshMs: FRESH_MS,
    staleMs: 0,
    negativeMs: { first: 1000, max: 1000, growth: 1 },
  }),
};

export class OwnSearch implements AsyncDisposable {
  readonly #parts: OwnSearchParts;
  readonly #running = new Map<string, Search>();
  readonly #opened = new LRUCache<string, readonly Source[]>({
    max: ACCOUNTS_MAX,
    ttl: ACCOUNT_TTL_MS,
  });
  readonly #life = new CancelController();
  readonly #background = new BackgroundTasks();
  /** By what the user's sources found: what it was merged with last, and what came of it. */
  readonly #merged = new WeakMap<
    StreamSet,
    { readonly shared: StreamSet; readonly both: StreamSet }
  >();

  constructor(parts: OwnSearchParts) {
    this.#parts = parts;
  }

  /** @see LiveSearch.findOwn */
  async find(
    media: StreamSetMedia,
    sources: OwnSources,
    { signal, startedAtMs }: SearchWait,
  ): Promise<Searched> {
    const key = ownKey(sources, media);
    const endsAtMs = startedAtMs + this.#parts.times.deadlineMs + ANSWER_GRACE_MS;
    using deadline = new Deadline({
      timeoutMs: Math.max(1, endsAtMs - performance.now()),
      parent: signal,
      failure: () => new AppError('cache.wait-timeout', 'The search took too long'),
    });
    try {
      const load = () => this.#search(key, media, sources, { startedAtMs, signal });
      const { value } = await this.#parts.sets.get(key, load, deadline.signal);
      const progress = this.#running.get(key)?.fanOut.progress() ?? [];
      return { set: value ?? setOf(media, [], BUSY_MS), sources: progress };
    } catch (error) {
      signal.throwIfAborted();
      this.#parts.logger.warn(
        { err: error, requestId: signal.requestId },
        "a search of a user's own sources failed",
      );
      return { set: setOf(media, [], BUSY_MS), sources: [] };
    }
  }

  /** @see LiveSearch.mergeOwn */
  merge(shared: StreamSet | null, own: StreamSet): StreamSet {
    if (shared === null) return own;
    const known = this.#merged.get(own);
    if (known?.shared === shared) return known.both;
    const mark = { phase: shared.searchPhase, nextAtS: shared.nextSearchAtS };
    const both = packedSet(own.media, mergeRows(rowsOf(shared), rowsOf(own)), mark);
    this.#merged.set(own, { shared, both });
    return both;
  }

  async report(
    target: SearchTarget,
    sources: OwnSources,
    signal: CancelSignal,
  ): Promise<SearchReport | null> {
    const key = ownKey(sources, target);
    const running = this.#running.get(key);
    return running?.report() ?? (await this.#parts.reports.get(key, noReport, signal)).value;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort(new AppError('server.draining', 'The server is stopping'));
    await this.#background.settled();
  }

  /** What is there at the deadline; the rest comes behind. */
  async #search(
    key: string,
    media: StreamSetMedia,
    own: OwnSources,
    { startedAtMs, signal: { trace } }: SearchWait,
  ): Promise<StreamSet> {
    const { subjects, open } = this.#parts;
    const { signal } = this.#life;
    const subject = await orCancelled(subjects.searchSubject(media, signal), signal);
    if (subject === null || this.#running.size >= SEARCHES_MAX) return setOf(media, [], BUSY_MS);
    const opened = this.#opened.get(own.key) ?? open(own.settings());
    this.#opened.set(own.key, opened);
    const sources = opened.filter((source) => source.canSearch(subject));
    const search = new Search(sources, subject, {
      tools: this.#parts,
      hasRows: false,
      startedAtMs,
      signal,
      trace,
    });
    this.#running.set(key, search);
    await search.answerable();
    this.#background.add(this.#conclude(key, media, search));
    return setOf(media, search.finds.rows(), this.#keptMs(search));
  }

  #keptMs({ isFinished, fanOut, finds }: Search): number {
    if (!isFinished) return this.#parts.times.backgroundMs + UNDER_WAY_MARGIN_MS;
    if (fanOut.progress().some(({ state }) => state === 'failed')) return FAILED_MS;
    return finds.hasPlayable ? FRESH_MS : EMPTY_MS;
  }

  /** What each of the later sources has found is in the next list. */
  async #conclude(key: string, media: StreamSetMedia, search: Search): Promise<void> {
    const { signal } = this.#life;
    const { sets, reports, logger } = this.#parts;
    try {
      const present = () => setOf(media, search.finds.rows(), this.#keptMs(search));
      while (!search.isFinished) {
        await search.next();
        await sets.update(key, async () => present(), present, signal);
      }
      await reports.update(key, noReport, search.report, signal);
    } catch (error) {
      if (!signal.aborted) logger.warn({ err: error }, 'a search behind was not kept');
    } finally {
      this.#running.delete(key);
    }
  }
}

function ownKey(sources: OwnSources, target: SearchTarget): string {
  return `${sources.key}:${searchKey(target)}`;
}

function setOf(media: StreamSetMedia, rows: readonly StreamRow[], keptMs: number): StreamSet {
  const nextAtS = Math.ceil((Date.now() + keptMs) / 1000);
  return packedSet(media, rows, { phase: SEARCH_PHASES.done, nextAtS });
}
