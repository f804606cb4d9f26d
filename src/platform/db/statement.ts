/**
 * The client-side limit of a running statement, which postgres.js does not have: a server that stops
 * answering would otherwise be waited for without end.
 */
import { allowManyListeners, type CancelSignal } from '../../lib/async/cancel.ts';
import { timeoutError } from './failure.ts';
import type { Session } from './session.ts';

export interface StatementLimits {
  readonly name: string;
  readonly timeoutMs: number;
  readonly signal: CancelSignal;
  /** A single statement can be cancelled on the server; a transaction is ended with its connection. */
  readonly cancellable: boolean;
}

/** A caller who leaves a short statement costs nothing; only one that goes on longer is cancelled. */
const ABORT_PATIENCE_MS = 250;
/** A server that has not answered a cancel request for so long does not answer at all. */
const CANCEL_GRACE_MS = 1000;

/**
 * Settles as `work` does, with `database.timeout` at the time limit, or with the signal's reason; in the last two cases
 * the work goes on until it was cancelled or its session destroyed.
 * @param onSettled is called when `work` is really over and the session may be used again.
 */
export function supervise<T>(
  session: Session,
  limits: StatementLimits,
  work: Promise<T>,
  onSettled: (error: unknown) => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    new SupervisedStatement(session, limits, reject).follow(work, resolve, onSettled);
  });
}

class SupervisedStatement {
  readonly #session: Session;
  readonly #limits: StatementLimits;
  readonly #reject: (error: unknown) => void;
  readonly #endsAt: number;
  #timer: NodeJS.Timeout;

  constructor(session: Session, limits: StatementLimits, reject: (error: unknown) => void) {
    this.#session = session;
    this.#limits = limits;
    this.#reject = reject;
    this.#endsAt = performance.now() + limits.timeoutMs;
    this.#timer = setTimeout(this.#onDeadline, limits.timeoutMs);
    allowManyListeners(limits.signal);
    limits.signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  follow<T>(
    work: Promise<T>,
    resolve: (value: T) => void,
    onSettled: (error: unknown) => void,
  ): void {
    work.then(
      (value) => {
        this.#settled();
        onSettled(undefined);
        resolve(value);
      },
      (error: unknown) => {
        this.#settled();
        onSettled(error);
        this.#reject(error);
      },
    );
  }

  #settled(): void {
    clearTimeout(this.#timer);
    this.#limits.signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onDeadline = () => {
    this.#reject(timeoutError(this.#limits.name));
    this.#stop();
  };

  readonly #onAbort = () => {
    this.#reject(this.#limits.signal.reason);
    // Statements that share a connection are short, and cancelling one could hit its neighbour.
    if (!this.#session.exclusive) return;
    clearTimeout(this.#timer);
    const leftMs = Math.max(0, this.#endsAt - performance.now());
    this.#timer = setTimeout(this.#onDeadline, Math.min(ABORT_PATIENCE_MS, leftMs));
  };

  /** Neighbours on the connection are stuck behind this statement: they are repeated elsewhere. */
  #stop(): void {
    const session = this.#session;
    if (!this.#limits.cancellable || !session.isProven || session.inFlight > 1) {
      void session.destroy();
      return;
    }
    session.cancelRunning();
    this.#timer = setTimeout(() => {
      void session.destroy();
    }, CANCEL_GRACE_MS);
  }
}
