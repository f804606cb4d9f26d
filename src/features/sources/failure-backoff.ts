/** Searches of this process that no source answered: they are not begun anew for a few seconds. */
import { LRUCache } from 'lru-cache';
import { growsTo } from '../../lib/reuse/growing-lru.ts';
import type { SourceProgress } from '../streams/contract.ts';

interface Failure {
  readonly untilMs: number;
  /** In a row. */
  readonly count: number;
  readonly sources: readonly SourceProgress[];
}

const FIRST_MS = 1000;
const MAX_MS = 30_000;
const KEYS_MAX = 10_000;

export class FailureBackoff {
  readonly #failures = new LRUCache<string, Failure>(growsTo(KEYS_MAX));

  isOn(key: string, nowMs: number): boolean {
    const failure = this.#failures.get(key);
    return failure !== undefined && nowMs < failure.untilMs;
  }

  /** @param sources as they were when it ended */
  failed(key: string, nowMs: number, sources: readonly SourceProgress[]): void {
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    const waitMs = Math.min(MAX_MS, FIRST_MS * 2 ** (count - 1));
    this.#failures.set(key, { untilMs: nowMs + waitMs, count, sources });
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** The sources of the last failure; empty when there was none. */
  failedOf(key: string): readonly SourceProgress[] {
    return this.#failures.get(key)?.sources ?? [];
  }
}
