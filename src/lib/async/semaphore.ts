/**
 * The waiting line in front of the connections: first come, first served, bounded in length and in
 * time. postgres.js has neither an acquire timeout nor a "pool full" error.
 */
import { AppError } from '../errors.ts';
import { allowManyListeners } from './cancel.ts';

export interface SemaphoreOptions<Need, Permit> {
  /** Hands out a permit, or undefined when there is none for this need right now. */
  readonly take: (need: Need) => Permit | undefined;
  /** Waiters beyond this are refused at once. */
  readonly waitingMax: number;
  readonly acquireTimeoutMs: number;
}

interface Waiter<Need, Permit> {
  readonly need: Need;
  readonly resolve: (permit: Permit) => void;
  readonly reject: (error: unknown) => void;
}

/** Permits live in `take`; this class only decides who gets the next one. */
export class Semaphore<Need, Permit> {
  readonly #options: SemaphoreOptions<Need, Permit>;
  /** Sets iterate in insertion order and delete in constant time: a queue that waiters can leave. */
  readonly #waiters = new Set<Waiter<Need, Permit>>();
  #closed: AppError | undefined;
  #isPumping = false;

  constructor(options: SemaphoreOptions<Need, Permit>) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /**
   * A permit, synchronously when one is free and nobody waits. Throws or rejects with
   * `database.exhausted` when the line is full or the wait took too long, with the signal's reason
   * when it aborts, and with the closing error after `close`.
   */
  acquire(need: Need, signal: AbortSignal): Permit | Promise<Permit> {
    if (this.#closed !== undefined) throw this.#closed;
    signal.throwIfAborted();
    const permit = this.#waiters.size === 0 ? this.#options.take(need) : undefined;
    if (permit !== undefined) return permit;
    if (this.#waiters.size >= this.#options.waitingMax) {
      throw new AppError('database.exhausted', 'All database connections are busy.');
    }
    return this.#wait(need, signal);
  }

  /** To be called whenever a permit may have become free. */
  pump(): void {
    // `take` may free a permit on its way: pumping again inside would serve the same waiter twice.
    if (this.#isPumping || this.#closed !== undefined) return;
    this.#isPumping = true;
    for (const waiter of this.#waiters) {
      if (!this.#serve(waiter)) break;
    }
    this.#isPumping = false;
  }

  /** Refuses everyone who waits and everyone who will come. */
  close(error: AppError): void {
    this.#closed = error;
    for (const waiter of this.#waiters) waiter.reject(error);
  }

  /** False when there is no permit for this waiter, who then keeps its place. */
  #serve(waiter: Waiter<Need, Permit>): boolean {
    try {
      const permit = this.#options.take(waiter.need);
      if (permit === undefined) return false;
      waiter.resolve(permit);
    } catch (error) {
      waiter.reject(error);
    }
    return true;
  }

  #wait(need: Need, signal: AbortSignal): Promise<Permit> {
    return new Promise<Permit>((resolve, reject) => {
      const leave = () => {
        this.#waiters.delete(waiter);
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter<Need, Permit> = {
        need,
        resolve: (permit) => { leave(); resolve(permit); },
        reject: (error) => { leave(); reject(error); this.pump(); },
      };
      const onAbort = () => waiter.reject(signal.reason);
      const timer = setTimeout(() => {
        waiter.reject(new AppError('database.exhausted', 'No database connection became free in time.'));
      }, this.#options.acquireTimeoutMs);
      allowManyListeners(signal);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(waiter);
    });
  }
}
