/** What operators see of PostgreSQL: its slow statements, sessions and locks; and what is said where it keeps no statistics. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import postgres from 'postgres';
import { poll } from '../../../src/lib/async/wait.ts';
import { jsonOf, rawRequest } from '../../support/http-client.ts';
import { startTestPostgres } from '../../support/postgres-server.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';

const KEY = { 'x-api-key': 'canary-instance-password' };
const DB = '/api/v1/admin/db';

interface Statement {
  readonly queryid: string;
  readonly query_preview: string;
  readonly calls: number;
  readonly mean_exec_time_ms: number;
}

const ask = async (app: RunningApp, path: string, method = 'GET') =>
  rawRequest(`${app.baseUrl}${DB}${path}`, { method, headers: KEY });

describe('database insight, embedded PostgreSQL', () => {
  let app: RunningApp;
  before(async () => {
    app = await startApp({
      environment: { API_PASSWORD: KEY['x-api-key'], IS_PUBLIC_INSTANCE: 'true' },
    });
  });
  after(() => app[Symbol.asyncDispose]());

  test('statements are listed without a step of the operator, and begin anew', async () => {
    await rawRequest(`${app.baseUrl}/catalog/movie/latest.json`);
    const listed = jsonOf(
      await ask(app, '/slow-queries?min_calls=1&min_mean_time_ms=0&order_by=calls'),
    );
    const queries = listed['queries'] as Statement[];
    assert.equal(listed['order_by'], 'calls');
    assert.ok(queries.length > 3 && queries.length <= 20, String(queries.length));
    assert.deepEqual(
      queries.map(({ calls }) => calls),
      queries.map(({ calls }) => calls).toSorted((one, other) => other - one),
    );
    assert.ok(queries.every(({ queryid }) => /^-?\d+$/.test(queryid)));
    assert.ok(queries.some(({ query_preview }) => /\bmedia\b/.test(query_preview)));
    assert.equal((await ask(app, '/slow-queries/reset', 'POST')).status, 200);
    const fewer = jsonOf(await ask(app, '/slow-queries?min_calls=100&min_mean_time_ms=0'));
    assert.equal(fewer['count'], 0);
  });

  test('hostile parameters are refused by name, and never reach the database', async () => {
    for (const [query, field] of [
      ['order_by=calls;DROP TABLE stream', 'order_by'],
      ['order_by=constructor', 'order_by'],
      ['order_by=', 'order_by'],
      ['limit=0', 'limit'],
      ['limit=101', 'limit'],
      ['min_calls=-1', 'min_calls'],
      ['min_mean_time_ms=NaN', 'min_mean_time_ms'],
      ['min_mean_time_ms=1e3', 'min_mean_time_ms'],
      ['limit=5&limit=6', 'limit'],
    ] as const) {
      const answer = await ask(app, `/slow-queries?${query}`);
      assert.equal(answer.status, 400, query);
      assert.equal((jsonOf(answer)['error'] as { field: string }).field, field);
    }
    assert.equal((await ask(app, '/slow-queries?evil=1')).status, 400);
  });

  test('sizes and counts are told', async () => {
    const stats = jsonOf(await ask(app, '/stats'));
    assert.match(String(stats['version']), /^\d+/);
    assert.ok(Number(stats['total_size_bytes']) > 1_000_000);
    assert.ok(Number(stats['max_connections']) >= Number(stats['connection_count']));
    assert.ok(Number(stats['cache_hit_ratio']) > 0.5);
    assert.deepEqual(stats['replicas'], []);
  });
});

describe(
  'database insight, sessions and locks',
  { skip: appModes().includes('external-1') ? false : 'needs redis-server and pgbouncer' },
  () => {
    test('who waits for whom is told, without the values of the statements', async () => {
      await using app = await startApp({
        mode: 'external-1',
        environment: { API_PASSWORD: KEY['x-api-key'], IS_PUBLIC_INSTANCE: 'true' },
      });
      const holder = postgres(app.databaseUri ?? '', { max: 1, onnotice: () => undefined });
      const waiter = postgres(app.databaseUri ?? '', { max: 1, onnotice: () => undefined });
      await holder.unsafe(
        "begin; update media set title = title || 'canary' where false; lock table media",
      );
      const [{ pid } = { pid: 0 }] = await holder<
        { pid: number }[]
      >`select pg_backend_pid() as pid`;
      const waiting = waiter
        .unsafe("select 'canary', 4711 from media limit 1")
        .catch(() => undefined);
      let told: Record<string, unknown> = {};
      const isSeen = await poll(
        async () => {
          told = jsonOf(await ask(app, '/locks'));
          return (told['blocked'] as unknown[]).length > 0;
        },
        { everyMs: 100, timeoutMs: 20_000 },
      );
      assert.ok(isSeen, JSON.stringify(told));
      const [blocked] = told['blocked'] as {
        relation: string;
        blocked_by: number[];
        query_preview: string;
      }[];
      assert.deepEqual(blocked?.blocked_by, [pid]);
      assert.equal(blocked.relation, 'media');
      assert.equal(blocked.query_preview, 'select ?, ? from media limit ?');
      const activity = jsonOf(await ask(app, '/activity'));
      const idle = activity['idle_in_transaction'] as { pid: number }[];
      assert.ok(idle.some((session) => session.pid === pid));
      assert.ok(
        (activity['waiting'] as { wait_event: string }[]).some((one) =>
          one.wait_event.startsWith('Lock'),
        ),
      );
      assert.doesNotMatch(JSON.stringify([told, activity]), /canary|4711/);
      await holder.unsafe('rollback');
      await waiting;
      await Promise.all([holder.end({ timeout: 2 }), waiter.end({ timeout: 2 })]);
    });
  },
);

describe('database insight, a PostgreSQL without statistics', () => {
  test('the answer says how they are turned on', async () => {
    await using server = await startTestPostgres(['shared_preload_libraries=']);
    await using app = await startApp({
      environment: {
        API_PASSWORD: KEY['x-api-key'],
        POSTGRES_URI: server.uri,
        SECRET_KEY: 'any-secret-of-this-test',
      },
    });
    const answer = await ask(app, '/slow-queries');
    assert.equal(answer.status, 503);
    const error = jsonOf(answer)['error'] as { code: string; message: string };
    assert.equal(error.code, 'database.no-statistics');
    assert.match(
      error.message,
      /shared_preload_libraries = 'pg_stat_statements'.*CREATE EXTENSION/,
    );
    assert.equal((await ask(app, '/slow-queries/reset', 'POST')).status, 503);
    assert.equal((await ask(app, '/stats')).status, 200);
  });
});
