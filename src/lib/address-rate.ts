/** How often one client address may do something dear in a span of time: counted in this process, in fixed windows. */
import { LRUCache } from 'lru-cache';
import { growsTo } from './reuse/growing-lru.ts';
import { addressGroup } from './address-group.ts';
import { AppError, type ErrorCode } from './errors.ts';

export interface AddressRateOptions {
  readonly max: number;
  readonly windowMs: number;
  readonly code: ErrorCode;
  /** What the client is told. */
  readonly message: string;
}

/** The oldest is forgotten first: who has so many addresses is not stopped by counting them. */
const ADDRESSES_MAX = 10_000;

interface Window {
  readonly startedAtMs: number;
  count: number;
}

export class AddressRate {
  readonly #options: AddressRateOptions;
  readonly #windows = new LRUCache<string, Window>(growsTo(ADDRESSES_MAX));

  constructor(options: AddressRateOptions) {
    this.#options = options;
  }

  /** Counts one more. @throws AppError with the code and the time until the window is over */
  take(clientAddress: string): void {
    this.check(clientAddress);
    const group = addressGroup(clientAddress);
    const window = this.#current(group) ?? { startedAtMs: Date.now(), count: 0 };
    window.count++;
    this.#windows.set(group, window);
  }

  /** Counts nothing. @throws AppError as `take` */
  check(clientAddress: string): void {
    const { max, windowMs, code, message } = this.#options;
    const window = this.#current(addressGroup(clientAddress));
    if ((window?.count ?? 0) < max) return;
    const startedAtMs = window?.startedAtMs ?? Date.now();
    const retryAfterS = Math.ceil((startedAtMs + windowMs - Date.now()) / 1000);
    throw new AppError(code, message, { retryAfterS });
  }

  /** What was counted came to nothing. */
  giveBack(clientAddress: string): void {
    const window = this.#windows.get(addressGroup(clientAddress));
    if (window !== undefined && window.count > 0) window.count--;
  }

  #current(group: string): Window | undefined {
    const window = this.#windows.get(group);
    const isOver =
      window !== undefined && Date.now() - window.startedAtMs >= this.#options.windowMs;
    return isOver ? undefined : window;
  }
}
