/** The real engines of one test run: PostgreSQL always, Redis and PgBouncer where they are installed. */
import { spawnSync } from 'node:child_process';
import postgres from 'postgres';
import { DisposeStack } from '../../src/lib/async/dispose-stack.ts';
import { skipWithoutPgBouncer, startPgBouncer } from './pgbouncer.ts';
import { startTestPostgres } from './postgres-server.ts';
import { startRedisServer } from './redis-server.ts';

export interface TestServices extends AsyncDisposable {
  /** Variables for the test processes. */
  readonly environment: Readonly<Record<string, string>>;
  /** What is missing and therefore skipped. */
  readonly notices: readonly string[];
  /** Connections and databases that tests left behind; empty when they cleaned up. */
  leaks(): Promise<readonly string[]>;
}

/** Backends of closed connections end by themselves, on a busy machine a little later. */
const SETTLE_MS = 1000;
const SETTLE_TRIES = 30;

/** Starts what is not given by `SLUICE_TEST_*` variables already. */
export async function startTestServices(): Promise<TestServices> {
  const stack = new DisposeStack();
  const environment: Record<string, string> = {};
  const notices: string[] = [];
  try {
    const serverUri =
      process.env['SLUICE_TEST_POSTGRES_URI'] ?? stack.use(await startTestPostgres()).uri;
    environment['SLUICE_TEST_POSTGRES_URI'] = serverUri;
    if (process.env['SLUICE_TEST_REDIS_URL'] !== undefined) {
      environment['SLUICE_TEST_REDIS_URL'] = process.env['SLUICE_TEST_REDIS_URL'];
    } else if (spawnSync('redis-server', ['--version']).status === 0) {
      environment['SLUICE_TEST_REDIS_URL'] = stack.use(await startRedisServer()).url;
    } else notices.push('redis-server is not installed: what needs Redis is skipped');
    if (skipWithoutPgBouncer === false) {
      environment['SLUICE_TEST_PGBOUNCER'] = stack.use(
        await startPgBouncer({ serverUri, poolSize: 1 }),
      ).baseUri;
    } else notices.push('pgbouncer is not installed: what needs PgBouncer is skipped');
    return {
      environment,
      notices,
      leaks: () => findLeaks(serverUri),
      [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
    };
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

async function findLeaks(serverUri: string): Promise<readonly string[]> {
  let leaks: readonly string[] = [];
  for (let tries = 0; tries < SETTLE_TRIES; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    leaks = await whatIsLeft(serverUri);
    if (leaks.length === 0) break;
  }
  return leaks;
}

/** Databases of test files are dropped by them; whatever is connected to another one was not closed. */
async function whatIsLeft(serverUri: string): Promise<readonly string[]> {
  const sql = postgres(serverUri, { max: 1, onnotice: () => undefined });
  try {
    const connections = await sql<{ what: string }[]>`
      SELECT format('connection to %s by %s', datname, application_name) AS what FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND application_name <> 'pgbouncer'
        AND datname LIKE 'sluice_test_%'`;
    const databases = await sql<{ what: string }[]>`
      SELECT format('database %s', datname) AS what FROM pg_database WHERE datname LIKE 'sluice_test_%' AND NOT datistemplate`;
    return [...connections, ...databases].map(({ what }) => what);
  } finally {
    await sql.end({ timeout: 2 });
  }
}
