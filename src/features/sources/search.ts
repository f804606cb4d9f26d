/** One search: the sources at work for one movie or episode, and what they have found. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { RequestTrace } from '../../lib/trace/request-trace.ts';
import { settledWithin } from '../../lib/async/wait.ts';
import type { SearchMark } from '../../lib/stream-set/search-mark.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { SearchedSet } from '../streams/contract.ts';
import type { SearchSubject, SearchTarget } from './contract.ts';
import { FanOut } from './fan-out.ts';
import { Finds } from './finds.ts';
import type { Matcher } from './matching.ts';
import { mergeRows } from '../../lib/stream/merge-rows.ts';
import { reportOf, type SearchReport } from './search-report.ts';
import type { SourceBudgets } from './source-budgets.ts';
import type { Source } from './source.ts';

export interface SearchTimes {
  /** For how long a request waits. */
  readonly deadlineMs: number;
  /** For how long sources may go on behind. */
  readonly backgroundMs: number;
  /** After which a title is searched for again that had streams, and came out long ago. */
  readonly foundMaxMs: number;
}

/** What all searches of a process share. */
export interface SearchTools {
  readonly times: SearchTimes;
  readonly budgets: SourceBudgets;
  readonly matcherOf: (subject: SearchSubject) => Matcher;
  readonly logger: Logger;
}

export interface SearchOptions {
  readonly tools: SearchTools;
  /** Whether an answer would show something that was known before. */
  readonly hasRows: boolean;
  /** `performance.now()` from which the deadline counts. */
  readonly startedAtMs: number;
  readonly signal: CancelSignal;
  /** Of the request that began it, where the signal is of longer life. */
  readonly trace?: RequestTrace | undefined;
}

/** Where it was thrown, without its message, which may hold addresses with keys. */
function placeOf(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack.slice(stack.indexOf('\n    at ') + 1);
}

/**
 * Beyond the deadline nobody waits any longer than this, whatever holds up a search: the caches and the database that it
 * needs before the sources and after them.
 */
export const ANSWER_GRACE_MS = 250;

/** For what has come just before the deadline. */
const COMPARE_MS = 50;

/** Equal for one movie or episode in all processes. */
export function searchKey({ mediaId, season, episode }: SearchTarget): string {
  return `${mediaId}:${season}:${episode}`;
}

/** The sources at work for one title, and what they have found. */
export class Search {
  readonly finds: Finds;
  readonly fanOut: FanOut;
  readonly #startedAt = new Date();
  readonly #deadlineAtMs: number;

  constructor(
    sources: readonly Source[],
    subject: SearchSubject,
    {
      tools: { budgets, matcherOf, times, logger },
      hasRows,
      startedAtMs,
      signal,
      trace = signal.trace,
    }: SearchOptions,
  ) {
    this.#deadlineAtMs = startedAtMs + times.deadlineMs;
    this.finds = new Finds(subject, matcherOf(subject), () => this.fanOut.look());
    this.fanOut = new FanOut(sources, subject, {
      deadlineMs: Math.max(1, this.#deadlineAtMs - performance.now()),
      lateAfterMs: times.deadlineMs,
      backgroundMs: times.backgroundMs,
      budgets,
      signal,
      trace,
      hasAny: () => hasRows || this.finds.hasPlayable,
      onFound: (source, releases) => this.finds.add(source, releases),
      onUnexpected: ({ id }, error) =>
        logger.warn(
          { source: id, where: placeOf(error), requestId: trace?.requestId },
          'a source failed unexpectedly',
        ),
    });
  }

  /** Whether all sources have answered or were given up, and all that they found was compared. */
  get isFinished(): boolean {
    return this.fanOut.isFinished && this.finds.isSettled;
  }

  /** Resolves when there is something to answer with. A list that takes longer to compare holds up no answer. */
  async answerable(): Promise<void> {
    await this.fanOut.answerable;
    const leftMs = this.#deadlineAtMs - performance.now();
    await settledWithin(this.finds.settled(), Math.max(COMPARE_MS, leftMs));
  }

  /** Resolves when one source more has answered or was given up, and all that was found was compared. */
  async next(): Promise<void> {
    if (!this.fanOut.isFinished) await this.fanOut.next;
    await this.finds.settled();
  }

  mergeInto(sets: SearchedSet, mark: SearchMark, signal: CancelSignal): Promise<StreamSet> {
    const found = this.finds.rows();
    return sets.update((present) => mergeRows(present, found), mark, signal);
  }

  readonly report = (): SearchReport => reportOf(this.#startedAt, this.fanOut, this.finds);
}
