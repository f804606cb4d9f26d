/** What all caches of a process share: L1, the second tier, leases and the invalidation bus. */
import type { CacheSpec } from './cache.ts';
import { createLocalInvalidation, type InvalidationBus } from './invalidation.ts';
import { L1 } from './l1.ts';
import { createLocalLeases, type Leases } from './lease.ts';
import { createRedisInvalidation } from './redis-invalidation.ts';
import { createRedisLeases } from './redis-lease.ts';
import { createRedisStore } from './redis-store.ts';
import { createTieredCache, type TieredCache } from './tiered-cache.ts';
import type { Config } from '../config/config.ts';
import type { Logger } from '../log/logger.ts';
import type { RedisClient } from '../redis/client.ts';
import type { Brownout } from '../../lib/admission/brownout.ts';
import { DisposeStack } from '../../lib/async/dispose-stack.ts';

export interface CacheRegistryOptions {
  /** Memory for all caches, and how long each of them keeps its entries. */
  readonly config: Config;
  /** Null: one process, nothing shared. */
  readonly redis: RedisClient | null;
  /** While it spares work nothing is refreshed behind. */
  readonly brownout?: Pick<Brownout, 'isSparing'>;
}

/**
 * Things of one kind that are loaded at a time; requests for the same thing share one load, so a crowd on one title
 * counts once. More would only wait for the database: at its capacity these are answered within 0.2 s.
 */
export const LOADS_MAX = 256;
const LEASES_MAX = 10_000;
/** A set of 2,000 streams is about 400 KB, a poster 60 KB. */
const L2_ENTRY_BYTES_MAX = 4 * 1024 * 1024;
/** Without other processes no message can be lost, so an entry may live as long as it is servable. */
const ALONE_L1_MAX_AGE_MS = 7 * 24 * 3600 * 1000;

/** What is built from cached values (replies, rows) may take half as much memory as these. */
const DERIVED_SHARE_MAX = 1 / 2;

/** A cache as its counters have it. */
export type NamedStats = Pick<TieredCache<unknown>, 'name' | 'stats'>;

export class CacheRegistry implements AsyncDisposable {
  readonly #options: CacheRegistryOptions;
  readonly #logger: Logger;
  readonly #l1: L1;
  readonly #leases: Leases;
  readonly #invalidation: InvalidationBus;
  #derivedShares = 0;
  readonly #opened = new DisposeStack();
  readonly #caches: NamedStats[] = [];

  constructor(options: CacheRegistryOptions, logger: Logger) {
    const { redis } = options;
    this.#options = options;
    this.#logger = logger;
    this.#l1 = new L1({ bytesMax: options.config.CACHE_MEMORY_BYTES });
    this.#leases = this.#opened.use(
      redis === null
        ? createLocalLeases(LEASES_MAX)
        : createRedisLeases(redis, { leasesMax: LEASES_MAX }, logger),
    );
    this.#invalidation =
      redis === null ? createLocalInvalidation() : createRedisInvalidation(redis);
  }

  /** Of all processes, for work that must be done once. */
  get leases(): Leases {
    return this.#leases;
  }

  /** All caches that were opened, for whoever reads their counters. */
  get caches(): readonly NamedStats[] {
    return this.#caches;
  }

  /** One cache over the shared tiers; it is closed with the registry. */
  open<T>(spec: CacheSpec<T>): TieredCache<T> {
    const { config, redis } = this.#options;
    const cache = this.#opened.use(
      createTieredCache<T>(
        {
          ...spec,
          ...spec.lifetimes(config),
          l1: this.#l1,
          l2:
            redis === null ? null : createRedisStore(redis, { entryBytesMax: L2_ENTRY_BYTES_MAX }),
          leases: this.#leases,
          invalidation: this.#invalidation,
          flightKeysMax: LOADS_MAX,
          mayRefresh: () => this.#options.brownout?.isSparing !== true,
          ...(redis === null ? { l1MaxAgeMs: ALONE_L1_MAX_AGE_MS } : {}),
        },
        this.#logger,
      ),
    );
    this.#caches.push(cache);
    return cache;
  }

  /**
   * Bytes for what a feature builds from cached values and keeps beside them.
   * @param share of the memory for caches; all shares together are at most a half. @throws RangeError beyond it
   */
  derivedBytes(share: number): number {
    this.#derivedShares += share;
    if (this.#derivedShares > DERIVED_SHARE_MAX) {
      throw new RangeError(
        `shares of derived bytes sum to ${this.#derivedShares}: expected ${DERIVED_SHARE_MAX} at most`,
      );
    }
    return Math.floor(this.#options.config.CACHE_MEMORY_BYTES * share);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened[Symbol.asyncDispose]();
  }
}
