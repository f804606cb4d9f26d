/** `CacheStore` over Redis: one GET a look-up; writes are fenced against deletions by a generation a key. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { RedisClient } from '../redis/client.ts';
import type { CacheStore, StoredEntry } from './cache.ts';
import { packEntry, unpackEntry } from './entry-header.ts';

export interface RedisStoreOptions {
  /** A larger entry is not stored: one slow value holds up every reply behind it. */
  readonly entryBytesMax: number;
}

/** Outlives every load that could have taken a fence: the longest is a refresh of 15 s. */
const GENERATION_TTL_MS = 600_000;
const DELETE_KEYS_MAX = 500;

/** KEYS: value, generation. ARGV: fence, packed entry, TTL. Nothing is stored when the fence has moved. */
const SET_FENCED = `
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/** KEYS: value, generation. ARGV: fence, packed entry, TTL, a fresh token, its TTL. An entry of no length is none. */
const REPLACE = `
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('UNLINK', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[5])
return 1`;

/**
 * KEYS: value and generation in turns. ARGV: a fresh token, TTL. The generation is a random token, not
 * a counter: one that was evicted and counted again from 1 could repeat an old fence.
 */
const DELETE = `
for i = 1, #KEYS, 2 do
  redis.call('UNLINK', KEYS[i])
  redis.call('SET', KEYS[i + 1], ARGV[1], 'PX', ARGV[2])
end
return 1`;

export function createRedisStore(redis: RedisClient, options: RedisStoreOptions): CacheStore {
  return new RedisStore(redis, options);
}

class RedisStore implements CacheStore {
  readonly #redis: RedisClient;
  readonly #entryBytesMax: number;

  constructor(redis: RedisClient, options: RedisStoreOptions) {
    this.#redis = redis;
    this.#entryBytesMax = options.entryBytesMax;
  }

  async get(key: string, signal: CancelSignal): Promise<StoredEntry | null> {
    const packed = await this.#redis.getBuffer(valueKey(key), signal);
    const entry = packed === null ? null : unpackEntry(packed);
    return entry !== null && Date.now() < entry.expiresAtMs ? entry : null;
  }

  async set(key: string, entry: StoredEntry, signal: CancelSignal, fence?: string): Promise<void> {
    const ttlMs = Math.ceil(entry.expiresAtMs - Date.now());
    if (ttlMs <= 0 || entry.bytes.byteLength > this.#entryBytesMax) return;
    const packed = packEntry(entry);
    if (fence === undefined) await this.#redis.setBuffer(valueKey(key), packed, ttlMs, signal);
    else
      await this.#redis.evaluate(
        SET_FENCED,
        [valueKey(key), generationKey(key)],
        [fence, packed, ttlMs],
        signal,
      );
  }

  async delete(keys: readonly string[], signal: CancelSignal): Promise<void> {
    for (let start = 0; start < keys.length; start += DELETE_KEYS_MAX) {
      const names = keys
        .slice(start, start + DELETE_KEYS_MAX)
        .flatMap((key) => [valueKey(key), generationKey(key)]);
      await this.#redis.evaluate(DELETE, names, [newToken(), GENERATION_TTL_MS], signal);
    }
  }

  async replace(
    key: string,
    entry: StoredEntry,
    fence: string,
    signal: CancelSignal,
  ): Promise<boolean> {
    const ttlMs = Math.ceil(entry.expiresAtMs - Date.now());
    const isKept = ttlMs > 0 && entry.bytes.byteLength <= this.#entryBytesMax;
    const replaced = await this.#redis.evaluate(
      REPLACE,
      [valueKey(key), generationKey(key)],
      [fence, isKept ? packEntry(entry) : '', ttlMs, newToken(), GENERATION_TTL_MS],
      signal,
    );
    return replaced === 1;
  }

  async fence(key: string, signal: CancelSignal): Promise<string> {
    const generation = await this.#redis.getBuffer(generationKey(key), signal);
    return generation === null ? '' : generation.toString('latin1');
  }

  /** The client belongs to the caller. */
  async [Symbol.asyncDispose](): Promise<void> {}
}

const valueKey = (key: string) => `c:${key}`;
const generationKey = (key: string) => `g:${key}`;

function newToken(): string {
  return crypto.randomUUID();
}
