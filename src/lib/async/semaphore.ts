/** A waiting line: first come, first served, bounded in length and in time. */
import { allowManyListeners, type CancelSignal } from './cancel.ts';
import { cancellable } from './wait.ts';

export interface SemaphoreOptions<Need, Permit> {
  /** Hands out a permit, or undefined when there is none for this need right now. */
  readonly take: (need: Need) => Permit | undefined;
  /** Waiters beyond this are refused at once. */
  readonly waitingMax: number;
  /** Left out, a wait ends with its signal only. */
  readonly acquireTimeoutMs?: number;
  /** The error for whom the line is too long, and for who has waited for too long. */
  readonly refusal: (why: 'full' | 'late') => Error;
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
  #closed: Error | undefined;
  #isPumping = false;

  constructor(options: SemaphoreOptions<Need, Permit>) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiters.size;
  }

  /**
   * A permit, synchronously when one is free and nobody waits. Throws or rejects with `database.exhausted` when the line
   * is full or the wait too long, with the signal's reason, and with the closing error after `close`.
   */
  acquire(need: Need, signal: CancelSignal): Permit | Promise<Permit> {
    if (this.#closed !== undefined) throw this.#closed;
    signal.throwIfAborted();
    const permit = this.#waiters.size === 0 ? this.#options.take(need) : undefined;
    if (permit !== undefined) return permit;
    if (this.#waiters.size >= this.#options.waitingMax) throw this.#options.refusal('full');
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
  close(error: Error): void {
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

  #wait(need: Need, signal: CancelSignal): Promise<Permit> {
    allowManyListeners(signal);
    return cancellable<Permit>(signal, (resolve, reject) => {
      const waiter: Waiter<Need, Permit> = { need, resolve, reject };
      this.#waiters.add(waiter);
      const { acquireTimeoutMs, refusal } = this.#options;
      const timer =
        acquireTimeoutMs === undefined
          ? undefined
          : setTimeout(() => reject(refusal('late')), acquireTimeoutMs);
      return () => {
        this.#waiters.delete(waiter);
        clearTimeout(timer);
        // Whoever leaves may have kept those behind from a permit that suits them.
        this.pump();
      };
    });
  }
}
