/** Protects writes from a standby that is listed first, and a running server from a failover. */
import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { migrate } from '../../src/platform/db/migrate.ts';
import type { Database } from '../../src/platform/db/database.ts';
import { freePort } from '../support/free-port.ts';
import { NO_ABORT, hostOf, openDatabase, statement, until } from '../support/open-database.ts';
import {
  startTestPostgres,
  startTestStandby,
  type TestPostgres,
} from '../support/postgres-server.ts';
import { createTcpFaultProxy } from '../support/tcp-fault-proxy.ts';
import { createTestLogger } from '../support/test-logger.ts';

const LANES = ['hot', 'page', 'rest'] as const;

const portOf = async (database: Database, lane: (typeof LANES)[number] = 'hot') =>
  (await database.read(statement(lane), (sql) => sql`select inet_server_port() as port`))[0]?.[
    'port'
  ] as number;
const write = (database: Database) =>
  database.write(statement('rest'), (sql) => sql`insert into written default values`);
/** Opens until the first host answered within its head start, which a busy machine may take from it. */
const openOn = async (port: number, primaryUri: string): Promise<Database> => {
  for (;;) {
    const database = openDatabase({ primaryUri });
    await write(database);
    if ((await portOf(database)) === port) return database;
    await database[Symbol.asyncDispose]();
  }
};
const works = (work: Promise<unknown>) =>
  work.then(
    () => true,
    () => false,
  );

/** Answers every start-up message with the error: what a server does that does not take connections yet. */
async function startRefusingServer(
  sqlState: string,
  message: string,
): Promise<AsyncDisposable & { readonly port: number }> {
  const fields = Buffer.from(`SFATAL\0C${sqlState}\0M${message}\0\0`);
  const head = Buffer.from([...Buffer.from('E'), 0, 0, 0, fields.length + 4]);
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([head, fields])));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
  };
}

describe('several hosts', () => {
  let primary: TestPostgres;
  let standby: TestPostgres;
  let nowhere = 0;
  const uriOf = (ports: readonly number[], query = '') =>
    `postgres://postgres@${ports.map((port) => `127.0.0.1:${port}`).join(',')}/postgres${query}`;

  before(async () => {
    primary = await startTestPostgres();
    standby = await startTestStandby(primary);
    nowhere = await freePort();
    await using database = openDatabase({ primaryUri: primary.uri });
    await database.write(
      statement('rest'),
      (sql) => sql`create table written (at timestamptz default now())`,
    );
  });
  after(async () => {
    await standby[Symbol.asyncDispose]();
    await primary[Symbol.asyncDispose]();
  });

  it('writes reach the primary, wherever it is listed and whatever is asked for', async () => {
    for (const query of [
      '',
      '?target_session_attrs=primary',
      '?target_session_attrs=read-write',
      '?load_balance_hosts=random',
    ]) {
      for (const ports of [
        [standby.port, primary.port],
        [primary.port, standby.port],
        [nowhere, standby.port, primary.port],
      ]) {
        await using database = openDatabase({ primaryUri: uriOf(ports, query) });
        await Promise.all([write(database), write(database)]);
        for (const lane of LANES)
          assert.equal(await portOf(database, lane), primary.port, `${ports.join()} ${query}`);
      }
    }
  });

  it('reads go to the host that the URI asks for', async () => {
    const both = [primary.port, standby.port];
    const cases = [
      ['', primary.port],
      ['?target_session_attrs=any', primary.port],
      ['?target_session_attrs=standby', standby.port],
      ['?target_session_attrs=read-only', standby.port],
      ['?target_session_attrs=prefer-standby', standby.port],
      ['?target_session_attrs=primary', primary.port],
    ] as const;
    for (const [query, port] of cases) {
      await using database = openDatabase({ primaryUri: primary.uri, readUri: uriOf(both, query) });
      assert.equal(await portOf(database), port, query);
    }
    const none = uriOf([nowhere, primary.port], '?target_session_attrs=prefer-standby');
    await using database = openDatabase({ primaryUri: primary.uri, readUri: none });
    assert.equal(await portOf(database), primary.port, 'a primary is better than nothing');
  });

  it('migrations go to the primary', async () => {
    const applied = await migrate(
      {
        uri: uriOf([standby.port, primary.port]),
        directory: 'migrations',
        deadlineMs: 120_000,
        lockTimeoutMs: 60_000,
        connectTimeoutMs: 30_000,
        signal: NO_ABORT,
      },
      createTestLogger(),
    );
    assert.ok(applied.length > 0);
  });

  it('says what each host is when none will do', async () => {
    await using database = openDatabase({
      primaryUri: uriOf([nowhere, standby.port]),
      totalRetryDeadlineMs: 0,
    });
    await assert.rejects(write(database), (error: Error & { code?: string; cause?: Error }) => {
      assert.equal(error.code, 'database.unavailable');
      const { message = '' } = error.cause ?? {};
      assert.match(
        message,
        new RegExp(
          `no host is read-write: 127.0.0.1:${nowhere} .*ECONNREFUSED.*; 127.0.0.1:${standby.port} is a standby`,
        ),
      );
      return true;
    });
  });

  it('a silent first host costs a moment, not the time-out', async () => {
    await using proxy = await createTcpFaultProxy(hostOf(primary.uri));
    await proxy.setMode('black-hole');
    await using database = openDatabase({
      primaryUri: uriOf([proxy.port, primary.port]),
      connectTimeoutMs: 30_000,
      hotStatementTimeoutMs: 20_000,
    });
    const startedAt = performance.now();
    assert.equal(await portOf(database), primary.port);
    assert.ok(performance.now() - startedAt < 10_000);
  });

  it('a first host that is starting up (57P03) is passed over', async () => {
    await using starting = await startRefusingServer('57P03', 'the database system is starting up');
    await using database = openDatabase({ primaryUri: uriOf([starting.port, primary.port]) });
    await write(database);
    assert.equal(await portOf(database), primary.port);
  });

  it('after the promotion of the second host writes reach it, without a restart of ours', async () => {
    await using database = openDatabase({ primaryUri: uriOf([primary.port, standby.port]) });
    await write(database);
    await primary.stop('immediate');
    await until(async () => !(await works(write(database))));
    await using second = openDatabase({ primaryUri: standby.uri });
    await second.read(statement('rest'), (sql) => sql`select pg_promote()`);
    await until(() => works(write(database)));
    for (const lane of LANES) assert.equal(await portOf(database, lane), standby.port);
  });

  it('a primary that was made read-only while connected is left for the one that is not', async () => {
    await using other = await startTestPostgres();
    const [first, second] = [other.port, standby.port];
    await using admin = openDatabase({ primaryUri: other.uri });
    await admin.write(
      statement('rest'),
      (sql) => sql`create table written (at timestamptz default now())`,
    );
    await using database = await openOn(first, uriOf([first, second]));
    await admin.write(
      statement('rest'),
      (sql) => sql`alter system set default_transaction_read_only = on`,
    );
    await admin.read(statement('rest'), (sql) => sql`select pg_reload_conf()`);
    await until(async () => !(await works(write(database))));
    await until(() => works(write(database)));
    for (const lane of LANES) assert.equal(await portOf(database, lane), second);
  });
});
