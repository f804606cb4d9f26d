/**
 * Streams that are open at a provider, counted over all processes in the database: each is a lease that its process renews, so
 * that a process that dies gives back what it had.
 */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { NEVER_CANCELLED } from '../../../lib/async/cancel.ts';
import { orCancelled } from '../../../lib/async/wait.ts';
import { AppError } from '../../../lib/errors.ts';
import type { Logger } from '../../../platform/log/logger.ts';
import type { ChannelSource } from '../contract.ts';
import type { CountedSlot, ProxyStore } from './store.ts';

export interface SlotLedgerParts {
  readonly store: Pick<ProxyStore, 'takeSlot' | 'addSlot' | 'renewSlots' | 'giveSlot'>;
  readonly logger: Logger;
}

/** Giving it back is what disposing does. */
export type Slot = AsyncDisposable;

interface HeldSlot {
  readonly providerId: number;
  /** Null while the database does not count it. */
  id: string | null;
}

const UNLIMITED: Slot = { [Symbol.asyncDispose]: () => Promise.resolve() };

export class SlotLedger {
  /** Asked before a slot is refused: gives back what nobody needs, and says whether it did. */
  readonly roomMakers: ((providerId: number) => Promise<boolean>)[] = [];
  readonly #parts: SlotLedgerParts;
  readonly #held = new Set<HeldSlot>();
  /** Slots that are being given back, with their providers. */
  readonly #returning = new Map<Promise<void>, number>();

  constructor(parts: SlotLedgerParts) {
    this.#parts = parts;
  }

  /** Null when all are taken. Where the database does not answer, it is counted once it does. */
  async take(
    { providerId, slotsMax }: Pick<ChannelSource, 'providerId' | 'slotsMax'>,
    signal: CancelSignal,
  ): Promise<Slot | null> {
    if (slotsMax === 0) return UNLIMITED;
    try {
      const first = await this.#parts.store.takeSlot(providerId, slotsMax, signal);
      if (first !== null) return this.#slot(providerId, first);
      if (!(await this.#madeRoom(providerId, signal))) return null;
      const second = await this.#parts.store.takeSlot(providerId, slotsMax, signal);
      return second === null ? null : this.#slot(providerId, second);
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError)) throw error;
      this.#parts.logger.warn({ error, providerId }, 'a stream of a provider is not counted');
      return this.#slot(providerId, null);
    }
  }

  /** Whether a slot of the account was given back. */
  async #madeRoom(providerId: number, signal: CancelSignal): Promise<boolean> {
    const returning = [...this.#returning].filter(([, id]) => id === providerId);
    await orCancelled(Promise.all(returning.map(([done]) => done)), signal);
    const made = await Promise.all(this.roomMakers.map((make) => make(providerId)));
    return returning.length > 0 || made.includes(true);
  }

  /** To be called every few seconds. */
  async renew(signal: CancelSignal): Promise<void> {
    const { store } = this.#parts;
    for (const held of this.#held)
      if (held.id === null) held.id = await store.addSlot(held.providerId, signal);
    const counted = [...this.#held].filter(isCounted);
    if (counted.length === 0) return;
    await store.renewSlots(counted, signal);
    // Given back meanwhile, and maybe written anew.
    for (const slot of counted) if (!this.#held.has(slot)) await store.giveSlot(slot.id, signal);
  }

  #slot(providerId: number, id: string | null): Slot {
    const held: HeldSlot = { providerId, id };
    this.#held.add(held);
    return {
      [Symbol.asyncDispose]: async () => {
        this.#held.delete(held);
        if (held.id === null) return;
        // What is not given back now is when the lease ends.
        const done = this.#parts.store.giveSlot(held.id, NEVER_CANCELLED).catch(() => undefined);
        this.#returning.set(done, providerId);
        await done;
        this.#returning.delete(done);
      },
    };
  }
}

function isCounted(held: HeldSlot): held is HeldSlot & CountedSlot {
  return held.id !== null;
}
