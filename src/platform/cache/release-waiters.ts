/** Those who wait in this process for the release of a lease. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { cancellable } from '../../lib/async/wait.ts';

/**
 * A missed wake-up (a message that was lost, a holder that was killed) costs at most this long:
 * with a lease of 2 s a dead holder is followed after 2.15 s at the latest.
 */
const POLL_MIN_MS = 75;
const POLL_MAX_MS = 150;

export class ReleaseWaiters {
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Names that somebody waits for: bounded by the flights of this process. */
  get size(): number {
    return this.#waiting.size;
  }

  /** Resolves on `wake`, or after 75 … 150 ms, jittered so that processes do not poll in step. */
  wait(name: string, signal: CancelSignal): Promise<void> {
    return cancellable(signal, (resolve) => {
      const timer = setTimeout(resolve, POLL_MIN_MS + Math.random() * (POLL_MAX_MS - POLL_MIN_MS));
      this.#add(name, resolve);
      return () => {
        clearTimeout(timer);
        this.#remove(name, resolve);
      };
    });
  }

  wake(name: string): void {
    for (const wake of this.#waiting.get(name) ?? []) wake();
  }

  wakeAll(): void {
    for (const name of this.#waiting.keys()) this.wake(name);
  }

  #add(name: string, wake: () => void): void {
    const present = this.#waiting.get(name);
    if (present === undefined) this.#waiting.set(name, new Set([wake]));
    else present.add(wake);
  }

  #remove(name: string, wake: () => void): void {
    const present = this.#waiting.get(name);
    present?.delete(wake);
    if (present?.size === 0) this.#waiting.delete(name);
  }
}
