/** Protects the server's users from a database that is gone, silent, restarting or lost in the middle. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database, Lane } from '../../src/platform/db/database.ts';
import { hostOf, openDatabase, statement, until, uriThrough } from '../support/open-database.ts';
import { createTcpFaultProxy, type FaultProxy } from '../support/tcp-fault-proxy.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../support/template-db.ts';
import type { LoggedLine } from '../support/test-logger.ts';

const one = (database: Database, lane: Lane = 'hot') =>
  database.read(statement(lane), (sql) => sql`select 1 as one`);
const pidOf = async (database: Database) =>
  (await database.read(statement('rest'), (sql) => sql`select pg_backend_pid() as pid`))[0]?.[
    'pid'
  ] as number;

describe('database faults', { skip: skipWithoutPostgres }, () => {
  let test: TestDatabase;
  let admin: Database;
  const newProxy = () => createTcpFaultProxy(hostOf(test.uri));
  const through = (proxy: FaultProxy) => uriThrough(test.uri, proxy);
  const terminateSleepers = () =>
    admin.read(
      statement('rest'),
      (sql) => sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and query like '%pg_sleep%' and pid <> pg_backend_pid()`,
    );
  const sleepersInServer = (count: number) =>
    until(
      async () =>
        (
          await admin.read(
            statement('rest'),
            (sql) => sql`
    select 1 from pg_stat_activity
    where datname = current_database() and wait_event = 'PgSleep'`,
          )
        ).length === count,
    );

  before(async () => {
    test = await createTestDatabase({ migrationsDir: null });
    admin = openDatabase({ primaryUri: test.uri });
    await admin.write(
      statement('rest'),
      (sql) => sql`create table attempt (at timestamptz default clock_timestamp())`,
    );
    await admin.write(statement('rest'), (sql) => sql`create sequence runs`);
  });
  after(async () => {
    await admin[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });

  it('repeats a read whose backend was terminated', async () => {
    await using database = openDatabase({ primaryUri: test.uri, connectionsMax: 2 });
    const before = await pidOf(database);
    // The first run sleeps and is killed; the sequence makes the second one short.
    const work = database.read(
      statement('rest'),
      (sql) => sql`
      select nextval('runs')::int as run, pg_sleep(case when currval('runs') = 1 then 300 else 0 end)`,
    );
    await sleepersInServer(1);
    await terminateSleepers();
    assert.equal((await work)[0]?.['run'], 2);
    assert.notEqual(await pidOf(database), before);
  });

  it('never repeats a write or a transaction', async () => {
    await using database = openDatabase({ primaryUri: test.uri });
    const write = assert.rejects(
      database.write(
        statement('rest'),
        (sql) => sql`
      insert into attempt select from pg_sleep(300)`,
      ),
      { code: 'database.unavailable', status: 503 },
    );
    const transaction = assert.rejects(
      database.transaction(statement('rest'), async (sql) => {
        await sql`insert into attempt default values`;
        await sql`select pg_sleep(300)`;
      }),
      { code: 'database.unavailable' },
    );
    await sleepersInServer(2);
    await terminateSleepers();
    await Promise.all([write, transaction]);
    assert.equal(database.stats().statements, 2);
    assert.deepEqual(
      [...(await admin.read(statement('rest'), (sql) => sql`select * from attempt`))],
      [],
    );
  });

  it('survives a connection that is lost while a transaction does something else', async () => {
    await using database = openDatabase({ primaryUri: test.uri, connectionsMax: 2 });
    await assert.rejects(
      database.transaction(statement('rest'), async (sql) => {
        const [row] = await sql`select pg_backend_pid() as pid`;
        await admin.read(
          statement('rest'),
          (other) => other`select pg_terminate_backend(${row?.['pid'] as number})`,
        );
        await pause(50);
        await sql`select 1`;
      }),
      { code: 'database.unavailable' },
    );
    await one(database, 'rest');
    assert.equal(database.stats().checkedOut, 0);
  });

  it('ends every wait in a black hole, replaces the connections, and recovers by itself', async () => {
    await using proxy = await newProxy();
    await using database = openDatabase({
      primaryUri: through(proxy),
      connectTimeoutMs: 60_000,
      hotStatementTimeoutMs: 300,
      statementTimeoutMs: 400,
      userRetryDeadlineMs: 300,
    });
    await Promise.all([one(database), one(database, 'rest')]);
    await proxy.setMode('black-hole');
    const startedAt = performance.now();
    const waits = [
      one(database),
      one(database),
      one(database, 'rest'),
      database.write(statement('rest'), (sql) => sql`select 2`),
    ];
    const results = await Promise.allSettled(waits);
    const codes = results.map((result) =>
      result.status === 'rejected' ? (result.reason.code as string) : 'answered',
    );
    assert.deepEqual(codes, [
      'database.timeout',
      'database.timeout',
      'database.timeout',
      'database.timeout',
    ]);
    assert.ok(performance.now() - startedAt < 20_000, 'nothing waits for a connection');
    await until(() => database.stats().checkedOut === 0);
    await assert.rejects(one(database), { status: 503 });
    await proxy.setMode('pass');
    await until(() =>
      one(database).then(
        () => true,
        () => false,
      ),
    );
    await one(database, 'rest');
  });

  it('hangs no longer than the deadline when a new connection is never answered', async () => {
    await using proxy = await newProxy();
    await proxy.setMode('black-hole');
    await using database = openDatabase({
      primaryUri: through(proxy),
      connectTimeoutMs: 60_000,
      statementTimeoutMs: 200,
      hotStatementTimeoutMs: 200,
    });
    await assert.rejects(one(database, 'rest'), { code: 'database.timeout' });
    await assert.rejects(one(database), { code: 'database.timeout' });
    await until(() => proxy.connections === 0 || database.stats().checkedOut === 0);
    await proxy.setMode('pass');
    await until(() =>
      one(database).then(
        () => true,
        () => false,
      ),
    );
  });

  it('fails at once in every lane when the outage is known, and returns', async () => {
    const lines: LoggedLine[] = [];
    await using proxy = await newProxy();
    await using database = openDatabase(
      {
        primaryUri: through(proxy),
        userRetryDeadlineMs: 400,
        totalRetryDeadlineMs: 60_000,
      },
      lines,
    );
    await one(database);
    await proxy.setMode('refuse');
    proxy.resetConnections();
    const startedAt = performance.now();
    await assert.rejects(one(database), {
      code: 'database.unavailable',
      status: 503,
      retryAfterS: 5,
    });
    assert.ok(
      performance.now() - startedAt < 20_000,
      'its own deadline, not that of work in the background',
    );
    await pause(450);
    const accepted = proxy.accepted;
    const knownAt = performance.now();
    for (const lane of ['hot', 'page', 'rest'] as const) {
      for (let index = 0; index < 30; index += 1)
        await assert.rejects(one(database, lane), { code: 'database.unavailable' });
      const [write, transaction] = [
        database.write(statement(lane), (sql) => sql`select 1`),
        database.transaction(statement(lane), (sql) => sql`select 1`),
      ];
      await assert.rejects(write, { code: 'database.unavailable' });
      await assert.rejects(transaction, { code: 'database.unavailable' });
    }
    assert.ok(
      performance.now() - knownAt < 19_000,
      'a hundred refusals in half of what as many retries would take',
    );
    assert.equal(proxy.accepted, accepted);
    await assert.rejects(database.ping(AbortSignal.timeout(30_000)), {
      code: 'database.unavailable',
      message: /primary/,
    });
    await proxy.setMode('pass');
    await until(() =>
      one(database).then(
        () => true,
        () => false,
      ),
    );
    for (const lane of ['hot', 'page', 'rest'] as const) await one(database, lane);
    const messages = lines.filter((line) => line.level !== 'debug').map((line) => line.message);
    assert.deepEqual(messages, [
      'the database cannot be reached',
      'the database can be reached again',
    ]);
  });

  it('sees a short restart over in every lane', async () => {
    await using proxy = await newProxy();
    await using database = openDatabase({ primaryUri: through(proxy) });
    await one(database);
    await proxy.setMode('refuse');
    proxy.resetConnections();
    const work = [one(database), one(database, 'page'), one(database, 'rest')];
    await pause(150);
    await proxy.setMode('pass');
    await Promise.all(work);
  });

  it('answers at once behind a silent address, too, when it is known to be one', async () => {
    await using proxy = await newProxy();
    await proxy.setMode('black-hole');
    await using database = openDatabase({
      primaryUri: through(proxy),
      connectTimeoutMs: 3000,
      userRetryDeadlineMs: 2000,
      totalRetryDeadlineMs: 10_000,
    });
    await Promise.allSettled([one(database), one(database, 'page'), one(database, 'rest')]);
    const knownAt = performance.now();
    for (const lane of ['hot', 'page', 'rest'] as const) {
      await assert.rejects(one(database, lane), { code: 'database.unavailable', retryAfterS: 5 });
    }
    assert.ok(performance.now() - knownAt < 2000, 'less than one more attempt to connect');
  });

  it('survives a server that accepts and closes, without a storm of connections', async () => {
    await using proxy = await newProxy();
    await using database = openDatabase({
      primaryUri: through(proxy),
      totalRetryDeadlineMs: 300,
      userRetryDeadlineMs: 200,
    });
    const resetting = setInterval(() => proxy.resetConnections(), 1);
    await assert.rejects(one(database, 'rest'), { status: 503 });
    clearInterval(resetting);
    assert.ok(proxy.accepted < 30, `${proxy.accepted} connections`);
    await until(() =>
      one(database, 'rest').then(
        () => true,
        () => false,
      ),
    );
  });

  it('wakes up from a retry when the caller leaves', async () => {
    await using proxy = await newProxy();
    await proxy.setMode('refuse');
    await using database = openDatabase({
      primaryUri: through(proxy),
      totalRetryDeadlineMs: 60_000,
    });
    const abort = new AbortController();
    const work = database.read(statement('rest', { signal: abort.signal }), (sql) => sql`select 1`);
    setTimeout(() => abort.abort(new Error('client left')), 100);
    await assert.rejects(work, /client left/);
  });

  it('loses no connection to an abort storm', async () => {
    await using proxy = await createTcpFaultProxy({ ...hostOf(test.uri), delayMs: 2 });
    await using database = openDatabase({ primaryUri: through(proxy), connectionsMax: 6 });
    await proxy.setMode('delay');
    for (let wave = 0; wave < 10; wave += 1) {
      await Promise.allSettled(
        [...Array(30).keys()].map(async (index) => {
          const abort = new AbortController();
          setTimeout(() => abort.abort(), index % 12);
          const options = statement(index % 2 === 0 ? 'hot' : 'rest', { signal: abort.signal });
          if (index % 3 === 0)
            await database.transaction(options, (sql) => sql`select ${index}::int`);
          else await database.read(options, (sql) => sql`select ${index}::int, pg_sleep(0.002)`);
        }),
      );
    }
    await until(() => database.stats().checkedOut === 0 && database.stats().waiting === 0);
    await Promise.all(
      [...Array(20).keys()].map((index) => one(database, index % 2 === 0 ? 'hot' : 'rest')),
    );
  });

  it('is disposed in time in a black hole', async () => {
    await using proxy = await newProxy();
    const database = openDatabase({
      primaryUri: through(proxy),
      statementTimeoutMs: 300_000,
      hotStatementTimeoutMs: 300_000,
    });
    await Promise.all([one(database), one(database, 'rest')]);
    await proxy.setMode('black-hole');
    const stuck = assert.rejects(
      database.write(statement('rest'), (sql) => sql`select 1`),
      {
        code: 'database.unavailable',
      },
    );
    const startedAt = performance.now();
    await database[Symbol.asyncDispose]();
    await stuck;
    assert.ok(performance.now() - startedAt < 60_000, 'a fifth of what the statement may take');
  });

  it('says what is wrong with a wrong name or password, at once', async () => {
    const wrong = new URL(test.uri);
    wrong.pathname = '/no_such_database';
    await using database = openDatabase({ primaryUri: wrong.href });
    await assert.rejects(
      one(database, 'rest'),
      (error: Error & { code?: string; cause?: { code?: string } }) =>
        error.code === 'database.unavailable' && error.cause?.code === '3D000',
    );
    assert.equal(database.stats().statements, 1);
  });
});
