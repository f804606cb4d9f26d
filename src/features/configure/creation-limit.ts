/** How many stored profiles an address may create in an hour: the table is open to everybody, and must not be filled by one. */
import { LRUCache } from 'lru-cache';
import { AppError } from '../../lib/errors.ts';

const HOUR_MS = 3_600_000;
/** The oldest is forgotten first: who has so many addresses is not stopped by counting them. */
const ADDRESSES_MAX = 10_000;

interface Window {
  readonly startedAtMs: number;
  count: number;
}

export class CreationLimit {
  readonly #perHourMax: number;
  readonly #windows = new LRUCache<string, Window>({ max: ADDRESSES_MAX });

  constructor(perHourMax: number) {
    this.#perHourMax = perHourMax;
  }

  /** Counts one more. @throws AppError `profile.too-many` with the time until the hour is over */
  take(clientAddress: string): void {
    const nowMs = Date.now();
    const known = this.#windows.get(clientAddress);
    const window =
      known !== undefined && nowMs - known.startedAtMs < HOUR_MS
        ? known
        : { startedAtMs: nowMs, count: 0 };
    if (window.count >= this.#perHourMax) {
      const retryAfterS = Math.ceil((window.startedAtMs + HOUR_MS - nowMs) / 1000);
      const message = `an address may store ${this.#perHourMax} profiles an hour: edit one, or try later`;
      throw new AppError('profile.too-many', message, { retryAfterS });
    }
    window.count++;
    this.#windows.set(clientAddress, window);
  }

  /** What was counted came to nothing. */
  giveBack(clientAddress: string): void {
    const window = this.#windows.get(clientAddress);
    if (window !== undefined && window.count > 0) window.count--;
  }
}
