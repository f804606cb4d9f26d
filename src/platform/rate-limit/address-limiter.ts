/**
 * A token bucket for every client address, over all processes of the instance. An address far from its limit is served from what
 * this process knows, which tells Redis now and then what was taken; one that has used up a quarter is asked for in Redis each
 * time, by every process, so that the last tokens are counted exactly (docs/rate-limits.md).
 */
import { addressGroup } from '../../lib/address-group.ts';
import type { RedisClient } from '../redis/client.ts';
import { BucketTable } from './bucket-table.ts';
import { PressedAddresses } from './pressed-addresses.ts';
import { SharedBuckets, type BucketRate } from './shared-buckets.ts';

export interface AddressLimiterOptions {
  readonly tokensPerMinute: number;
  /** Null: one process, nothing shared. */
  readonly redis: Pick<RedisClient, 'evaluate' | 'publish' | 'subscribe'> | null;
  /** Milliseconds; the wall clock when absent. */
  readonly now?: () => number;
}

export interface Allowance {
  readonly isGranted: boolean;
  /** Whole tokens left. */
  readonly remaining: number;
  /** Until as many tokens are there as were asked for; 0 when they were granted. */
  readonly retryAfterMs: number;
  /** Until the bucket is full. */
  readonly fullInMs: number;
}

const MINUTE_MS = 60_000;
/** Of a bucket: once so much is used, the processes count together. */
const PRIVATE_SHARE = 1 / 4;
/** Of a bucket, in tokens, but one at least: what a process may take before it tells the others. */
const UNTOLD_SHARE = 1 / 128;
/** Of what a process took untold, while it is telling it. */
const TELLING = -1;
/** Rounding of Redis' script and of ours. */
const EPSILON_MS = 1e-3;

export class AddressLimiter {
  readonly tokensMax: number;
  readonly #rate: BucketRate;
  readonly #untoldMaxMs: number;
  readonly #pressedMs: number;
  readonly #table = new BucketTable();
  readonly #shared: SharedBuckets | null;
  readonly #pressed: PressedAddresses | null;
  readonly #now: () => number;

  constructor({ tokensPerMinute, redis, now }: AddressLimiterOptions) {
    this.#now = now ?? Date.now;
    this.tokensMax = tokensPerMinute;
    this.#rate = { intervalMs: MINUTE_MS / tokensPerMinute, sizeMs: MINUTE_MS };
    const untoldMax = Math.max(1, Math.floor(UNTOLD_SHARE * tokensPerMinute));
    this.#untoldMaxMs = untoldMax * this.#rate.intervalMs;
    this.#pressedMs = PRIVATE_SHARE * this.#rate.sizeMs;
    this.#shared = redis === null ? null : new SharedBuckets(redis, this.#rate);
    this.#pressed =
      redis === null
        ? null
        : new PressedAddresses(redis, (group, backlogMs) => this.#hear(group, backlogMs));
  }

  /** Bytes of the table. */
  get bytes(): number {
    return this.#table.bytes;
  }

  /** At once, unless the processes have to agree. @param price in tokens, 1 or more */
  take(address: string, price: number): Allowance | Promise<Allowance> {
    const group = addressGroup(address);
    if (this.#shared === null) return this.#takeHere(group, price);
    const slot = this.#table.slotOf(group);
    const untoldMs = this.#table.untoldMs(slot);
    const costMs = price * this.#rate.intervalMs;
    const isPrivate =
      this.#backlogMs(slot) < this.#pressedMs &&
      (untoldMs === 0 || (untoldMs > 0 && untoldMs + costMs <= this.#untoldMaxMs));
    this.#table.setUntoldMs(slot, isPrivate ? untoldMs + costMs : TELLING);
    return isPrivate
      ? this.#takeHere(group, price)
      : this.#takeShared(this.#shared, group, price, Math.max(0, untoldMs));
  }

  async #takeShared(
    shared: SharedBuckets,
    group: string,
    price: number,
    untoldMs: number,
  ): Promise<Allowance> {
    const taken = await shared.take(group, price, untoldMs);
    const slot = this.#table.slotOf(group);
    if (this.#table.untoldMs(slot) === TELLING) this.#table.setUntoldMs(slot, 0);
    if (taken === null) return this.#takeHere(group, price);
    const { isGranted, backlogMs } = taken;
    this.#table.setFullAtMs(slot, this.#now() + backlogMs);
    if (backlogMs >= this.#pressedMs) this.#pressed?.tell(group, backlogMs);
    return this.#allowance(isGranted, backlogMs, price);
  }

  #takeHere(group: string, price: number): Allowance {
    const slot = this.#table.slotOf(group);
    const costMs = price * this.#rate.intervalMs;
    const backlogMs = this.#backlogMs(slot);
    const isGranted = backlogMs + costMs <= this.#rate.sizeMs + EPSILON_MS;
    if (!isGranted) return this.#allowance(false, backlogMs, price);
    this.#table.setFullAtMs(slot, this.#now() + backlogMs + costMs);
    return this.#allowance(true, backlogMs + costMs, price);
  }

  /** Another process sees much of a bucket used: what was taken here is paid, and from now on Redis is asked. */
  #hear(group: string, backlogMs: number): void {
    const slot = this.#table.slotOf(group);
    const fullAtMs = this.#now() + Math.min(backlogMs, this.#rate.sizeMs);
    this.#table.setFullAtMs(slot, Math.max(this.#table.fullAtMs(slot), fullAtMs));
    const untoldMs = this.#table.untoldMs(slot);
    if (untoldMs <= 0) return;
    this.#table.setUntoldMs(slot, 0);
    this.#shared?.tell(group, untoldMs);
  }

  #backlogMs(slot: number): number {
    return Math.max(0, this.#table.fullAtMs(slot) - this.#now());
  }

  #allowance(isGranted: boolean, backlogMs: number, price: number): Allowance {
    const { intervalMs, sizeMs } = this.#rate;
    const remaining = Math.floor((sizeMs - backlogMs + EPSILON_MS) / intervalMs);
    return {
      isGranted,
      remaining: Math.max(0, remaining),
      retryAfterMs: isGranted ? 0 : Math.max(0, backlogMs + price * intervalMs - sizeMs),
      fullInMs: backlogMs,
    };
  }
}
