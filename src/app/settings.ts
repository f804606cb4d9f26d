/** From configuration to the options of the parts: sizes, shares and lifetimes in one place. */
import { availableParallelism } from 'node:os';
import type { TlsFiles } from '../http/tls-files.ts';
import type { Lifetimes } from '../platform/cache/timed-value.ts';
import type { Config } from '../platform/config/config.ts';

const SECOND_MS = 1000;
const DAY_MS = 24 * 3600 * SECOND_MS;

/** Unknown ids: 5 s at first, then longer while they stay unknown; an import of theirs invalidates them at once. */
const NEGATIVE = { first: 5 * SECOND_MS, max: 300 * SECOND_MS, growth: 2 };

/** A revoked profile is dead everywhere within 20 s, also where no message comes (the promise is 30 s). */
const PROFILES: Lifetimes = {
  freshMs: 10 * SECOND_MS, staleMs: 10 * SECOND_MS, negativeMs: { first: 5 * SECOND_MS, max: 10 * SECOND_MS, growth: 1 },
};

export interface CacheLifetimes {
  readonly streams: Lifetimes;
  readonly ids: Lifetimes;
  readonly catalog: Lifetimes;
  readonly meta: Lifetimes;
  readonly genres: Lifetimes;
  readonly posters: Lifetimes;
  readonly profiles: Lifetimes;
}

/** How long each kind of entry is fresh, then stale but servable, then gone. */
export function cacheLifetimes(config: Config): CacheLifetimes {
  const freshFor = (seconds: number): Lifetimes => ({
    freshMs: seconds * SECOND_MS, staleMs: DAY_MS, negativeMs: NEGATIVE,
  });
  return {
    streams: freshFor(config.STREAM_CACHE_TTL_SECONDS),
    ids: freshFor(config.META_CACHE_TTL_SECONDS),
    catalog: freshFor(config.CATALOG_CACHE_TTL_SECONDS),
    meta: freshFor(config.META_CACHE_TTL_SECONDS),
    genres: freshFor(config.CATALOG_CACHE_TTL_SECONDS),
    posters: freshFor(config.POSTER_CACHE_TTL_SECONDS),
    profiles: PROFILES,
  };
}

/** What is built from cached values may take as much memory as they: replies of three features, and rows of streams. */
const REPLY_SHARES = 4;

export function replyShareBytes(config: Config): number {
  return Math.floor(config.CACHE_MEMORY_BYTES / 2 / REPLY_SHARES);
}

/** Pool threads per process: max(1, floor((cores − HTTP_PROCESSES) ÷ HTTP_PROCESSES)), design.md section 3. */
export function poolThreads(config: Config): number {
  const processes = config.HTTP_PROCESSES;
  return config.POOL_THREADS ?? Math.max(1, Math.floor((availableParallelism() - processes) / processes));
}

/** Null: the server speaks HTTP. */
export function tlsFiles({ TLS_CERT: certFile, TLS_KEY: keyFile }: Config): TlsFiles | null {
  return certFile === null || keyFile === null ? null : { certFile, keyFile };
}
