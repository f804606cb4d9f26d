/**
 * Invalidations on their way to the other tiers and processes. One that cannot be sent (Redis down) is
 * owed: while it is, this process reads past the second tier for that key, and it is sent again as soon as Redis
 * answers. Otherwise a restarted Redis would serve what was withdrawn while it was away.
 */

/** Deletes the key in the second tier and tells the others. */
export type SendWithdrawal = (key: string, signal: AbortSignal) => Promise<void>;

/** Beyond this the oldest are forgotten, and the second tier's own TTL bounds their staleness. */
const OWED_MAX = 10_000;

export class Withdrawals {
  readonly #send: SendWithdrawal;
  readonly #owed = new Set<string>();
  #retrying = false;

  constructor(send: SendWithdrawal) {
    this.#send = send;
  }

  get size(): number {
    return this.#owed.size;
  }

  has(key: string): boolean {
    return this.#owed.has(key);
  }

  /** Resolves when sent or owed; never rejects. */
  async withdraw(key: string, signal: AbortSignal): Promise<void> {
    this.#owe(key);
    await this.#try(key, signal);
  }

  /** Sends what is owed, in order, until one fails. */
  async retry(signal: AbortSignal): Promise<void> {
    if (this.#retrying) return;
    this.#retrying = true;
    try {
      for (const key of this.#owed) {
        if (!(await this.#try(key, signal))) return;
      }
    } finally {
      this.#retrying = false;
    }
  }

  async #try(key: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.#send(key, signal);
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
