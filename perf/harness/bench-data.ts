/**
 * What measured servers work on: a PostgreSQL of our own with titles of known sizes and, when a scenario
 * needs them, generated ones by the hundred thousand; a Redis; and counters of what both executed.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import postgres, { type Sql } from 'postgres';
import { migrateDatabase } from '../../src/app/migrate.ts';
import { openDatabase } from '../../src/platform/db/targets.ts';
import { importDemoCatalog } from '../../src/features/library/demo-import.ts';
import { LibraryStore } from '../../src/features/library/store.ts';
import { DisposeStack } from '../../src/lib/async/dispose-stack.ts';
import { loadConfig } from '../../src/platform/config/config.ts';
import { createLogger } from '../../src/platform/log/pino-logger.ts';
import { startTestPostgres, type TestPostgres } from '../../test/support/postgres-server.ts';
import { hasRedisServer, startRedisServer } from '../../test/support/redis-server.ts';
import { HEAVIEST_TITLE, HEAVY_TITLE } from '../ceiling-cases.ts';
import { heavyTitle } from '../heavy-title.ts';
import type { DataProfile } from '../result.ts';
import { seedDatabase } from '../seed/seed-database.ts';
import { leaveServerCore } from './pinned.ts';

export interface BenchDataOptions {
  /** Generated titles and streams beside the known ones; null for none. */
  readonly seed: { readonly titles: number; readonly streams: number } | null;
  /** Folder that keeps the database for later runs; a temporary one when null. */
  readonly folder: string | null;
  readonly needsRedis: boolean;
  readonly progress: (text: string) => void;
}

/** What PostgreSQL and Redis executed since they were started. */
export interface Counters {
  readonly sqlStatements: number;
  /** Of these, the one that reads the streams of a title or episode. */
  readonly streamQueries: number;
  readonly redisCommands: number;
}

export interface BenchData extends AsyncDisposable {
  readonly postgresUri: string;
  /** Null when no scenario needed one. */
  readonly redisUrl: string | null;
  readonly profile: DataProfile;
  readonly versions: { readonly postgres: string; readonly redis: string };
  readonly sql: Sql;
  counters(): Promise<Counters>;
  /** Forgets what Redis holds. */
  emptyRedis(): Promise<void>;
  /**
   * Has the system read all tables and indexes into its memory: else the disk is measured, more or less of it. Some
   * systems give up what was not asked for in two minutes (DAMON).
   */
  readFromDisk(): Promise<void>;
  /** Starts PostgreSQL again; caches of its own are empty then. Servers must not be under load. */
  restartPostgres(settings: readonly string[]): Promise<void>;
}

/**
 * So many titles of 200 streams, more than any closed loop has connections: two that ask for the same one at a time share a look-up,
 * or a poster, and with 50 titles for 64 connections `stream-l2` needed 1.56 commands of Redis a request instead of 2. The first one is HEAVY_TITLE.
 */
export const HEAVY_TITLES = 200;
const IMPORT_TIMEOUT_MS = 120_000;
const MARKER = 'sluice-perf-data.json';
/** Of the machines that these figures are for; the default of 128 MB is meant for tests. */
const SETTINGS = ['shared_buffers=1GB', 'effective_cache_size=4GB'];

/** Ids of titles with 200 streams each. */
export function heavyTitleIds(): readonly string[] {
  return Array.from(
    { length: HEAVY_TITLES },
    (_, index) => `tt${Number(HEAVY_TITLE.slice(2)) + index}`,
  );
}

