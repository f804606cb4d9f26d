/**
 * Live search of what everybody may see: one search for each movie or episode, over all processes. A request waits for it
 * up to the deadline; what comes later is merged into the cached set and written to the database behind.
 */
import { BackgroundTasks } from '../../lib/async/background-tasks.ts';
import { CancelController, type CancelSignal } from '../../lib/async/cancel.ts';
import { Deadline } from '../../lib/async/deadline.ts';
import { orCancelled } from '../../lib/async/wait.ts';
import { AppError } from '../../lib/errors.ts';
import {
  SEARCH_PHASES,
  isSearchWanted,
  isUnderWay,
  type SearchMark,
} from '../../lib/stream-set/search-mark.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { Lease, Leases } from '../../platform/cache/lease.ts';
import type { StreamImport } from '../library/contract.ts';
import type { Searched, SearchedSet, SearchWait } from '../streams/contract.ts';
import type { Demand, SearchSubject, SearchTarget, SubjectSource } from './contract.ts';
import { markOf, sourcesDue, stateAfter, type SearchState } from './cooldown.ts';
import { FailureBackoff } from './failure-backoff.ts';
import { SearchFlight } from './search-flight.ts';
import { noReport, type SearchReport, type SearchReports } from './search-report.ts';
import { ANSWER_GRACE_MS, Search, searchKey, type SearchTools } from './search.ts';
import type { Source } from './source.ts';
import type { SearchStore } from './store.ts';

export interface SharedSearchParts extends SearchTools {
  readonly sources: readonly Source[];
  readonly store: Pick<SearchStore, 'state' | 'currentState' | 'writeState'>;
  readonly subjects: SubjectSource;
  readonly streams: StreamImport;
  readonly reports: SearchReports;
  readonly leases: Leases;
  /** What is asked for while there is little of it. */
  readonly demand: Pick<Demand, 'note'>;
  /** Requests that may wait for searches at a time; others get what is there. */
  readonly waitersMax: number;
}

/** Fewer streams are little: what was asked for is searched for again in the background, when it is due. */
const LITTLE = 5;
/** Searches of this process at a time, those behind included. */
const SEARCHES_MAX = 128;
/** After the sources were given up: the set, the database, the caches of others. */
const WRAP_UP_MS = 10_000;
/** To say so, for a search that ends without an outcome. */
const ABANDON_MS = 1000;
/** What a set that is under way is kept for when the process that searches dies. */
const UNDER_WAY_MARGIN_MS = 5000;

export class SharedSearch implements AsyncDisposable {
  readonly #parts: SharedSearchParts;
  readonly #sourceIds: readonly string[];
  readonly #flights = new Map<string, SearchFlight>();
  readonly #backoff = new FailureBackoff();
  readonly #life = new CancelController();
  readonly #background = new BackgroundTasks();
  #waiting = 0;

  constructor(parts: SharedSearchParts) {
    this.#parts = parts;
    this.#sourceIds = parts.sources.map(({ id }) => id);
  }

  /** Searches of this process. */
  get underWay(): number {
    return this.#flights.size;
  }

