/**
 * Typed values over L1 (decoded, this process) → L2 (bytes, all processes) → origin, with single-flight,
 * leases, negative entries, stale-while-revalidate and invalidation. docs/decisions/0006-cache.md has
 * the staleness bounds and the figures.
 */
import { AppError } from '../../lib/errors.ts';
import { CancelController, type CancelSignal } from '../../lib/async/cancel.ts';
import { followed } from '../../lib/trace/request-trace.ts';
import type { Logger } from '../log/logger.ts';
import { BackgroundTasks } from '../../lib/async/background-tasks.ts';
import type {
  CacheCodec,
  CacheStore,
  CacheTier,
  Loader,
  Lookup,
  ReadThroughCache,
} from './cache.ts';
import type { InvalidationBus, InvalidationMember } from './invalidation.ts';
import { KeyEpochs } from './key-epochs.ts';
import type { L1, L1Entry, L1Space } from './l1.ts';
import type { Lease, Leases } from './lease.ts';
import { L2 } from './l2.ts';
import { SingleFlight } from '../../lib/async/single-flight.ts';
import { servableUntilMs, timed, type Lifetimes, type TimedValue } from './timed-value.ts';
import { Deadline } from '../../lib/async/deadline.ts';
import { orCancelled } from '../../lib/async/wait.ts';
import { InvalidationOutbox } from './invalidation-outbox.ts';

export interface TieredCacheOptions<T> extends Lifetimes {
  /** Names the cache in keys, messages and metrics: lower-case letters, digits and dashes. */
  readonly name: string;
  /** Part of every L2 key: raise it when the encoding or the meaning of the value changes. */
  readonly schemaVersion: number;
  readonly codec: CacheCodec<T>;
  /** Shared by all caches of the process. */
  readonly l1: L1;
  readonly l2: CacheStore | null;
  readonly leases: Leases;
  readonly invalidation: InvalidationBus;
  /** Pub/sub may lose a message: nothing is served from L1 for longer. 60,000 when absent. */
  readonly l1MaxAgeMs?: number;
  /** Deadline of one load with its waits for other processes. 15,000 when absent. */
  readonly loadTimeoutMs?: number;
  /** Keys that may be loaded at a time; one more is refused. 10,000 when absent. */
  readonly flightKeysMax?: number;
  /** Refreshes behind at a time; a stale hit beyond that starts none. 64 when absent. */
  readonly refreshesMax?: number;
  /** Whether stale entries are refreshed behind now; always when absent. */
  readonly mayRefresh?: () => boolean;
}

export interface TieredCacheStats {
  readonly l1Hits: number;
  readonly l2Hits: number;
  /** Look-ups that neither tier could answer from what it held. */
  readonly misses: number;
  /** Calls of a loader, refreshes included. */
  readonly loads: number;
  readonly loadFailures: number;
  /** Refreshes behind that were started. */
  readonly refreshes: number;
  readonly staleHits: number;
  readonly negativeHits: number;
  readonly l2Failures: number;
  /** Blobs in L2 that were corrupt or of an unknown version. */
  readonly l2Refused: number;
  readonly loading: number;
  /** In memory: bytes, entries, and those that were dropped for want of room. */
  readonly l1Bytes: number;
  readonly l1Entries: number;
  readonly l1Evictions: number;
  /** Invalidations that Redis has not taken yet. */
  readonly invalidationsOwed: number;
}

export interface TieredCache<T> extends ReadThroughCache<T>, AsyncDisposable {
  readonly name: string;
  /** Counters since start, and what is under way; in the log at level debug when the cache is closed. */
  stats(): TieredCacheStats;
}

const L1_MAX_AGE_MS = 60_000;
const LOAD_TIMEOUT_MS = 15_000;
const FLIGHT_KEYS_MAX = 10_000;
const REFRESHES_MAX = 64;
const WAITERS_MAX = 10_000;
/** Loaders of one flight that may fail before the rest of its line fails with them. */
const ATTEMPTS_MAX = 3;
/** Encoding and storing after the answer; the lease is held until it is done. */
const WRITE_TIMEOUT_MS = 5000;
/** Writes under way beyond which a load waits for its own. */
const WRITES_MAX = 256;
/** When another process refreshes: long enough for a usual load, short enough to see its death. */
const FOREIGN_REFRESH_MS = 500;
/** How long a value that has run out is served once the origin has failed. */
const SERVED_LONGER_MS = 5000;
/** Others that are faster, before an update gives up: more than ever work on one key at a time. */
const UPDATE_ATTEMPTS_MAX = 8;
const REFRESH_BACKOFF_FIRST_MS = 1000;
const REFRESH_BACKOFF_MAX_MS = 60_000;

