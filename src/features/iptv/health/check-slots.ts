/** Streams of accounts for checks: as many as the operator says, counted with what is watched; else one at a time. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { SlotLedger } from '../proxy/slots.ts';
import type { AccountSlots, CheckedAccount } from './contract.ts';

export class CheckSlots implements AccountSlots {
  readonly #ledger: Pick<SlotLedger, 'take'>;
  readonly #taken = new Set<number>();

  constructor(ledger: Pick<SlotLedger, 'take'>) {
    this.#ledger = ledger;
  }

  take(account: CheckedAccount, signal: CancelSignal): Promise<AsyncDisposable | null> {
    return account.slotsMax > 0
      ? this.#ledger.take(account, signal)
      : Promise.resolve(this.#one(account.providerId));
  }

  #one(providerId: number): AsyncDisposable | null {
    if (this.#taken.has(providerId)) return null;
    this.#taken.add(providerId);
    return {
      [Symbol.asyncDispose]: () => {
        this.#taken.delete(providerId);
        return Promise.resolve();
      },
    };
  }
}
