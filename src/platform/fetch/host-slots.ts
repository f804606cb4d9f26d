/** How many requests may run against one host, and how many may wait for that. */
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
  readonly waiting: Set<() => void>;
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
  async acquire(host: string, signal: AbortSignal): Promise<void> {
    const slots = this.#slotsOf(host);
    if (slots.active < this.#options.perHostMax) {
      slots.active++;
      return;
    }
    if (slots.waiting.size >= this.#options.waitersMax) throw busy(host);
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        slots.waiting.delete(proceed);
        reject(signal.reason);
      };
      const proceed = () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      signal.addEventListener('abort', onAbort, { once: true });
      slots.waiting.add(proceed);
    });
  }

  /** Hands the slot to the one who has waited longest. */
  release(host: string): void {
    const slots = this.#hosts.get(host);
    if (slots === undefined) return;
    const [next] = slots.waiting;
    if (next !== undefined) {
      slots.waiting.delete(next);
      next();
      return;
    }
    slots.active--;
    if (slots.active === 0) this.#hosts.delete(host);
  }

  #slotsOf(host: string): Slots {
    const known = this.#hosts.get(host);
    if (known !== undefined) return known;
    if (this.#hosts.size >= this.#options.hostsMax) throw busy(host);
    const slots: Slots = { active: 0, waiting: new Set() };
    this.#hosts.set(host, slots);
    return slots;
  }
}

function busy(host: string): AppError {
  return new AppError('fetch.busy', `too many requests wait for ${host}: try again in a moment`);
}
