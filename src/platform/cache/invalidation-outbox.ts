/**
 * Invalidations on their way to the other tiers and processes. One that cannot be sent (Redis down) is
 * owed: while it is, this process reads past the second tier for that key, and it is sent again twice a
 * second. Otherwise a restarted Redis would serve what was withdrawn while it was away.
 */
import { CancelController, type CancelSignal } from '../../lib/async/cancel.ts';

/** Deletes the key in the second tier and tells the others. */
export type SendInvalidation = (key: string, signal: CancelSignal) => Promise<void>;

/** Beyond this the oldest are forgotten, and the second tier's own TTL bounds their staleness. */
const OWED_MAX = 10_000;

const RETRY_EVERY_MS = 500;

export class InvalidationOutbox implements AsyncDisposable {
  readonly #send: SendInvalidation;
  readonly #owed = new Set<string>();
  readonly #life = new CancelController();
  #timer: NodeJS.Timeout | null = null;
  #retrying: Promise<void> = Promise.resolve();

  constructor(send: SendInvalidation) {
    this.#send = send;
  }

  get size(): number {
    return this.#owed.size;
  }

  has(key: string): boolean {
    return this.#owed.has(key);
  }

  /** Resolves when sent or owed; never rejects. */
  async send(key: string): Promise<void> {
    this.#owe(key);
    if (!(await this.#try(key))) this.#retryLater();
  }

  /** Gives up what is owed; the second tier's TTL bounds its staleness. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort(new Error('the cache is closed'));
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#retrying;
  }

  #retryLater(): void {
    if (this.#timer !== null || this.#life.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#retrying = this.#retry();
    }, RETRY_EVERY_MS).unref();
  }

  /** In order, until one fails. */
  async #retry(): Promise<void> {
    for (const key of this.#owed) {
      if (await this.#try(key)) continue;
      this.#retryLater();
      return;
    }
  }

  async #try(key: string): Promise<boolean> {
    try {
      await this.#send(key, this.#life.signal);
    } catch {
      return false;
    }
    this.#owed.delete(key);
    return true;
  }

  #owe(key: string): void {
    this.#owed.delete(key);
    this.#owed.add(key);
    if (this.#owed.size <= OWED_MAX) return;
    const [oldest] = this.#owed;
    if (oldest !== undefined) this.#owed.delete(oldest);
  }
}