/** The L1 and the stores, leases and bus stay the caller's; disposal ends only this cache's own work. */
export function createTieredCache<T>(
  options: TieredCacheOptions<T>,
  logger: Logger,
): TieredCache<T> {
  if (!/^[a-z0-9-]+$/.test(options.name)) throw new Error(`not a cache name: ${options.name}`);
  return new LayeredCache(options, logger);
}

/** What was true of a key before something was read; `#overtaken` tells whether it still is. */
interface Moment {
  readonly epoch: number;
  readonly purges: number;
}

/** Everything that a load needs beside the loader. */
interface Claim<T> {
  /** Null: somebody else holds it. */
  readonly lease: Lease | null;
  readonly found: TimedValue<T> | null;
  readonly fence: string | null;
  readonly moment: Moment;
}

const NO_LEASE: Lease = { release: () => Promise.resolve() };

class LayeredCache<T> implements TieredCache<T> {
  readonly name: string;
  readonly #options: TieredCacheOptions<T>;
  readonly #logger: Logger;
  readonly #l1: L1Space<T>;
  readonly #l2: L2<T> | null;
  readonly #flights: SingleFlight<Lookup<T>>;
  readonly #member: InvalidationMember;
  readonly #outbox: InvalidationOutbox;
  readonly #epochs = new KeyEpochs();
  readonly #refreshing = new Set<string>();
  readonly #background = new BackgroundTasks();
  readonly #life = new CancelController();
  readonly #l1MaxAgeMs: number;
  readonly #loadTimeoutMs: number;
  readonly #counts = {
    l1Hits: 0,
    l2Hits: 0,
    misses: 0,
    loads: 0,
    loadFailures: 0,
    refreshes: 0,
    staleHits: 0,
    negativeHits: 0,
  };
  #purges = 0;

  constructor(options: TieredCacheOptions<T>, logger: Logger) {
    this.name = options.name;
    this.#options = options;
    this.#logger = logger.child({ cache: options.name });
    this.#l1MaxAgeMs = options.l1MaxAgeMs ?? L1_MAX_AGE_MS;
    this.#loadTimeoutMs = options.loadTimeoutMs ?? LOAD_TIMEOUT_MS;
    this.#l1 = options.l1.open<T>();
    this.#l2 =
      options.l2 === null
        ? null
        : new L2(options.l2, options.codec, `${options.name}:${options.schemaVersion}:`);
    this.#flights = new SingleFlight({
      flightTimeoutMs: this.#loadTimeoutMs,
      keysMax: options.flightKeysMax ?? FLIGHT_KEYS_MAX,
      waitersMax: WAITERS_MAX,
      attemptsMax: ATTEMPTS_MAX,
    });
    this.#outbox = new InvalidationOutbox((key, signal) => this.#tellOthers(key, signal));
    this.#member = options.invalidation.join(options.name, {
      onInvalidate: (key) => this.#forget(key),
      onPurge: () => this.#purge(),
    });
  }

  peek(key: string, load?: Loader<T>): Lookup<T> | undefined {
    const entry = this.#l1.get(key);
    if (entry === undefined) return undefined;
    const nowMs = Date.now();
    if (nowMs >= entry.freshUntilMs) return this.#peekOld(entry, nowMs, load);
    this.#counts.l1Hits++;
    if (entry.negativeCount > 0) this.#counts.negativeHits++;
    return entry.lookup;
  }

  async find(key: string, signal: CancelSignal): Promise<Lookup<T> | undefined> {
    const known = this.peek(key);
    if (known !== undefined) return known;
    const moment = this.#moment(key);
    const found = await this.#lookupL2(key, signal);
    if (!isServable(found)) return undefined;
    this.#counts.l2Hits++;
    return this.#keep(key, found, moment, 'l2');
  }

  get(key: string, load: Loader<T>, signal: CancelSignal): Promise<Lookup<T>> {
    const known = this.peek(key, load);
    if (known !== undefined) return Promise.resolve(known);
    const found = this.#flights.run(
      key,
      (flightSignal) => this.#resolveOrLastResort(key, load, flightSignal),
      signal,
    );
    return followed(signal.trace, { kind: 'cache', name: this.name }, found, ({ tier }) => tier);
  }

  async update(
    key: string,
    load: Loader<T>,
    change: (present: T | null) => T,
    signal: CancelSignal,
  ): Promise<T> {
    for (let attempt = 0; attempt < UPDATE_ATTEMPTS_MAX; attempt++) {
      const moment = this.#moment(key);
      // Taken before the value is read: a deletion between the two is seen.
      const [fence, found] = await Promise.all([
        this.#l2?.fence(key, signal) ?? null,
        this.#lookupL2(key, signal),
      ]);
      const present = isServable(found) ? found.value : (await this.get(key, load, signal)).value;
      const value = change(present);
      if (value === present) return value;
      if (this.#isOvertaken(key, moment)) continue;
      if (await this.#replace(key, value, fence, signal)) return value;
    }
    throw new AppError('server.overloaded', 'The same thing is changed too often; try again');
  }

  async invalidate(key: string): Promise<void> {
    this.#forget(key);
    await this.#outbox.send(key);
  }

  stats(): TieredCacheStats {
    const second = this.#l2?.stats();
    return {
      ...this.#counts,
      l2Failures: second?.failures ?? 0,
      l2Refused: second?.refused ?? 0,
      loading: this.#flights.size + this.#refreshing.size,
      l1Bytes: this.#l1.sizeBytes,
      l1Entries: this.#l1.entries,
      l1Evictions: this.#l1.evictions,
      invalidationsOwed: this.#outbox.size,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#member.leave();
    const flights = this.#flights[Symbol.asyncDispose]();
    this.#life.abort(new AppError('server.draining', 'The server is stopping'));
    await Promise.all([flights, this.#outbox[Symbol.asyncDispose]()]);
    await this.#background.settled();
    this.#l1.clear();
    this.#logger.debug({ ...this.stats() }, 'a cache is closed');
  }

  /** A stale hit is served and refreshed behind; an expired one is none. */
  #peekOld(entry: L1Entry<T>, nowMs: number, load: Loader<T> | undefined): Lookup<T> | undefined {
    if (nowMs >= entry.servableUntilMs) {
      // A negative one stays for its count, which the next negative answer continues.
      if (entry.negativeCount === 0 && nowMs >= entry.expiresAtMs) this.#l1.delete(entry.key);
      return undefined;
    }
    if (!entry.lookup.stale) entry.lookup = { value: entry.lookup.value, tier: 'l1', stale: true };
    this.#counts.l1Hits++;
    this.#counts.staleHits++;
    if (load !== undefined && nowMs >= entry.refreshNotBeforeMs)
      this.#refreshBehind(entry.key, load);
    return entry.lookup;
  }

  /** With the origin away, what this process had is better than nothing, until it expires; an invalidated value is gone. */
  async #resolveOrLastResort(
    key: string,
    load: Loader<T>,
    signal: CancelSignal,
  ): Promise<Lookup<T>> {
    try {
      return await this.#resolve(key, load, signal);
    } catch (error) {
      const isRefusal = error instanceof AppError && error.status < 500;
      const known = isRefusal ? undefined : this.#serveLonger(key);
      if (known === undefined) throw error;
      return known;
    }
  }

  /** For some seconds what has run out answers again, while refreshes behind look for the origin's return. */
  #serveLonger(key: string): Lookup<T> | undefined {
    const entry = this.#l1.get(key);
    const nowMs = Date.now();
    if (entry === undefined || entry.negativeCount > 0 || nowMs >= entry.expiresAtMs)
      return undefined;
    entry.servableUntilMs = Math.max(
      entry.servableUntilMs,
      Math.min(nowMs + SERVED_LONGER_MS, entry.expiresAtMs),
    );
    entry.refreshNotBeforeMs = nowMs + REFRESH_BACKOFF_FIRST_MS;
    return this.#peekOld(entry, nowMs, undefined);
  }

  async #resolve(key: string, load: Loader<T>, signal: CancelSignal): Promise<Lookup<T>> {
    const moment = this.#moment(key);
    const found = await this.#lookupL2(key, signal);
    if (isServable(found)) return this.#adopt(key, found, moment, load);
    this.#counts.misses++;
    for (;;) {
      const claim = await this.#claim(key, signal);
      const known = await this.#settledMeanwhile(key, claim, load);
      if (known !== null) return known;
      if (claim.lease !== null) return this.#lead(key, load, claim, claim.lease, signal);
      await this.#options.leases.waitForRelease(this.#leaseName(key), signal);
    }
  }

  /** What a refresh, or the holder of the lease before us, has stored since our miss. */
  async #settledMeanwhile(
    key: string,
    claim: Claim<T>,
    load: Loader<T>,
  ): Promise<Lookup<T> | null> {
    const { found, moment } = claim;
    const known =
      this.peek(key) ?? (isServable(found) ? this.#adopt(key, found, moment, load) : null);
    if (known !== null) await claim.lease?.release();
    return known;
  }

  /**
   * Lease, second look and fence in one round trip. The order on the connection matters: a value that the
   * last holder stored before its release is seen by the look-up that follows our acquisition.
   */
  async #claim(key: string, signal: CancelSignal): Promise<Claim<T>> {
    const moment = this.#moment(key);
    const acquiring = this.#acquire(key, signal);
    try {
      const [lease, found, fence] = await Promise.all([
        acquiring,
        this.#lookupL2(key, signal),
        this.#l2?.fence(key, signal) ?? null,
      ]);
      return { lease, found, fence, moment };
    } catch (error) {
      acquiring.then((lease) => lease?.release()).catch(() => undefined);
      throw error;
    }
  }

  /** Without leases (Redis ill) every process works for itself. */
  async #acquire(key: string, signal: CancelSignal): Promise<Lease | null> {
    try {
      return await this.#options.leases.tryAcquire(this.#leaseName(key), signal);
    } catch {
      signal.throwIfAborted();
      return NO_LEASE;
    }
  }

  async #lead(
    key: string,
    load: Loader<T>,
    claim: Claim<T>,
    lease: Lease,
    signal: CancelSignal,
  ): Promise<Lookup<T>> {
    this.#counts.loads++;
    try {
      const value = await orCancelled(load(signal), signal);
      const before = Math.max(
        claim.found?.negativeCount ?? 0,
        this.#l1.get(key)?.negativeCount ?? 0,
      );
      const freshMs = value === null ? undefined : this.#options.codec.freshForMs?.(value);
      const entry = timed(value, before, this.#options, freshMs);
      const writing =
        this.#l2 === null ? lease.release() : this.#write(key, entry, claim, lease, this.#l2);
      this.#background.add(writing);
      if (this.#background.size > WRITES_MAX) await writing;
      return this.#keep(key, entry, claim.moment, 'origin');
    } catch (error) {
      this.#counts.loadFailures++;
      this.#background.add(lease.release());
      throw error;
    }
  }

  /** Into L2, then lets the next holder of the lease in, who will find it there. */
  async #write(
    key: string,
    entry: TimedValue<T>,
    { fence, moment }: Claim<T>,
    lease: Lease,
    second: L2<T>,
  ): Promise<void> {
    using deadline = this.#deadline(WRITE_TIMEOUT_MS);
    try {
      const overtaken = this.#epochs.of(key) !== moment.epoch;
      if (fence === null || overtaken) return;
      await orCancelled(second.write(key, entry, fence, deadline.signal), deadline.signal);
    } catch (error) {
      this.#logger.debug(
        { reason: error instanceof AppError ? error.code : 'unknown' },
        'An entry was not stored',
      );
    } finally {
      await lease.release();
    }
  }

  /** False when somebody else was faster. Loads under way are overtaken, before the value is stored and after. */
  async #replace(
    key: string,
    value: T,
    fence: string | null,
    signal: CancelSignal,
  ): Promise<boolean> {
    this.#forget(key);
    const moment = this.#moment(key);
    const entry = {
      ...timed(value, 0, this.#options, this.#options.codec.freshForMs?.(value)),
      value,
    };
    try {
      if (this.#l2 !== null) {
        if (fence === null) throw new AppError('redis.unavailable', 'there is no fence');
        if (!(await this.#l2.replace(key, entry, fence, signal))) return false;
      }
      await this.#member.publish(key, signal);
    } catch {
      signal.throwIfAborted();
      // The others are told when that is possible again, and load for themselves.
      this.#background.add(this.#outbox.send(key));
    }
    if (this.#isOvertaken(key, moment)) return true;
    this.#forget(key);
    this.#keep(key, entry, this.#moment(key), 'origin');
    return true;
  }

  #isOvertaken(key: string, { epoch, purges }: Moment): boolean {
    return this.#epochs.of(key) !== epoch || this.#purges !== purges;
  }

  #adopt(key: string, found: TimedValue<T>, moment: Moment, load: Loader<T>): Lookup<T> {
    this.#counts.l2Hits++;
    const lookup = this.#keep(key, found, moment, 'l2');
    if (found.negativeCount > 0) this.#counts.negativeHits++;
    if (lookup.stale) {
      this.#counts.staleHits++;
      this.#refreshBehind(key, load);
    }
    return lookup;
  }

  /** Into L1, unless an invalidation overtook the read: then the answer serves its callers only. */
  #keep(key: string, found: TimedValue<T>, moment: Moment, tier: CacheTier): Lookup<T> {
    const nowMs = Date.now();
    const stale = nowMs >= found.freshUntilMs;
    if (!this.#isOvertaken(key, moment)) {
      const until = Math.min(servableUntilMs(found), nowMs + this.#l1MaxAgeMs);
      const entry: L1Entry<T> = {
        key,
        lookup: { value: found.value, tier: 'l1', stale },
        freshUntilMs: Math.min(found.freshUntilMs, until),
        servableUntilMs: until,
        expiresAtMs: servableUntilMs(found),
        negativeCount: found.negativeCount,
        refreshNotBeforeMs: 0,
        refreshFailures: 0,
        sizeBytes: 0,
      };
      this.#l1.set(entry, found.value === null ? 0 : this.#options.codec.sizeBytes(found.value));
    }
    return { value: found.value, tier, stale };
  }

  #refreshBehind(key: string, load: Loader<T>): void {
    const full = this.#refreshing.size >= (this.#options.refreshesMax ?? REFRESHES_MAX);
    if (full || this.#refreshing.has(key) || this.#life.signal.aborted) return;
    if (this.#options.mayRefresh?.() === false) return;
    this.#refreshing.add(key);
    this.#counts.refreshes++;
    const refresh = this.#refresh(key, load)
      .catch((error: unknown) => this.#refreshFailed(key, error))
      .finally(() => this.#refreshing.delete(key));
    this.#background.add(refresh);
  }

  /** Of work that nobody waits for. */
  #deadline(timeoutMs: number): Deadline {
    const failure = () => new AppError('cache.wait-timeout', `Not done within ${timeoutMs} ms`);
    return new Deadline({ timeoutMs, failure, parent: this.#life.signal });
  }

  async #refresh(key: string, load: Loader<T>): Promise<void> {
    using deadline = this.#deadline(this.#loadTimeoutMs);
    const claim = await this.#claim(key, deadline.signal);
    if (claim.found !== null && Date.now() < claim.found.freshUntilMs) {
      this.#keep(key, claim.found, claim.moment, 'l2');
      await claim.lease?.release();
    } else if (claim.lease === null) {
      const entry = this.#l1.get(key);
      if (entry !== undefined) entry.refreshNotBeforeMs = Date.now() + FOREIGN_REFRESH_MS;
    } else {
      await this.#lead(key, load, claim, claim.lease, deadline.signal);
    }
  }

  /** The stale value goes on being served until it expires. */
  #refreshFailed(key: string, error: unknown): void {
    const reason = error instanceof AppError ? error.code : 'unknown';
    this.#logger.debug({ reason }, 'A refresh behind failed');
    const entry = this.#l1.get(key);
    if (entry === undefined) return;
    const backoffMs = Math.min(
      REFRESH_BACKOFF_FIRST_MS * 2 ** entry.refreshFailures,
      REFRESH_BACKOFF_MAX_MS,
    );
    entry.refreshFailures++;
    entry.refreshNotBeforeMs = Date.now() + backoffMs;
  }

  /** Null without a second tier, and for a key whose deletion there is still owed. */
  async #lookupL2(key: string, signal: CancelSignal): Promise<TimedValue<T> | null> {
    if (this.#l2 === null || this.#outbox.has(key)) return null;
    return this.#l2.lookup(key, signal);
  }

  #moment(key: string): Moment {
    return { epoch: this.#epochs.of(key), purges: this.#purges };
  }

  #leaseName(key: string): string {
    return `${this.name}:${this.#options.schemaVersion}:${key}`;
  }

  /** In this process: L1, and flights that began before. */
  #forget(key: string): void {
    this.#epochs.bump(key);
    this.#l1.delete(key);
    this.#flights.forget(key);
  }

  /** Messages may have been lost: everything is looked up again. */
  #purge(): void {
    this.#purges++;
    this.#l1.doubt();
    this.#flights.forgetAll();
  }

  async #tellOthers(key: string, signal: CancelSignal): Promise<void> {
    // Sent in this order on one connection: whoever hears of it finds the key deleted.
    await Promise.all([this.#l2?.delete(key, signal), this.#member.publish(key, signal)]);
  }
}

function isServable<T>(found: TimedValue<T> | null): found is TimedValue<T> {
  return found !== null && Date.now() < servableUntilMs(found);
}
