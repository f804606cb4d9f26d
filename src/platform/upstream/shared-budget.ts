/** The budget of one upstream and credential over all processes: in Redis, in this process while that is away. */
import { createHash } from 'node:crypto';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { RedisClient } from '../redis/client.ts';
import { TokenBucket, type BucketRate, type Reservation } from './token-bucket.ts';

/**
 * KEYS: bucket. ARGV: interval and longest wait in ms, burst. Replies what became of it and the wait. The steps are those
 * of `TokenBucket.reserve`, with the clock of Redis for everybody.
 */
const RESERVE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local interval, waitMax, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local state = redis.call('HMGET', KEYS[1], 'full', 'pause')
local full = math.max(tonumber(state[1] or 0), now)
local pause = math.max(0, tonumber(state[2] or 0) - now)
local wait = math.max(pause, full - now - (burst - 1) * interval)
if pause > waitMax then return {2, math.ceil(wait)} end
if wait > waitMax then return {1, math.ceil(wait)} end
full = math.max(full, now + pause) + interval
redis.call('HSET', KEYS[1], 'full', string.format('%.3f', full))
redis.call('PEXPIRE', KEYS[1], math.ceil(full - now) + 1000)
return {0, math.ceil(wait)}`;

/** KEYS: bucket. ARGV: ms. A longer pause that is known already stays. */
const PAUSE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + time[2] / 1000
local state = redis.call('HMGET', KEYS[1], 'full', 'pause')
local pause = math.max(tonumber(state[2] or 0), now + ARGV[1])
redis.call('HSET', KEYS[1], 'pause', string.format('%.3f', pause))
local left = math.max(pause, tonumber(state[1] or 0)) - now
redis.call('PEXPIRE', KEYS[1], math.ceil(left) + 1000)
return 1`;

const KINDS = ['granted', 'busy', 'paused'] as const;

export interface SharedBudgetOptions {
  /** Together they make the bucket; none leaves the process but as a hash. */
  readonly name: string;
  readonly credential: string;
  readonly isPersonal: boolean;
  readonly rate: BucketRate;
  /** Null: one process, nothing shared. */
  readonly redis: RedisClient | null;
  /** Processes of this machine, which share the rate when they cannot talk about it. */
  readonly processes: number;
  readonly now: () => number;
}

export class SharedBudget {
  readonly #key: string;
  readonly #rate: BucketRate;
  readonly #redis: RedisClient | null;
  readonly #local: TokenBucket;

  constructor({ rate, redis, processes, now, ...payer }: SharedBudgetOptions) {
    this.#key = bucketKey(payer);
    this.#rate = rate;
    this.#redis = redis;
    const burst = Math.max(1, Math.floor(rate.burst / processes));
    this.#local = new TokenBucket({ intervalMs: rate.intervalMs * processes, burst }, now);
  }

  /** Time left of a pause that this process knows of; 0 without one. */
  get pausedForMs(): number {
    return this.#local.pausedForMs;
  }

  /**
   * A place for one call: at most one command of Redis.
   * @param waitMaxMs a later start than this is not granted
   */
  async reserve(waitMaxMs: number, signal: CancelSignal): Promise<Reservation> {
    if (this.#redis === null || this.pausedForMs > waitMaxMs) return this.#local.reserve(waitMaxMs);
    const { intervalMs, burst } = this.#rate;
    try {
      const parameters = [intervalMs, waitMaxMs, burst];
      const reply = await this.#redis.evaluate(RESERVE, [this.#key], parameters, signal);
      const reservation = readReservation(reply);
      // Spares the commands of those who come before its end.
      if (reservation.kind === 'paused') this.#local.pause(reservation.waitMs);
      return reservation;
    } catch {
      signal.throwIfAborted();
      return this.#local.reserve(waitMaxMs);
    }
  }

  /** No call starts before this time is over, in any process. Never rejects. */
  async pause(ms: number, signal: CancelSignal): Promise<void> {
    this.#local.pause(ms);
    await this.#redis?.evaluate(PAUSE, [this.#key], [ms], signal).catch(() => undefined);
  }
}

function bucketKey({
  name,
  credential,
  isPersonal,
}: Pick<SharedBudgetOptions, 'name' | 'credential' | 'isPersonal'>): string {
  const payer = JSON.stringify([name, credential, isPersonal]);
  return `budget:${createHash('sha256').update(payer).digest('base64url').slice(0, 22)}`;
}

function readReservation(reply: unknown): Reservation {
  const [kind, waitMs] = Array.isArray(reply) ? reply.map(Number) : [];
  const name = KINDS[kind ?? -1];
  if (name === undefined || waitMs === undefined) throw new Error('an unexpected reply of Redis');
  return { kind: name, waitMs };
}
