/**
 * The buckets that all processes share, in Redis. Everything that is asked while a command is under way goes with the next one,
 * so that a flood costs as many commands as there are round trips, and nobody waits for more than two.
 */
import { NEVER_CANCELLED } from '../../lib/async/cancel.ts';
import type { RedisClient } from '../redis/client.ts';

/**
 * KEYS: buckets, one may come again. ARGV: interval of a token and size of a bucket in ms, then for each key what was taken
 * already, in ms, the price in tokens and how many want to pay it. Replies for each how many may, and the ms until it is full.
 */
const TAKE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local interval, size = tonumber(ARGV[1]), tonumber(ARGV[2])
local replies = {}
for i, key in ipairs(KEYS) do
  local taken, price, count = tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1]), tonumber(ARGV[3 * i + 2])
  local full = math.max(tonumber(redis.call('GET', key) or 0), now)
  full = math.min(full + taken, now + 2 * size)
  local granted = math.floor((now + size - full) / (price * interval) + 1e-6)
  granted = math.max(0, math.min(count, granted))
  full = full + granted * price * interval
  if full > now then redis.call('SET', key, string.format('%.3f', full), 'PX', math.ceil(full - now)) end
  replies[2 * i - 1] = granted
  replies[2 * i] = math.ceil(full - now)
end
return replies`;

/** Buckets in one command: 0.5 ms of Redis. */
const BUCKETS_MAX = 128;

export interface BucketRate {
  /** Of one token, in ms. */
  readonly intervalMs: number;
  /** Of a full bucket, in ms. */
  readonly sizeMs: number;
}

export interface Taken {
  readonly isGranted: boolean;
  /** Until the bucket is full. */
  readonly backlogMs: number;
}

type Waiter = (taken: Taken | null) => void;

interface Asked {
  readonly key: string;
  readonly price: number;
  takenMs: number;
  readonly waiters: Waiter[];
}

export class SharedBuckets {
  readonly #redis: Pick<RedisClient, 'evaluate'>;
  readonly #rate: BucketRate;
  #asked = new Map<string, Asked>();
  #isUnderWay = false;

  constructor(redis: Pick<RedisClient, 'evaluate'>, rate: BucketRate) {
    this.#redis = redis;
    this.#rate = rate;
  }

  /** Resolves with null where Redis does not answer. @param takenMs was taken before, and is paid now */
  take(key: string, price: number, takenMs: number): Promise<Taken | null> {
    return new Promise((resolve) => {
      const asked = this.#askedOf(key, price);
      asked.takenMs += takenMs;
      asked.waiters.push(resolve);
      this.#begin();
    });
  }

  /** Pays for what was taken. */
  tell(key: string, takenMs: number): void {
    this.#askedOf(key, 1).takenMs += takenMs;
    this.#begin();
  }

  #askedOf(key: string, price: number): Asked {
    const id = `${price} ${key}`;
    const known = this.#asked.get(id);
    if (known !== undefined) return known;
    const asked = { key, price, takenMs: 0, waiters: [] };
    this.#asked.set(id, asked);
    return asked;
  }

  #begin(): void {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    // Requests that became readable together go together.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#asked.size > 0) {
      const batch = [...this.#asked.values()].slice(0, BUCKETS_MAX);
      for (const { key, price } of batch) this.#asked.delete(`${price} ${key}`);
      const replies = await this.#ask(batch);
      for (const [index, asked] of batch.entries()) answer(asked, replies, index);
    }
    this.#isUnderWay = false;
  }

  async #ask(batch: readonly Asked[]): Promise<readonly number[] | null> {
    const { intervalMs, sizeMs } = this.#rate;
    const wanted = batch.flatMap(({ takenMs, price, waiters }) => [takenMs, price, waiters.length]);
    const keys = batch.map(({ key }) => `limit:${key}`);
    try {
      const parameters = [intervalMs, sizeMs, ...wanted];
      const reply = await this.#redis.evaluate(TAKE, keys, parameters, NEVER_CANCELLED);
      return Array.isArray(reply) ? reply.map(Number) : null;
    } catch {
      return null;
    }
  }
}

function answer({ waiters }: Asked, replies: readonly number[] | null, index: number): void {
  const granted = replies?.[2 * index];
  const backlogMs = replies?.[2 * index + 1];
  if (granted === undefined || backlogMs === undefined) {
    for (const waiter of waiters) waiter(null);
    return;
  }
  waiters.forEach((waiter, place) => {
    waiter({ isGranted: place < granted, backlogMs });
  });
}
