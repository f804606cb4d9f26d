/** Protects callers of the database from waiting, and its connections from being lost, on a healthy server. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database, Lane } from '../../src/platform/db/database.ts';
import { openDatabase, statement, until } from '../support/open-database.ts';
import { closedGate } from '../support/statement-gate.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../support/template-db.ts';

const sleeping = (database: Database, lane: Lane, seconds: number, timeoutMs?: number) => {
  const options = statement(lane, timeoutMs === undefined ? {} : { timeoutMs });
  return database.read(options, (sql) => sql`select pg_sleep(${seconds})`);
};

describe('statements', { skip: skipWithoutPostgres }, () => {
  let test: TestDatabase;
  before(async () => {
    test = await createTestDatabase({ migrationsDir: null });
    await using database = openDatabase({ primaryUri: test.uri });
    await database.write(
      statement('rest'),
      (sql) => sql`create table note (id int primary key, text text)`,
    );
  });
  after(async () => {
    await test[Symbol.asyncDispose]();
  });

  /** Backends of this database that are running something matching the pattern. */
  const running = async (database: Database, pattern: string) => {
    const rows = await database.read(
      statement('rest'),
      (sql) => sql`
      select 1 from pg_stat_activity
      where datname = current_database() and state <> 'idle' and query like ${pattern} and pid <> pg_backend_pid()`,
    );
    return rows.length;
  };

  it('reads, writes and counts by name', async () => {
    await using database = openDatabase({ primaryUri: test.uri });
    await database.write(
      statement('rest', { name: 'note.add' }),
      (sql) => sql`insert into note values (1, 'a')`,
    );
    const rows = await database.read(
      statement('hot', { name: 'note.all' }),
      (sql) => sql<{ id: number }[]>`
      select * from note`,
    );
    assert.deepEqual([...rows], [{ id: 1, text: 'a' }]);
    await database.ping(AbortSignal.timeout(30_000));
    const stats = database.stats();
    assert.equal(stats.statements, 2);
    assert.deepEqual(
      [...stats.statementsByName],
      [
        ['note.add', 1],
        ['note.all', 1],
      ],
    );
    assert.deepEqual([stats.checkedOut, stats.waiting], [0, 0]);
  });

  it('reads and writes arrays of all kinds', async () => {
    await using database = openDatabase({ primaryUri: test.uri });
    const texts = ['a', 'b,c', 'q"\\', '', 'NULL', '{x}', 'ü 🎬'];
    const dates = [new Date('2024-02-29T12:00:00Z')];
    const [row] = await database.read(
      statement('rest'),
      (sql) => sql`
      select ${texts}::text[] as texts, ${[1, 2]}::int[] as ints, ${sql.array([true, false])} as flags,
        ${sql.array(dates)} as dates, ${sql.array([Buffer.from([0, 255])])} as bytes, ${[]}::text[] as none,
        'b,c' = any(${texts}) as found, array[null, 1.5]::float8[] as floats, array[[1, 2], [3, 4]] as nested,
        ${sql.array(['x', 'y'], 25)} as typed, array['{"a": 1}']::jsonb[] as documents`,
    );
    assert.deepEqual(row, {
      texts,
      ints: [1, 2],
      flags: [true, false],
      dates,
      bytes: [Buffer.from([0, 255])],
      none: [],
      found: true,
      floats: [null, 1.5],
      nested: [
        [1, 2],
        [3, 4],
      ],
      typed: ['x', 'y'],
      documents: [{ a: 1 }],
    });
  });

  it('leaves errors of the statement itself to the caller', async () => {
    await using database = openDatabase({ primaryUri: test.uri });
    await assert.rejects(
      database.read(statement('rest'), (sql) => sql`select * from nowhere`),
      { code: '42P01' },
    );
    await assert.rejects(
      database.write(statement('hot'), (sql) => sql`selec`),
      { code: '42601' },
    );
    assert.equal(database.stats().checkedOut, 0);
  });

  it('ends a statement at its deadline, on the server too, and keeps the connection', async () => {
    await using database = openDatabase({ primaryUri: test.uri, connectionsMax: 2 });
    const [before] = await database.read(
      statement('rest'),
      (sql) => sql`select pg_backend_pid() as pid`,
    );
    await assert.rejects(sleeping(database, 'rest', 300, 100), {
      code: 'database.timeout',
      status: 503,
    });
    await until(() => database.stats().checkedOut === 0);
    const [later] = await database.read(
      statement('rest'),
      (sql) => sql`select pg_backend_pid() as pid`,
    );
    assert.equal(later?.['pid'], before?.['pid']);
    assert.equal(await running(database, '%pg_sleep(%'), 0);
  });

  it('does not repeat what ran into its limit', async () => {
    await using database = openDatabase({ primaryUri: test.uri });
    await assert.rejects(sleeping(database, 'rest', 3, 100), { code: 'database.timeout' });
    assert.equal(database.stats().statements, 1);
  });

  it('gives one statement more time than its lane has', async () => {
    await using database = openDatabase({
      primaryUri: test.uri,
      hotStatementTimeoutMs: 200,
      statementTimeoutMs: 200,
    });
    await sleeping(database, 'rest', 0.4, 60_000);
    await assert.rejects(sleeping(database, 'rest', 300, 500), { code: 'database.timeout' });
  });

  it('stops waiting when the caller leaves, and cancels only what goes on', async () => {
    await using database = openDatabase({ primaryUri: test.uri, statementTimeoutMs: 300_000 });
    await database.read(statement('rest'), (sql) => sql`select 1`);
    const abort = new AbortController();
    const work = database.read(
      statement('rest', { signal: abort.signal }),
      (sql) => sql`select pg_sleep(300)`,
    );
    await until(() => database.stats().checkedOut === 1);
    abort.abort(new Error('client left'));
    await assert.rejects(work, /client left/);
    assert.equal(database.stats().checkedOut, 1, 'the connection is still busy');
    await until(() => database.stats().checkedOut === 0);
    const late = statement('rest', { signal: abort.signal });
    await assert.rejects(
      database.read(late, (sql) => sql`select 1`),
      /client left/,
    );
  });

  it('answers exhaustion at once, and a long wait after the acquire timeout', async () => {
    await using database = openDatabase({
      primaryUri: test.uri,
      connectionsMax: 2,
      waitingMax: 1,
      acquireTimeoutMs: 1000,
    });
    await using gate = await closedGate(test.uri);
    const busy = gate.wait(database, 'rest');
    await until(() => database.stats().checkedOut === 1);
    let isOver = false;
    const waiting = assert
      .rejects(sleeping(database, 'rest', 0), { code: 'database.exhausted' })
      .then(() => {
        isOver = true;
      });
    await until(() => database.stats().waiting === 1);
    await assert.rejects(sleeping(database, 'rest', 0), {
      code: 'database.exhausted',
      status: 503,
      retryAfterS: 1,
    });
    assert.equal(isOver, false, 'refused while the other one still waits');
    await waiting;
    await gate.open();
    await busy;
    assert.equal(database.stats().statements, 1, 'those who waited were not retried');
  });

  it('answers hot reads while every other connection is busy', async () => {
    await using database = openDatabase({ primaryUri: test.uri, connectionsMax: 4 });
    await database.read(statement('hot'), (sql) => sql`select 1`);
    await using gate = await closedGate(test.uri);
    const slow = Promise.all([1, 2, 3, 4, 5].map(() => gate.wait(database, 'rest')));
    await until(() => database.stats().waiting === 3);
    for (let index = 0; index < 20; index += 1) {
      await database.read(statement('hot'), (sql) => sql`select ${index}::int`);
    }
    assert.equal(database.stats().waiting, 3, 'the slow ones are still there');
    await gate.open();
    await slow;
  });

  it('gives pages a sixteenth of the connections and no more, however many are asked for', async () => {
    await using database = openDatabase({ primaryUri: test.uri, connectionsMax: 40 });
    await using gate = await closedGate(test.uri);
    const slow = Promise.all([1, 2, 3, 4, 5].map(() => gate.wait(database, 'page')));
    await until(() => database.stats().waiting === 3);
    assert.equal(database.stats().checkedOut, 2);
    for (const lane of ['hot', 'rest'] as const)
      await database.read(statement(lane), (sql) => sql`select 1`);
    assert.equal(database.stats().waiting, 3, 'the others do not wait behind them');
    await gate.open();
    await slow;
  });

  it('answers pages on the connections of the rest where there are only two', async () => {
    await using database = openDatabase({ primaryUri: test.uri, connectionsMax: 2 });
    await Promise.all(
      (['page', 'hot', 'rest'] as const).map((lane) => sleeping(database, lane, 0.05)),
    );
    assert.deepEqual([database.stats().checkedOut, database.stats().waiting], [0, 0]);
  });

  it('pipelines hot reads, and repeats those that were stuck behind a slow one', async () => {
    await using database = openDatabase({
      primaryUri: test.uri,
      connectionsMax: 2,
      hotStatementTimeoutMs: 3000,
      userRetryDeadlineMs: 30_000,
    });
    await database.read(statement('hot'), (sql) => sql`select 1`);
    const slow = assert.rejects(sleeping(database, 'hot', 300, 200), { code: 'database.timeout' });
    await pause(20);
    const fast = await Promise.all(
      [1, 2, 3].map((value) =>
        database.read(statement('hot'), (sql) => sql`select ${value}::int as value`),
      ),
    );
    assert.deepEqual(
      fast.map((rows) => rows[0]?.['value']),
      [1, 2, 3],
    );
    await slow;
  });

  it('commits, rolls back, and leaves no settings behind', async () => {
    await using database = openDatabase({
      primaryUri: test.uri,
      connectionsMax: 2,
      statementTimeoutMs: 5000,
    });
    const [inside] = await database.transaction(
      statement('rest', { timeoutMs: 1234 }),
      async (sql) => {
        await sql`insert into note values (10, 'kept')`;
        return sql`show statement_timeout`;
      },
    );
    assert.equal(inside?.['statement_timeout'], '1134ms');
    await assert.rejects(
      database.transaction(statement('rest'), async (sql) => {
        await sql`insert into note values (11, 'lost')`;
        throw new Error('changed my mind');
      }),
      /changed my mind/,
    );
    await assert.rejects(
      database.transaction(statement('rest'), async (sql) => {
        await sql`insert into note values (11, 'lost')`;
        await sql`select 1 / 0`.catch(() => undefined);
      }),
      /rolled back/,
    );
    const rows = await database.read(
      statement('rest'),
      (sql) => sql`
      select (select count(*)::int from note where id in (10, 11)) as notes,
        current_setting('statement_timeout') as timeout`,
    );
    assert.deepEqual([...rows], [{ notes: 1, timeout: '4900ms' }]);
  });

  it('ends a transaction at its deadline, also one that idles', async () => {
    await using database = openDatabase({ primaryUri: test.uri, connectionsMax: 2 });
    const options = statement('rest', { timeoutMs: 150 });
    await assert.rejects(
      database.transaction(options, async (sql) => {
        await sql`insert into note values (20, 'lost')`;
        await pause(400);
        await sql`select 1`;
      }),
      { code: 'database.timeout' },
    );
    await assert.rejects(
      database.transaction(options, (sql) => sql`select pg_sleep(300)`),
      { code: 'database.timeout' },
    );
    await until(() => database.stats().checkedOut === 0);
    await pause(300);
    assert.deepEqual(
      [
        ...(await database.read(
          statement('rest'),
          (sql) => sql`select id from note where id = 20`,
        )),
      ],
      [],
    );
  });

  it('closes idle connections but one hot one, and replaces old ones', async () => {
    await using database = openDatabase({
      primaryUri: test.uri,
      idleTimeoutMs: 500,
      connectionsMax: 8,
      applicationName: 'idle test',
    });
    await using gate = await closedGate(test.uri);
    await using watcher = openDatabase({ primaryUri: test.uri });
    const open = () =>
      watcher.read(
        statement('rest'),
        (sql) => sql`
      select pid from pg_stat_activity where application_name = 'idle test'`,
      );
    const busy = [1, 2, 3, 4].map(() => gate.wait(database, 'rest'));
    await gate.waitingInServer(4);
    await database.read(statement('hot'), (sql) => sql`select 1`);
    assert.ok((await open()).length > 4);
    await gate.open();
    await Promise.all(busy);
    await until(async () => (await open()).length === 1);
    await pause(1500);
    assert.equal((await open()).length, 1, 'the last one stays');
    await using shortLived = openDatabase({ primaryUri: test.uri, maxLifetimeMs: 50 });
    const pid = async () => {
      const rows = await shortLived.read(
        statement('hot'),
        (sql) => sql<{ pid: number }[]>`
        select pg_backend_pid() as pid`,
      );
      return rows[0]?.pid;
    };
    const first = await pid();
    await pause(60);
    await pid();
    assert.notEqual(await pid(), first);
  });

  it('is disposed in time whatever is going on, and refuses afterwards', async () => {
    const database = openDatabase({
      primaryUri: test.uri,
      connectionsMax: 2,
      statementTimeoutMs: 300_000,
      acquireTimeoutMs: 300_000,
    });
    const running = assert.rejects(
      database.write(statement('rest'), (sql) => sql`select pg_sleep(300)`),
      { code: 'database.unavailable' },
    );
    await until(() => database.stats().checkedOut === 1);
    const waiting = assert.rejects(sleeping(database, 'rest', 300), { code: 'server.draining' });
    await until(() => database.stats().waiting === 1);
    const startedAt = performance.now();
    await database[Symbol.asyncDispose]();
    assert.ok(performance.now() - startedAt < 60_000, 'a fifth of what the statement takes');
    await Promise.all([running, waiting]);
    await assert.rejects(sleeping(database, 'hot', 0), { code: 'server.draining' });
    await database[Symbol.asyncDispose]();
  });
});
