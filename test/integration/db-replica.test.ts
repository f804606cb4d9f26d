/** Protects reads from the loss of the replica, and the primary from reads while there is one. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Database } from '../../src/platform/db/database.ts';
import { hostOf, openDatabase, statement, until, uriThrough } from '../support/open-database.ts';
import { createTcpFaultProxy } from '../support/tcp-fault-proxy.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../support/template-db.ts';

/** Two databases of one server stand for primary and replica: what differs is who answered. */
const whoAnswers = async (database: Database, lane: 'hot' | 'rest') => {
  const rows = await database.read(
    statement(lane),
    (sql) => sql`select current_database() as name`,
  );
  return rows[0]?.['name'] as string;
};

describe('replica', { skip: skipWithoutPostgres }, () => {
  let primary: TestDatabase;
  let replica: TestDatabase;
  before(async () => {
    primary = await createTestDatabase({ migrationsDir: null });
    replica = await createTestDatabase({ migrationsDir: null });
  });
  after(async () => {
    await primary[Symbol.asyncDispose]();
    await replica[Symbol.asyncDispose]();
  });

  it('takes reads; writes and transactions go to the primary', async () => {
    await using database = openDatabase({ primaryUri: primary.uri, readUri: replica.uri });
    assert.equal(await whoAnswers(database, 'hot'), replica.name);
    assert.equal(await whoAnswers(database, 'rest'), replica.name);
    const written = await database.write(
      statement('rest'),
      (sql) => sql`select current_database() as name`,
    );
    assert.equal(written[0]?.['name'], primary.name);
    const inside = await database.transaction(
      statement('hot'),
      (sql) => sql`select current_database() as name`,
    );
    assert.equal(inside[0]?.['name'], primary.name);
    await database.ping(AbortSignal.timeout(30_000));
  });

  it('is replaced by the primary while it is gone, for the read that finds out too, and comes back', async () => {
    await using proxy = await createTcpFaultProxy(hostOf(replica.uri));
    await using database = openDatabase({
      primaryUri: primary.uri,
      readUri: uriThrough(replica.uri, proxy),
    });
    assert.equal(await whoAnswers(database, 'hot'), replica.name);
    await proxy.setMode('refuse');
    proxy.resetConnections();
    const answers = await Promise.all(
      [...Array(20).keys()].map((index) => whoAnswers(database, index % 2 === 0 ? 'hot' : 'rest')),
    );
    assert.deepEqual(new Set(answers), new Set([primary.name]));
    await assert.rejects(database.ping(AbortSignal.timeout(30_000)), {
      code: 'database.unavailable',
      message: /replica/,
    });
    await proxy.setMode('pass');
    await until(async () => (await whoAnswers(database, 'hot')) === replica.name);
    assert.equal(await whoAnswers(database, 'rest'), replica.name);
  });

  it('costs each read in flight at most its own limit when it goes silent', async () => {
    await using proxy = await createTcpFaultProxy(hostOf(replica.uri));
    await using database = openDatabase({
      primaryUri: primary.uri,
      readUri: uriThrough(replica.uri, proxy),
      hotStatementTimeoutMs: 3000,
      connectTimeoutMs: 500,
      userRetryDeadlineMs: 1000,
    });
    assert.equal(await whoAnswers(database, 'hot'), replica.name);
    await proxy.setMode('black-hole');
    await assert.rejects(whoAnswers(database, 'hot'), { code: 'database.timeout' });
    await until(async () => (await whoAnswers(database, 'hot').catch(() => '')) === primary.name);
    assert.equal(
      await whoAnswers(database, 'hot'),
      primary.name,
      'and it is not tried again by a user',
    );
    await proxy.setMode('pass');
    await until(async () => (await whoAnswers(database, 'hot').catch(() => '')) === replica.name);
  });
});
