/** Leases over Redis: `SET NX PX` with an owner's token, renewal, compare-and-delete, wake-up by pub/sub. */
import { NEVER_CANCELLED, type CancelSignal } from '../../lib/async/cancel.ts';
import type { Logger } from '../log/logger.ts';
import type { RedisClient } from '../redis/client.ts';
import { AppError } from '../../lib/errors.ts';
import type { Lease, Leases } from './lease.ts';
import { ReleaseWaiters } from './release-waiters.ts';

export interface RedisLeaseOptions {
  /** Without renewal a lease ends after this time: how long a killed holder blocks the others. 2,000 when absent. */
  readonly ttlMs?: number;
  /** Interval of renewals; a third of the TTL at most, so that one may fail. 600 when absent. */
  readonly renewEveryMs?: number;
  /** Leases that this process may hold at a time. */
  readonly leasesMax: number;
}

const TTL_MS = 2000;
const RENEW_EVERY_MS = 600;
const CHANNEL = 'lease-released';

/** KEYS: lease. ARGV: token, TTL. */
const RENEW = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`;

/** KEYS: lease. ARGV: token. Only the owner may delete: the lease may have passed on meanwhile. */
const RELEASE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`;

/** Subscribes to the channel of releases: one `createRedisLeases` for each client. */
export function createRedisLeases(
  redis: RedisClient,
  options: RedisLeaseOptions,
  logger: Logger,
): Leases {
  return new RedisLeases(redis, options, logger);
}

class RedisLeases implements Leases {
  readonly #redis: RedisClient;
  readonly #options: Required<RedisLeaseOptions>;
  readonly #logger: Logger;
  readonly #held = new Set<HeldLease>();
  readonly #waiters = new ReleaseWaiters();

  constructor(redis: RedisClient, options: RedisLeaseOptions, logger: Logger) {
    this.#redis = redis;
    this.#options = { ttlMs: TTL_MS, renewEveryMs: RENEW_EVERY_MS, ...options };
    this.#logger = logger;
    redis.subscribe(CHANNEL, {
      onMessage: (name) => this.#waiters.wake(name),
      onSubscribed: () => this.#waiters.wakeAll(),
    });
  }

  async tryAcquire(name: string, signal: CancelSignal): Promise<Lease | null> {
    if (this.#held.size >= this.#options.leasesMax) {
      throw new AppError('server.overloaded', 'Too many leases are held');
    }
    const token = crypto.randomUUID();
    if (!(await this.#take(name, token, signal))) return null;
    const held: HeldLease = new HeldLease(this.#redis, name, token, this.#options, {
      ended: () => this.#held.delete(held),
      lost: () => this.#logger.debug({ lease: name }, 'A lease ended before its work did'),
    });
    this.#held.add(held);
    return held;
  }

  waitForRelease(name: string, signal: CancelSignal): Promise<void> {
    return this.#waiters.wait(name, signal);
  }

  /** Gives up every lease that is still held. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#held].map((held) => held.release()));
    this.#waiters.wakeAll();
  }

  /** When the reply is lost the lease may be ours all the same; a release by token settles both cases. */
  async #take(name: string, token: string, signal: CancelSignal): Promise<boolean> {
    try {
      return await this.#redis.setIfAbsent(leaseKey(name), token, this.#options.ttlMs, signal);
    } catch (error) {
      releaseToken(this.#redis, name, token).catch(() => undefined);
      throw error;
    }
  }
}

interface LeaseEvents {
  ended(): void;
  lost(): void;
}

class HeldLease implements Lease {
  readonly #redis: RedisClient;
  readonly #name: string;
  readonly #token: string;
  readonly #events: LeaseEvents;
  readonly #timer: NodeJS.Timeout;
  #isReleased = false;

  constructor(
    redis: RedisClient,
    name: string,
    token: string,
    options: Required<RedisLeaseOptions>,
    events: LeaseEvents,
  ) {
    this.#redis = redis;
    this.#name = name;
    this.#token = token;
    this.#events = events;
    this.#timer = setInterval(() => void this.#renew(options.ttlMs), options.renewEveryMs);
  }

  async release(): Promise<void> {
    if (this.#isReleased) return;
    this.#end();
    await releaseToken(this.#redis, this.#name, this.#token).catch(() => undefined);
  }

  /** A renewal that fails is tried again by the next one; a lease of somebody else is left alone. */
  async #renew(ttlMs: number): Promise<void> {
    const renewed = await this.#redis
      .evaluate(RENEW, [leaseKey(this.#name)], [this.#token, ttlMs], NEVER_CANCELLED)
      .catch(() => null);
    if (renewed !== 0 || this.#isReleased) return;
    this.#end();
    this.#events.lost();
  }

  #end(): void {
    this.#isReleased = true;
    clearInterval(this.#timer);
    this.#events.ended();
  }
}

async function releaseToken(redis: RedisClient, name: string, token: string): Promise<void> {
  const released = redis.evaluate(RELEASE, [leaseKey(name)], [token], NEVER_CANCELLED);
  // In the same turn: the messages follow the deletion on the same connection, without a round trip.
  const woken = redis.publish(CHANNEL, name, NEVER_CANCELLED);
  await Promise.all([released, woken]);
}

const leaseKey = (name: string) => `l:${name}`;
