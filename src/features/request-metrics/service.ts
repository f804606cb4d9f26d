/** Statistics of requests: gathered in the process, flushed every few seconds, read from Redis where there is one. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { JournalEntry, RequestJournal } from '../../lib/request-journal/request-journal.ts';
import { MemoryStatistics } from './memory-statistics.ts';
import { dayOf, type Statistics } from './statistics.ts';

export interface RequestMetricsParts {
  readonly journal: RequestJournal;
  /** Null: this process is all there is. */
  readonly shared: Statistics | null;
  /** Keyed: addresses cannot be found again by trying all. */
  readonly digest: (text: string) => string;
}

export class RequestMetricsService {
  readonly #parts: RequestMetricsParts;
  /** Answers while Redis does not. */
  readonly #own = new MemoryStatistics();

  constructor(parts: RequestMetricsParts) {
    this.#parts = parts;
  }

  /** @throws AppError `redis.unavailable`: the other processes never hear of these requests */
  async flush(signal: CancelSignal): Promise<void> {
    const { journal, shared, digest } = this.#parts;
    const day = dayOf(Date.now());
    const delta = journal.take((address) => digest(`${day} ${address}`));
    if (delta.routes.length === 0) return;
    await this.#own.add(delta);
    await shared?.add(delta, signal);
  }

  /** What `ask` gets of all processes, or of this one while Redis does not answer. */
  async read<T>(
    signal: CancelSignal,
    ask: (statistics: Statistics) => Promise<T>,
  ): Promise<{ readonly value: T; readonly isShared: boolean }> {
    const { shared } = this.#parts;
    const isFlushed = await this.flush(signal).then(
      () => true,
      () => false,
    );
    if (shared === null) return { value: await ask(this.#own), isShared: true };
    if (isFlushed) {
      try {
        return { value: await ask(shared), isShared: true };
      } catch {
        signal.throwIfAborted();
      }
    }
    return { value: await ask(this.#own), isShared: false };
  }

  async find(requestId: string, signal: CancelSignal): Promise<JournalEntry | undefined> {
    const own = this.#parts.journal.find(requestId);
    if (own !== undefined) return own;
    const { value } = await this.read(signal, (statistics) => statistics.find(requestId, signal));
    return value;
  }

  /** Forgets everything; returns how many endpoints there were. @throws AppError `redis.unavailable` */
  async clear(signal: CancelSignal): Promise<number> {
    await this.flush(signal);
    const count = await this.#own.clear();
    return (await this.#parts.shared?.clear(signal)) ?? count;
  }
}
