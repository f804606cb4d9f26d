/** One search that requests of this process wait for. */
import { Latch } from '../../lib/async/latch.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { Searched, SearchWait } from '../streams/contract.ts';
import type { RequestTrace } from '../../lib/trace/request-trace.ts';
import type { SearchReport } from './search-report.ts';

export class SearchFlight {
  /** `performance.now()` from which its deadline counts: of the first request. */
  readonly startedAtMs: number;
  readonly trace: RequestTrace | undefined;
  readonly #answered = new Latch<void>();
  readonly #ended = new Latch<void>();
  #set: StreamSet;
  #isAnswered = false;
  #report: () => SearchReport | null = () => null;

  constructor(set: StreamSet, { startedAtMs, signal }: Pick<SearchWait, 'startedAtMs' | 'signal'>) {
    this.#set = set;
    this.startedAtMs = startedAtMs;
    this.trace = signal.trace;
  }

  /** Whether it waits for nobody any more; it may still be under way. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** Resolves at the deadline of the search at the latest. */
  get answered(): Promise<void> {
    return this.#answered.opened;
  }

  /** Resolves when all that was found is stored, or the search was given up. */
  get ended(): Promise<void> {
    return this.#ended.opened;
  }

  /** What there is by now. */
  get present(): Searched {
    return { set: this.#set, sources: this.report?.sources ?? [] };
  }

  /** What the sources do; null when that is not known. */
  get report(): SearchReport | null {
    return this.#report();
  }

  /** @param report asked for with every answer */
  watch(report: () => SearchReport | null): void {
    this.#report = report;
  }

  answer(set: StreamSet): void {
    this.#set = set;
    this.giveUp();
  }

  /** Those who wait get what there was before. */
  giveUp(): void {
    this.#isAnswered = true;
    this.#answered.open();
  }

  /** Nothing more is done. */
  end(): void {
    this.giveUp();
    this.#ended.open();
  }
}
