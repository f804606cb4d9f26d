/** All sources asked at a time: what they find as it comes, and when an answer need not wait any longer. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { RequestTrace } from '../../lib/trace/request-trace.ts';
import { Deadline } from '../../lib/async/deadline.ts';
import { Latch } from '../../lib/async/latch.ts';
import { orCancelled } from '../../lib/async/wait.ts';
import { AppError, type ErrorCode } from '../../lib/errors.ts';
import type { SourceProgress } from '../streams/contract.ts';
import type { FoundRelease, SearchSubject } from './contract.ts';
import { LATE, type SourceBudgets } from './source-budgets.ts';
import type { Source } from './source.ts';

export interface FanOutOptions {
  readonly budgets: SourceBudgets;
  /** After which whoever waits gets what there is. */
  readonly deadlineMs: number;
  /** After which a source is late: the deadline of a request that waited for nothing before. */
  readonly lateAfterMs: number;
  /** After which sources are given up. */
  readonly backgroundMs: number;
  readonly signal: CancelSignal;
  readonly trace?: RequestTrace | undefined;
  /** Whether an answer would show anything by now: one of nothing helps nobody before the deadline. */
  readonly hasAny: () => boolean;
  readonly onFound: (source: Source, releases: readonly FoundRelease[]) => void;
  /** Told of what is no `AppError`, whose text may hold anything. */
  readonly onUnexpected: (source: Source, error: unknown) => void;
}

/** Why a source has not answered: a code, and what is wrong in words. */
export interface SourceFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

interface Asked {
  readonly source: Source;
  readonly startedAtMs: number;
  state: SourceProgress['state'];
  elapsedMs: number;
  failure: SourceFailure | null;
  /** Whether an answer waits for it. */
  isAwaited: boolean;
  /** It had not answered after `lateAfterMs`. */
  isLate: boolean;
  budget: NodeJS.Timeout | null;
}

export class FanOut {
  readonly #options: FanOutOptions;
  readonly #asked: readonly Asked[];
  readonly #end: Deadline;
  readonly #answerable = new Latch<void>();
  readonly #deadline: NodeJS.Timeout;
  readonly #late: NodeJS.Timeout;
  #next = new Latch<void>();
  /** Resolves when all sources have answered or were given up. */
  readonly finished: Promise<void>;

  /** Asks at once. Sources that cannot know the subject have been left out. */
  constructor(sources: readonly Source[], subject: SearchSubject, options: FanOutOptions) {
    this.#options = options;
    this.#end = new Deadline({
      timeoutMs: options.backgroundMs,
      parent: options.signal,
      trace: options.trace,
      failure: () => new AppError('fetch.timeout', 'The source did not answer in time'),
    });
    this.#late = setTimeout(() => this.#learnLate(), options.lateAfterMs);
    this.#deadline = setTimeout(() => this.#answerable.open(), options.deadlineMs);
    const startedAtMs = performance.now();
    this.#asked = sources.map((source) => ({
      source,
      startedAtMs,
      state: 'asked',
      elapsedMs: 0,
      failure: null,
      isAwaited: true,
      isLate: false,
      budget: null,
    }));
    for (const asked of this.#asked) this.#limit(asked);
    this.finished = Promise.all(this.#asked.map((asked) => this.#ask(asked, subject))).then(() =>
      this.#close(),
    );
  }

  /** Resolves when nothing more is worth waiting for: at the deadline at the latest. */
  get answerable(): Promise<void> {
    return this.#answerable.opened;
  }

  /** Resolves when the next one has answered or was given up. */
  get next(): Promise<void> {
    return this.#next.opened;
  }

  get isFinished(): boolean {
    return this.#asked.every(({ state }) => state !== 'asked');
  }

  progress(): readonly SourceProgress[] {
    const nowMs = performance.now();
    return this.#asked.map(({ source: { id, name }, state, elapsedMs, startedAtMs }) => ({
      id,
      name,
      state,
      elapsedMs: state === 'asked' ? nowMs - startedAtMs : elapsedMs,
    }));
  }

  failures(): ReadonlyMap<string, SourceFailure> {
    return new Map(
      this.#asked.flatMap(({ source, failure }) =>
        failure === null ? [] : [[source.id, failure]],
      ),
    );
  }

  async #ask(asked: Asked, subject: SearchSubject): Promise<void> {
    const { source, startedAtMs } = asked;
    const { signal } = this.#end;
    const { budgets, onFound } = this.#options;
    // A source that finds something at once meets a search that has been built.
    await Promise.resolve();
    try {
      await orCancelled(
        source.search(subject, {
          signal,
          found: (releases) => {
            if (asked.state !== 'asked') return;
            onFound(source, releases);
          },
        }),
        signal,
      );
      asked.state = 'answered';
    } catch (error) {
      asked.state = 'failed';
      asked.failure = failureOf(error);
      if (!(error instanceof AppError)) this.#options.onUnexpected(source, error);
    }
    asked.elapsedMs = performance.now() - startedAtMs;
    // What fails at once says nothing about how long an answer takes; of what is late that is known.
    if (asked.state === 'answered' && !asked.isLate) budgets.record(source.id, asked.elapsedMs);
    this.#settle(asked);
    const next = this.#next;
    this.#next = new Latch();
    next.open();
  }

  /** That a source is late is learnt now: one that hangs is heard of for the first time when it is given up. */
  #learnLate(): void {
    const { budgets } = this.#options;
    for (const asked of this.#asked.filter(({ state }) => state === 'asked')) {
      asked.isLate = true;
      budgets.record(asked.source.id, LATE);
    }
  }

  #limit(asked: Asked): void {
    const { budgets, deadlineMs } = this.#options;
    const waitMs = budgets.waitMs(asked.source.id, deadlineMs);
    if (waitMs < deadlineMs) asked.budget = setTimeout(() => this.#settle(asked), waitMs);
  }

  /** An answer waits for it no longer. */
  #settle(asked: Asked): void {
    if (asked.budget !== null) clearTimeout(asked.budget);
    asked.isAwaited = false;
    this.look();
  }

  /** To be told when there may be more to show. */
  look(): void {
    if (this.#asked.some(({ isAwaited }) => isAwaited)) return;
    if (this.isFinished || this.#options.hasAny()) this.#answerable.open();
  }

  #close(): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#late);
    this.#end[Symbol.dispose]();
    this.#answerable.open();
  }
}

/** In words of ours where messages name hosts: a server of the operator's may have led there. */
const HOSTLESS: Partial<Record<ErrorCode, string>> = {
  'fetch.blocked-address': 'it leads to an address that is not public',
};

/** Messages of `AppError` hold no secrets; of anything else nothing is shown. */
function failureOf(error: unknown): SourceFailure {
  return error instanceof AppError
    ? { code: error.code, message: HOSTLESS[error.code] ?? error.message }
    : { code: 'server.failure', message: 'Something unexpected; the log has more' };
}
