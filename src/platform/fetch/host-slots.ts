/** How many requests may run against one host, and how many may wait for that. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { Semaphore } from '../../lib/async/semaphore.ts';
import { AppError } from '../../lib/errors.ts';

export interface HostSlotsOptions {
  /** Requests at a time against one host. */
  readonly perHostMax: number;
  /** Requests that may wait for one host. */
  readonly waitersMax: number;
  /** Hosts at a time. */
  readonly hostsMax: number;
}

interface Slots {
  active: number;
  readonly line: Semaphore<null, true>;
}

export class HostSlots {
  readonly #options: HostSlotsOptions;
  readonly #hosts = new Map<string, Slots>();

  constructor(options: HostSlotsOptions) {
    this.#options = options;
  }

  /** Hosts that have requests running. */
  get size(): number {
    return this.#hosts.size;
  }

  /**
   * Waits for a slot. Who gets one must call `release` exactly once.
   * @throws AppError `fetch.busy` when too many wait already; the signal's reason when it aborts
   */
  async acquire(host: string, signal: CancelSignal): Promise<void> {
    await this.#slotsOf(host).line.acquire(null, signal);
  }

  /** Hands the slot to the one who has waited longest. */
  release(host: string): void {
    const slots = this.#hosts.get(host);
    if (slots === undefined) return;
    slots.active--;
    slots.line.pump();
    if (slots.active === 0) this.#hosts.delete(host);
  }

  #slotsOf(host: string): Slots {
    const known = this.#hosts.get(host);
    if (known !== undefined) return known;
    if (this.#hosts.size >= this.#options.hostsMax) throw hostBusy();
    const { perHostMax, waitersMax } = this.#options;
    const slots: Slots = {
      active: 0,
      line: new Semaphore({
        take: () => {
          if (slots.active >= perHostMax) return undefined;
          slots.active++;
          return true;
        },
        waitingMax: waitersMax,
        refusal: () => hostBusy(),
      }),
    };
    this.#hosts.set(host, slots);
    return slots;
  }
}

export function hostBusy(): AppError {
  return new AppError(
    'fetch.busy',
    'too many requests wait for the same server: try again in a moment',
  );
}
