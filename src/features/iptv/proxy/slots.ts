/**
 * Streams that are open at a provider, counted over all processes in the database: each is a lease that its process renews, so
 * that a process that dies gives back what it had.
 */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { NEVER_CANCELLED } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import type { Logger } from '../../../platform/log/logger.ts';
import type { ChannelSource } from '../contract.ts';
import type { ProxyStore } from './store.ts';

export interface SlotLedgerParts {
  readonly store: ProxyStore;
  readonly logger: Logger;
}

/** Giving it back is what disposing does. */
export type Slot = AsyncDisposable;

const UNCOUNTED: Slot = { [Symbol.asyncDispose]: () => Promise.resolve() };

export class SlotLedger {
  /** Asked before a slot is refused: gives back what nobody needs, and says whether it did. */
  readonly roomMakers: ((providerId: number) => Promise<boolean>)[] = [];
  readonly #parts: SlotLedgerParts;
  readonly #held = new Set<string>();

  constructor(parts: SlotLedgerParts) {
    this.#parts = parts;
  }

  /** Null when all are taken. Where the database does not answer, the provider counts alone. */
  async take(
    { providerId, slotsMax }: Pick<ChannelSource, 'providerId' | 'slotsMax'>,
    signal: CancelSignal,
  ): Promise<Slot | null> {
    if (slotsMax === 0) return UNCOUNTED;
    try {
      const first = await this.#parts.store.takeSlot(providerId, slotsMax, signal);
      if (first !== null) return this.#slot(first);
      const made = await Promise.all(this.roomMakers.map((make) => make(providerId)));
      if (!made.includes(true)) return null;
      const second = await this.#parts.store.takeSlot(providerId, slotsMax, signal);
      return second === null ? null : this.#slot(second);
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError)) throw error;
      this.#parts.logger.warn({ error, providerId }, 'a stream of a provider is not counted');
      return UNCOUNTED;
    }
  }

  /** To be called every few seconds. */
  async renew(signal: CancelSignal): Promise<void> {
    if (this.#held.size > 0) await this.#parts.store.renewSlots([...this.#held], signal);
  }

  #slot(id: string): Slot {
    this.#held.add(id);
    return {
      [Symbol.asyncDispose]: async () => {
        this.#held.delete(id);
        // What is not given back now is when the lease ends.
        await this.#parts.store.giveSlot(id, NEVER_CANCELLED).catch(() => undefined);
      },
    };
  }
}