/** @throws Error in one line when PostgreSQL or Redis cannot be started or the folder holds other data */
export async function openBenchData(options: BenchDataOptions): Promise<BenchData> {
  if (options.needsRedis && !hasRedisServer()) {
    throw new Error(
      'redis-server is not installed: scenarios that read from Redis need it (Debian: apt-get install redis-server)',
    );
  }
  const stack = new DisposeStack();
  try {
    if (options.folder !== null) await mkdir(options.folder, { recursive: true });
    options.progress('starting PostgreSQL');
    const server = stack.use(await startTestPostgres(SETTINGS, options.folder ?? undefined));
    await fill(server.uri, options);
    // It was filled on all cores; from here on it is measured with.
    leaveServerCore();
    await server.stop();
    await server.start();
    const redis = options.needsRedis ? stack.use(await startRedisServer()) : null;
    const sql = postgres(server.uri, { max: 1, onnotice: () => undefined });
    stack.defer(() => sql.end({ timeout: 5 }));
    const client = redis === null ? null : new Redis(redis.url);
    stack.defer(() => client?.disconnect());
    return await describe(server, sql, client, redis?.url ?? null, stack);
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

async function describe(
  server: TestPostgres,
  sql: Sql,
  client: Redis | null,
  redisUrl: string | null,
  stack: DisposeStack,
): Promise<BenchData> {
  const [row] = await sql<{ titles: number; streams: number; bytes: number; version: string }[]>`
    SELECT (SELECT count(*) FROM media)::float8 AS titles, (SELECT count(*) FROM stream)::float8 AS streams,
      pg_database_size(current_database())::float8 AS bytes, current_setting('server_version') AS version`;
  const [, redisVersion = ''] =
    /redis_version:(\S+)/.exec((await client?.info('server')) ?? '') ?? [];
  return {
    postgresUri: server.uri,
    redisUrl,
    sql,
    profile: {
      titles: row?.titles ?? 0,
      streams: row?.streams ?? 0,
      databaseBytes: row?.bytes ?? 0,
    },
    versions: { postgres: row?.version ?? '', redis: redisVersion },
    counters: () => readCounters(sql, client),
    emptyRedis: async () => {
      await client?.flushall();
    },
    readFromDisk: async () => {
      await sql`
        SELECT sum(pg_prewarm(c.oid::regclass, 'read')) FROM pg_class c
        WHERE c.relkind IN ('r', 'i') AND c.relnamespace = 'public'::regnamespace`;
    },
    restartPostgres: async (settings) => {
      await server.stop();
      await server.start(settings);
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

async function readCounters(sql: Sql, client: Redis | null): Promise<Counters> {
  const [row] = await sql<{ statements: number; streams: number }[]>`
    SELECT coalesce(sum(calls), 0)::float8 AS statements,
      coalesce(sum(calls) FILTER (WHERE query LIKE '%FROM stream_link%'), 0)::float8 AS streams
    FROM pg_stat_statements WHERE query NOT LIKE '%pg_stat_statements%'`;
  const [, commands = '0'] =
    /total_commands_processed:(\d+)/.exec((await client?.info('stats')) ?? '') ?? [];
  return {
    sqlStatements: row?.statements ?? 0,
    streamQueries: row?.streams ?? 0,
    redisCommands: Number(commands),
  };
}

/** The marker tells what a kept folder holds: seeding two million streams takes a minute. */
async function fill(uri: string, { seed, folder, progress }: BenchDataOptions): Promise<void> {
  const wanted = JSON.stringify({ seed, heavyTitles: HEAVY_TITLES });
  const marker = folder === null ? null : join(folder, MARKER);
  const kept = marker === null ? null : await readFile(marker, 'utf8').catch(() => null);
  if (kept !== null && kept !== wanted)
    throw new Error(`the folder holds other data (${kept}): name another one, or delete it`);
  await prepareBenchDatabase(uri);
  if (kept !== null) return;
  if (seed !== null)
    await seedDatabase({
      uri,
      ...seed,
      seed: 1,
      onProgress: (text) => progress(`seeding: ${text.replace(/:.*/, '')}`),
    });
  progress('importing known titles');
  await importKnownTitles(uri);
  if (marker !== null) await writeFile(marker, wanted);
}

/** Gives a database its schema, and what measuring needs. */
export async function prepareBenchDatabase(uri: string): Promise<void> {
  const { config, targets, logger } = targetsOf(uri);
  await migrateDatabase(config, targets, logger, AbortSignal.timeout(IMPORT_TIMEOUT_MS));
  const sql = postgres(uri, { max: 1, onnotice: () => undefined });
  try {
    await sql`CREATE EXTENSION IF NOT EXISTS pg_stat_statements`;
    await sql`CREATE EXTENSION IF NOT EXISTS pg_prewarm`;
  } finally {
    await sql.end({ timeout: 5 });
  }
}

async function importKnownTitles(uri: string): Promise<void> {
  const { config, targets, logger } = targetsOf(uri);
  const signal = AbortSignal.timeout(IMPORT_TIMEOUT_MS);
  await using database = openDatabase(config, targets, logger);
  const library = new LibraryStore(database);
  await importDemoCatalog(library, signal);
  for (const id of heavyTitleIds()) await library.importTitles([heavyTitle(id, 200)], signal);
  await library.importTitles([heavyTitle(HEAVIEST_TITLE, 2000)], signal);
}

function targetsOf(uri: string) {
  const { config } = loadConfig({ POSTGRES_URI: uri });
  return {
    config,
    targets: { primaryUri: uri, readUri: null, migrateUri: uri },
    logger: createLogger({ level: 'warn', format: 'text' }),
  };
}
