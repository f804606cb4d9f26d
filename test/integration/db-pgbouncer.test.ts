/**
 * Protects installs behind PgBouncer in transaction mode: two clients on one server connection, so
 * that a prepared statement or a setting that is left behind hits the other one.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Database } from '../../src/platform/db/database.ts';
import { openDatabase, statement, until } from '../support/open-database.ts';
import { closedGate } from '../support/statement-gate.ts';
import { skipWithoutPgBouncer, startPgBouncer, type PgBouncer } from '../support/pgbouncer.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  testPostgresUri,
  type TestDatabase,
} from '../support/template-db.ts';

describe('behind PgBouncer', { skip: skipWithoutPostgres || skipWithoutPgBouncer }, () => {
  let test: TestDatabase;
  let bouncer: PgBouncer;
  const open = (connectionsMax = 4): Database =>
    openDatabase({
      primaryUri: `${bouncer.baseUri}/${test.name}`,
      pgBouncer: true,
      connectionsMax,
    });

  before(async () => {
    test = await createTestDatabase({ migrationsDir: null });
    bouncer = await startPgBouncer({ serverUri: testPostgresUri ?? '', poolSize: 1 });
  });
  after(async () => {
    await bouncer[Symbol.asyncDispose]();
    await test[Symbol.asyncDispose]();
  });

  it('two clients share one server connection without seeing each other', async () => {
    await using first = open();
    await using second = open();
    await first.write(statement('rest'), (sql) => sql`create table counter (n int)`);
    await first.write(statement('rest'), (sql) => sql`insert into counter values (0)`);
    const work = async (database: Database, index: number) => {
      const rows = await database.read(
        statement(index % 2 === 0 ? 'hot' : 'rest'),
        (sql) => sql`
        select ${index}::int as index, ${['a', 'b']}::text[] as texts, pg_backend_pid() as pid`,
      );
      assert.deepEqual([rows[0]?.['index'], rows[0]?.['texts']], [index, ['a', 'b']]);
      if (index % 5 === 0) {
        await database.transaction(statement('rest', { timeoutMs: 60_000 }), async (sql) => {
          await sql`update counter set n = n + ${1}`;
          await sql`select n from counter where n > ${0}`;
        });
      }
      return rows[0]?.['pid'] as number;
    };
    const pids = await Promise.all(
      [...Array(100).keys()].map((index) => work(index % 2 === 0 ? first : second, index)),
    );
    assert.equal(new Set(pids).size, 1, 'one server connection');
    const [state] = await second.read(
      statement('rest'),
      (sql) => sql`
      select n, (select count(*)::int from pg_prepared_statements) as prepared,
        current_setting('statement_timeout') as statement_timeout,
        current_setting('idle_in_transaction_session_timeout') as idle_timeout from counter`,
    );
    assert.deepEqual(state, { n: 20, prepared: 0, statement_timeout: '0', idle_timeout: '0' });
  });

  it('cancels at the deadline, so that the one server connection is free again', async () => {
    await using first = open();
    await using second = open();
    await first.read(statement('rest'), (sql) => sql`select 1`);
    const limited = statement('rest', { timeoutMs: 200 });
    await assert.rejects(
      first.read(limited, (sql) => sql`select pg_sleep(${300})`),
      { code: 'database.timeout' },
    );
    await second.read(statement('rest'), (sql) => sql`select 1`);
    await until(() => first.stats().checkedOut === 0);
  });

  it('waits no longer than the deadline for the server connection that another client holds', async () => {
    await using first = open();
    await using second = open();
    await second.read(statement('hot'), (sql) => sql`select 1`);
    await using gate = await closedGate(test.uri);
    const slow = gate.wait(first, 'rest');
    await gate.waitingInServer(1);
    const limited = statement('hot', { timeoutMs: 200 });
    await assert.rejects(
      second.read(limited, (sql) => sql`select 1`),
      { code: 'database.timeout' },
    );
    await gate.open();
    await slow;
    await until(() => second.stats().checkedOut === 0);
    await second.read(statement('hot'), (sql) => sql`select 1`);
  });

  it('gives long statements their time by SET LOCAL, and ends transactions', async () => {
    await using database = open();
    const [limits] = await database.transaction(
      statement('rest', { timeoutMs: 1000 }),
      (sql) => sql`
      select current_setting('statement_timeout') as statement_timeout`,
    );
    assert.equal(limits?.['statement_timeout'], '900ms');
    const limited = statement('rest', { timeoutMs: 200 });
    await assert.rejects(
      database.transaction(limited, (sql) => sql`select pg_sleep(300)`),
      { code: 'database.timeout' },
    );
    await database.read(statement('rest'), (sql) => sql`select 1`);
  });
});
