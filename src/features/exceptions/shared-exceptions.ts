/** The kinds of failures of all processes, in Redis. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import {
  exceptionRecord,
  EXCEPTIONS_MAX,
  type ExceptionRecord,
} from '../../lib/exceptions/exception-record.ts';
import type { RedisClient } from '../../platform/redis/client.ts';

/** Records by fingerprint, and fingerprints by when they were seen last. */
const KEYS = ['exceptions', 'exceptions:seen'];
/** Of all, from the last one on. */
export const EXCEPTIONS_TTL_S = 259_200;

const ADD = `
local most, ttl = tonumber(ARGV[1]), ARGV[2]
for index = 3, #ARGV do
  local record = cjson.decode(ARGV[index])
  local known = redis.call('HGET', KEYS[1], record.fingerprint)
  if known then
    local former = cjson.decode(known)
    record.count = record.count + former.count
    record.firstSeenAtMs = math.min(record.firstSeenAtMs, former.firstSeenAtMs)
    record.lastSeenAtMs = math.max(record.lastSeenAtMs, former.lastSeenAtMs)
    if record.requestId == '' then record.requestId = former.requestId end
  end
  redis.call('HSET', KEYS[1], record.fingerprint, cjson.encode(record))
  redis.call('ZADD', KEYS[2], record.lastSeenAtMs, record.fingerprint)
end
local surplus = redis.call('ZCARD', KEYS[2]) - most
if surplus > 0 then
  for _, fingerprint in ipairs(redis.call('ZRANGE', KEYS[2], 0, surplus - 1)) do
    redis.call('HDEL', KEYS[1], fingerprint)
    redis.call('ZREM', KEYS[2], fingerprint)
  end
end
redis.call('EXPIRE', KEYS[1], ttl)
redis.call('EXPIRE', KEYS[2], ttl)`;

const LIST = `return redis.call('HVALS', KEYS[1])`;

const CLEAR = `
if ARGV[1] ~= '' then
  redis.call('ZREM', KEYS[2], ARGV[1])
  return redis.call('HDEL', KEYS[1], ARGV[1])
end
local count = redis.call('HLEN', KEYS[1])
redis.call('DEL', KEYS[1], KEYS[2])
return count`;

export class SharedExceptions {
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  /** One command, whatever their number. @throws AppError `redis.unavailable` */
  async add(records: readonly ExceptionRecord[], signal: CancelSignal): Promise<void> {
    const texts = records.map((record) => JSON.stringify(record));
    await this.#redis.evaluate(ADD, KEYS, [EXCEPTIONS_MAX, EXCEPTIONS_TTL_S, ...texts], signal);
  }

  /** The last seen first. @throws AppError `redis.unavailable` */
  async list(signal: CancelSignal): Promise<readonly ExceptionRecord[]> {
    const texts = await this.#redis.evaluate(LIST, KEYS, [], signal);
    if (!Array.isArray(texts)) return [];
    return texts
      .flatMap((text) => {
        const { data } = exceptionRecord.safeParse(JSON.parse(String(text)));
        return data === undefined ? [] : [data];
      })
      .toSorted((one, other) => other.lastSeenAtMs - one.lastSeenAtMs);
  }

  /** Forgets one kind, or all. Returns how many there were. @throws AppError `redis.unavailable` */
  async clear(fingerprint: string | null, signal: CancelSignal): Promise<number> {
    return Number(await this.#redis.evaluate(CLEAR, KEYS, [fingerprint ?? ''], signal));
  }
}
