/** One slot of an account for all who watch a channel there: what they fetch is fetched once, whatever else each may see. */
import { NEVER_CANCELLED, type CancelSignal } from '../../../lib/async/cancel.ts';
import { orCancelled } from '../../../lib/async/wait.ts';
import type { ChannelSource } from '../contract.ts';
import type { Slot, SlotLedger } from './slots.ts';

interface Shared {
  readonly slot: Promise<Slot | null>;
  holders: number;
}

export class ChannelSlots {
  readonly #ledger: Pick<SlotLedger, 'take'>;
  /** By channel and account; bounded by the channels that are open. */
  readonly #shared = new Map<string, Shared>();

  constructor(ledger: Pick<SlotLedger, 'take'>) {
    this.#ledger = ledger;
  }

  /** Null when all slots of the account are taken by other channels. */
  async take(
    channelId: string,
    source: Pick<ChannelSource, 'providerId' | 'slotsMax'>,
    signal: CancelSignal,
  ): Promise<Slot | null> {
    const key = `${channelId} ${source.providerId}`;
    // Taken for all: nobody's leaving ends it.
    const shared = this.#shared.get(key) ?? {
      slot: this.#ledger.take(source, NEVER_CANCELLED),
      holders: 0,
    };
    this.#shared.set(key, shared);
    shared.holders++;
    const held = this.#hold(key, shared);
    try {
      if ((await orCancelled(shared.slot, signal)) !== null) return held;
    } catch (error) {
      await held[Symbol.asyncDispose]();
      throw error;
    }
    await held[Symbol.asyncDispose]();
    return null;
  }

  #hold(key: string, shared: Shared): Slot {
    let isHeld = true;
    return {
      [Symbol.asyncDispose]: async () => {
        if (!isHeld) return;
        isHeld = false;
        shared.holders--;
        if (shared.holders > 0) return;
        this.#shared.delete(key);
        const slot = await shared.slot.catch(() => null);
        await slot?.[Symbol.asyncDispose]();
      },
    };
  }
}
