/** A `Database` over the real driver, with limits that only a test which is about them runs into. */
import type { Database, Lane, StatementOptions } from '../../src/platform/db/database.ts';
import {
  createPostgresDatabase,
  type PostgresDatabaseOptions,
} from '../../src/platform/db/postgres-database.ts';
import { createTestLogger, type LoggedLine } from './test-logger.ts';

/** Never aborts. */
export const NO_ABORT = new AbortController().signal;

export function openDatabase(
  options: Partial<PostgresDatabaseOptions> & { readonly primaryUri: string },
  lines: LoggedLine[] = [],
): Database {
  return createPostgresDatabase(
    {
      applicationName: 'sluice test',
      connectionsMax: 4,
      pgBouncer: false,
      acquireTimeoutMs: 30_000,
      waitingMax: 100,
      statementTimeoutMs: 30_000,
      hotStatementTimeoutMs: 30_000,
      totalRetryDeadlineMs: 60_000,
      userRetryDeadlineMs: 30_000,
      connectTimeoutMs: 30_000,
      idleTimeoutMs: 30_000,
      maxLifetimeMs: 1_800_000,
      ...options,
    },
    createTestLogger(lines),
  );
}

export function statement(
  lane: Lane,
  options: Partial<Omit<StatementOptions, 'lane'>> = {},
): StatementOptions {
  return { name: `test.${lane}`, lane, signal: NO_ABORT, ...options };
}

/** Through a proxy in front of the server of `uri`. */
export function uriThrough(
  uri: string,
  at: { readonly host: string; readonly port: number },
): string {
  const changed = new URL(uri);
  changed.hostname = at.host;
  changed.port = String(at.port);
  return changed.href;
}

export function hostOf(uri: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(uri);
  return { host: hostname, port: port === '' ? 5432 : Number(port) };
}

/** Resolves when the condition holds; rejects after `limitMs`. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  limitMs = 60_000,
): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('the condition did not come true in time');
    await new Promise((resolve) => {
      setTimeout(resolve, 10);
    });
  }
}
