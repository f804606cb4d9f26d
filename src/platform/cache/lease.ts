/**
 * Leases: at most one holder of a name at a time, over all processes (`redis-lease.ts`) or in this one.
 * They save work; correctness never depends on them (a lease may be lost while its holder is stalled).
 */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { ReleaseWaiters } from './release-waiters.ts';

export interface Lease {
  /** Lets the next one in and wakes those who wait. Never rejects; a second call does nothing. */
  release(): Promise<void>;
}

export interface Leases extends AsyncDisposable {
  /**
   * The lease, or null when somebody holds it.
   * @throws AppError `redis.unavailable` when that cannot be known: go on without a lease.
   */
  tryAcquire(name: string, signal: CancelSignal): Promise<Lease | null>;
  /**
   * Resolves when the lease was released, or when it is time to try again all the same (the holder may
   * have died). Rejects with the signal's reason.
   */
  waitForRelease(name: string, signal: CancelSignal): Promise<void>;
}

/** Leases of one process: there, single-flight within a cache leaves only refreshes to keep apart. */
export function createLocalLeases(leasesMax: number): Leases {
  return new LocalLeases(leasesMax);
}

class LocalLeases implements Leases {
  readonly #held = new Set<string>();
  readonly #waiters = new ReleaseWaiters();
  readonly #leasesMax: number;

  constructor(leasesMax: number) {
    this.#leasesMax = leasesMax;
  }

  async tryAcquire(name: string, signal: CancelSignal): Promise<Lease | null> {
    signal.throwIfAborted();
    if (this.#held.has(name)) return null;
    if (this.#held.size >= this.#leasesMax)
      throw new AppError('server.overloaded', 'Too many leases are held');
    this.#held.add(name);
    let released = false;
    return {
      release: async () => {
        if (released) return;
        released = true;
        this.#held.delete(name);
        this.#waiters.wake(name);
      },
    };
  }

  waitForRelease(name: string, signal: CancelSignal): Promise<void> {
    return this.#held.has(name) ? this.#waiters.wait(name, signal) : Promise.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#held.clear();
    this.#waiters.wakeAll();
  }
}
