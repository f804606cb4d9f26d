/** How often one client address may ask for something dear in a minute. */
import { LRUCache } from 'lru-cache';
import { AppError, type ErrorCode } from './errors.ts';

const MINUTE_MS = 60_000;
/** The oldest is forgotten first: who has so many addresses is not stopped by counting them. */
const ADDRESSES_MAX = 10_000;

interface Minute {
  readonly startedAtMs: number;
  count: number;
}

export class AddressRate {
  readonly #perMinuteMax: number;
  readonly #code: ErrorCode;
  readonly #what: string;
  readonly #minutes = new LRUCache<string, Minute>({ max: ADDRESSES_MAX });

  /** @param what in plural, for the message: "previews" */
  constructor(perMinuteMax: number, code: ErrorCode, what: string) {
    this.#perMinuteMax = perMinuteMax;
    this.#code = code;
    this.#what = what;
  }

  /** Counts one more. @throws AppError with the code and the time until the minute is over */
  take(clientAddress: string): void {
    const nowMs = Date.now();
    const known = this.#minutes.get(clientAddress);
    const minute =
      known !== undefined && nowMs - known.startedAtMs < MINUTE_MS
        ? known
        : { startedAtMs: nowMs, count: 0 };
    if (minute.count >= this.#perMinuteMax) {
      const retryAfterS = Math.ceil((minute.startedAtMs + MINUTE_MS - nowMs) / 1000);
      throw new AppError(
        this.#code,
        `an address may ask for ${this.#perMinuteMax} ${this.#what} a minute: try again later`,
        {
          retryAfterS,
        },
      );
    }
    minute.count++;
    this.#minutes.set(clientAddress, minute);
  }
}
