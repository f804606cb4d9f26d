/** Streams of accounts as far as this process opens them: one at a time for checks, whoever else watches. */
import type { AccountSlots } from './contract.ts';

export class OneSlot implements AccountSlots {
  readonly #taken = new Set<number>();

  take(providerId: number): Promise<AsyncDisposable | null> {
    if (this.#taken.has(providerId)) return Promise.resolve(null);
    this.#taken.add(providerId);
    return Promise.resolve({
      [Symbol.asyncDispose]: () => {
        this.#taken.delete(providerId);
        return Promise.resolve();
      },
    });
  }
}