  /** @see LiveSearch.markOf */
  async markOf(target: SearchTarget, signal: CancelSignal): Promise<SearchMark> {
    return markOf(await this.#parts.store.state(target, signal), this.#sourceIds, Date.now());
  }

  /** @see LiveSearch.join */
  async join(set: StreamSet, sets: SearchedSet, wait: SearchWait): Promise<Searched> {
    const { signal } = wait;
    const key = searchKey(sets.media);
    this.wanted(sets.media, set.rowCount);
    const present = this.#flights.get(key);
    if (present === undefined && isUnderWay(set))
      return { set, sources: (await this.#reportElsewhere(key, signal))?.sources ?? [] };
    const flight = present ?? this.#open(key, new SearchFlight(set, wait), sets);
    if (flight === null) return { set, sources: this.#backoff.failedOf(key) };
    const isAwaited = set.searchPhase !== SEARCH_PHASES.renewal && !flight.isAnswered;
    if (isAwaited && this.#waiting < this.#parts.waitersMax) await this.#wait(flight, signal);
    return flight.isAnswered ? flight.present : { ...flight.present, set };
  }

  /** @see LiveSearch.wanted */
  wanted(target: SearchTarget, streams: number): void {
    if (streams < LITTLE) this.#parts.demand.note(target);
  }

  /** @see LiveSearch.complete */
  async complete(sets: SearchedSet, signal: CancelSignal): Promise<boolean> {
    const set = await sets.read(signal);
    if (!isSearchWanted(set)) return false;
    const key = searchKey(sets.media);
    const wait = { startedAtMs: performance.now(), signal };
    const flight = this.#flights.get(key) ?? this.#open(key, new SearchFlight(set, wait), sets);
    if (flight === null) return false;
    await orCancelled(flight.ended, signal);
    return true;
  }

  /** @see LiveSearch.report */
  async report(target: SearchTarget, signal: CancelSignal): Promise<SearchReport | null> {
    const key = searchKey(target);
    const present = this.#flights.get(key)?.report ?? null;
    return present ?? (await this.#parts.reports.get(key, noReport, signal)).value;
  }

  /** Ends what is under way, which finds itself due again. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort(new AppError('server.draining', 'The server is stopping'));
    await this.#background.settled();
  }

  async #wait(flight: SearchFlight, signal: CancelSignal): Promise<void> {
    this.#waiting += 1;
    try {
      await orCancelled(flight.answered, signal);
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Null when it may not begin: it failed a moment ago, or too many are under way. */
  #open(key: string, flight: SearchFlight, sets: SearchedSet): SearchFlight | null {
    if (this.#flights.size >= SEARCHES_MAX || this.#life.signal.aborted) return null;
    if (this.#backoff.isOn(key, Date.now())) return null;
    this.#flights.set(key, flight);
    this.#background.add(this.#fly(key, flight, sets));
    return flight;
  }

  async #fly(key: string, flight: SearchFlight, sets: SearchedSet): Promise<void> {
    const { deadlineMs, backgroundMs } = this.#parts.times;
    using deadline = new Deadline({
      timeoutMs: deadlineMs + backgroundMs + WRAP_UP_MS,
      parent: this.#life.signal,
      trace: flight.trace,
      failure: () => new AppError('cache.wait-timeout', 'A search took too long'),
    });
    const { signal } = deadline;
    const endsAtMs = flight.startedAtMs + deadlineMs + ANSWER_GRACE_MS;
    const late = setTimeout(() => flight.giveUp(), Math.max(0, endsAtMs - performance.now()));
    try {
      const lease = await this.#leaseOrAnswer(key, flight, sets, signal);
      if (lease === null) return;
      try {
        await this.#lead(key, flight, sets, signal);
      } catch (error) {
        await this.#abandon(flight, sets);
        throw error;
      } finally {
        await lease.release();
      }
    } catch (error) {
      if (!signal.aborted)
        this.#parts.logger.warn({ err: error, requestId: signal.requestId }, 'a search failed');
      this.#backoff.failed(key, Date.now(), flight.present.sources);
    } finally {
      clearTimeout(late);
      this.#flights.delete(key);
      flight.end();
    }
  }

  /** The lease; null when another process has searched meanwhile, or does so for longer than anybody waits. */
  async #leaseOrAnswer(
    key: string,
    flight: SearchFlight,
    sets: SearchedSet,
    signal: CancelSignal,
  ): Promise<Lease | null> {
    const { leases, times } = this.#parts;
    const name = `live-search:${key}`;
    const endsAtMs = flight.startedAtMs + times.deadlineMs;
    for (;;) {
      const lease = await this.#tryLease(name, signal);
      // After the lease: what its last holder has left is seen.
      const set = await sets.read(signal);
      const isDone = !isSearchWanted(set);
      if (lease !== null && !isDone) return lease;
      await lease?.release();
      const isLate = performance.now() >= endsAtMs;
      if (isDone || isLate || isUnderWay(set)) {
        const report = await this.#reportElsewhere(key, signal);
        flight.watch(() => report);
        flight.answer(set);
        return null;
      }
      await leases.waitForRelease(name, signal);
    }
  }

  /** Without leases (Redis ill) every process searches for itself. */
  async #tryLease(name: string, signal: CancelSignal): Promise<Lease | null> {
    try {
      return await this.#parts.leases.tryAcquire(name, signal);
    } catch {
      signal.throwIfAborted();
      return { release: () => Promise.resolve() };
    }
  }

  async #lead(
    key: string,
    flight: SearchFlight,
    sets: SearchedSet,
    signal: CancelSignal,
  ): Promise<void> {
    const { store, subjects, sources } = this.#parts;
    const target = sets.media;
    const [state, subject] = await orCancelled(
      Promise.all([store.currentState(target, signal), subjects.searchSubject(target, signal)]),
      signal,
    );
    const due = new Set(sourcesDue(state, this.#sourceIds, Date.now()));
    // Somebody has searched since the set was cached here.
    if (due.size === 0 || subject === null) return flight.answer(await sets.reload(signal));
    const able = sources.filter((source) => due.has(source.id) && source.canSearch(subject));
    const unable = [...due].filter((id) => !able.some((source) => source.id === id));
    const search = new Search(able, subject, {
      tools: this.#parts,
      hasRows: flight.present.set.rowCount > 0,
      startedAtMs: flight.startedAtMs,
      signal,
    });
    flight.watch(search.report);
    await search.answerable();
    await this.#answerAsTheyCome(key, flight, sets, search, signal);
    await this.#conclude(key, flight, sets, { search, state, subject, unable }, signal);
  }

  /** Nobody is told for longer that it is under way. */
  async #abandon(flight: SearchFlight, sets: SearchedSet): Promise<void> {
    const { set } = flight.present;
    if (set.searchPhase !== SEARCH_PHASES.underWay) return;
    using limit = new Deadline({
      timeoutMs: ABANDON_MS,
      failure: () => new AppError('cache.wait-timeout', 'The caches did not answer in time'),
    });
    const mark = lostMark(set.rowCount === 0);
    await sets.update((present) => present, mark, limit.signal).catch(() => undefined);
  }

  /** What each of the later sources has found is in the next answer, while others still go on. */
  async #answerAsTheyCome(
    key: string,
    flight: SearchFlight,
    sets: SearchedSet,
    search: Search,
    signal: CancelSignal,
  ): Promise<void> {
    while (!search.isFinished) {
      const next = search.next();
      flight.answer(await search.mergeInto(sets, this.#underWay(), signal));
      await this.#keepReport(key, search, signal);
      await next;
    }
  }

  async #conclude(
    key: string,
    flight: SearchFlight,
    sets: SearchedSet,
    { search, state, subject, unable }: Concluded,
    signal: CancelSignal,
  ): Promise<void> {
    const { logger, store, streams, times } = this.#parts;
    const { finds, fanOut } = search;
    const progress = fanOut.progress();
    const answered = progress.filter((source) => source.state === 'answered').map(({ id }) => id);
    const hasFailures = answered.length < progress.length;
    const isLost = answered.length === 0 && hasFailures && !finds.hasPlayable;
    const isEmpty = flight.present.set.rowCount === 0 && !finds.hasPlayable;
    const outcome = {
      answered: [...answered, ...unable],
      hasFailures,
      isEmpty,
      releasedAtMs: releasedAtMs(subject),
      foundMaxMs: times.foundMaxMs,
    };
    const next = isLost ? null : stateAfter(state, outcome, Date.now());
    const mark = next === null ? lostMark(isEmpty) : markOf(next, this.#sourceIds, Date.now());
    if (isLost) this.#backoff.failed(key, Date.now(), progress);
    else this.#backoff.forget(key);
    flight.answer(await search.mergeInto(sets, mark, signal));
    await this.#keepReport(key, search, signal);
    try {
      const found = finds.streams();
      if (found.length > 0) await streams.addStreams(subject.mediaId, found, signal);
      if (next !== null) await store.writeState(sets.media, next, signal);
    } catch (error) {
      // What was found is in the caches; when it has left them the search is done again.
      logger.warn(
        { err: error, reason: codeOf(error), requestId: signal.requestId },
        'found streams were not stored',
      );
      return;
    }
    await sets.dropEpisodes(finds.otherEpisodes());
  }

  #underWay(): SearchMark {
    const untilMs = Date.now() + this.#parts.times.backgroundMs + UNDER_WAY_MARGIN_MS;
    return { phase: SEARCH_PHASES.underWay, nextAtS: Math.ceil(untilMs / 1000) };
  }

  async #keepReport(key: string, { report }: Search, signal: CancelSignal): Promise<void> {
    await this.#parts.reports.update(key, noReport, report, signal).catch(() => undefined);
  }

  /** Of a search that is still under way. */
  async #reportElsewhere(key: string, signal: CancelSignal): Promise<SearchReport | null> {
    const { value } = await this.#parts.reports.get(key, noReport, signal);
    return value === null || value.isFinished ? null : value;
  }
}

interface Concluded {
  readonly search: Search;
  readonly state: SearchState | null;
  readonly subject: SearchSubject;
  /** Sources that had nothing to be asked. */
  readonly unable: readonly string[];
}

/** Of a search that no source answered: the next request begins anew, and waits where there is nothing to show. */
function lostMark(isEmpty: boolean): SearchMark {
  return { phase: isEmpty ? SEARCH_PHASES.due : SEARCH_PHASES.renewal, nextAtS: 0 };
}

/** Of what was searched for; NaN when it is not known. */
function releasedAtMs({ type, released, episodes, season, episode }: SearchSubject): number {
  if (type === 'movie') return Date.parse(released);
  const known = episodes.find((one) => one.season === season && one.episode === episode);
  return Date.parse(known?.released ?? '');
}

function codeOf(error: unknown): string {
  return error instanceof AppError ? error.code : 'unknown';
}
