/** Protects the schema: each migration runs once, whole, in order, whoever starts at the same time. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import postgres, { type Sql } from 'postgres';
import { migrate, type MigrateOptions } from '../../src/platform/db/migrate.ts';
import { hostOf, NO_ABORT, uriThrough } from '../support/open-database.ts';
import { closedGate } from '../support/statement-gate.ts';
import { createTcpFaultProxy } from '../support/tcp-fault-proxy.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../support/template-db.ts';
import { createTestLogger } from '../support/test-logger.ts';

describe('migrate', { skip: skipWithoutPostgres }, () => {
  let test: TestDatabase;
  let directory: string;
  let sql: Sql;
  const write = (name: string, text: string) => writeFile(join(directory, name), text);
  const run = (options: Partial<MigrateOptions> = {}) =>
    migrate(
      {
        uri: test.uri,
        directory,
        deadlineMs: 60_000,
        lockTimeoutMs: 30_000,
        connectTimeoutMs: 30_000,
        signal: NO_ABORT,
        ...options,
      },
      createTestLogger(),
    );
  const recorded = async () => {
    const rows = await sql<{ name: string }[]>`select name from schema_migration order by name`;
    return rows.map((row) => row.name);
  };

  before(async () => {
    test = await createTestDatabase({ migrationsDir: null });
    sql = postgres(test.uri, { max: 2, onnotice: () => undefined });
  });
  after(async () => {
    await sql.end({ timeout: 1 });
    await test[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true });
  });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sluice-migrations-'));
    await sql`drop schema public cascade`;
    await sql`create schema public`;
  });

  it('starts without pg_trgm where the role may not create extensions', async () => {
    const role = `bare_${randomBytes(6).toString('hex')}`;
    await sql.unsafe(
      `create role ${role} login password 'bare'; grant all on schema public to ${role}`,
    );
    const bare = new URL(test.uri);
    bare.username = role;
    bare.password = 'bare';
    const applied = await run({ uri: bare.href, directory: join(process.cwd(), 'migrations') });
    assert.ok(applied.includes('0013_stream_names.sql'));
    const [found] = await sql`select to_regclass('stream_name_trigrams') as index`;
    assert.equal(found?.['index'], null);
    await sql.unsafe(`drop owned by ${role} cascade; drop role ${role}`);
  });

  it('applies what is missing, and nothing twice', async () => {
    await write('0001_film.sql', 'create table film (id int); insert into film values (1);');
    assert.deepEqual(await run(), ['0001_film.sql']);
    assert.deepEqual(await run(), []);
    await write(
      '0002_more.sql',
      [
        'create function two() returns int language sql as $$ select 1; select 2; $$;',
        'insert into film values (2);',
      ].join('\n'),
    );
    assert.deepEqual(await run(), ['0002_more.sql']);
    assert.deepEqual(await recorded(), ['0001_film.sql', '0002_more.sql']);
    assert.equal((await sql`select * from film`).length, 2);
  });

  it('is safe when several processes start together', async () => {
    await write('0001_a.sql', 'create table a (id int); select pg_sleep(0.3);');
    await write(
      '0002_index.sql',
      [
        '-- no-transaction',
        'create index concurrently a_id on a (id);',
        'create index concurrently a_id2 on a (id);',
      ].join('\n'),
    );
    const results = await Promise.all([run(), run(), run()]);
    assert.deepEqual(
      results.map((names) => names.length).sort((a, b) => a - b),
      [0, 0, 2],
    );
    assert.deepEqual(await recorded(), ['0001_a.sql', '0002_index.sql']);
  });

  it('takes a failed file back whole, names it, and goes on from there', async () => {
    await write('0001_a.sql', 'create table a (id int);');
    await write('0002_b.sql', 'create table b (id int); create table a (id int);');
    await assert.rejects(run(), {
      name: 'StartError',
      message: /migration 0002_b\.sql failed: relation "a" already exists/,
    });
    assert.deepEqual(await recorded(), ['0001_a.sql']);
    assert.equal((await sql`select to_regclass('b') as b`)[0]?.['b'], null);
    await write('0002_b.sql', 'create table b (id int);');
    assert.deepEqual(await run(), ['0002_b.sql']);
  });

  it('refuses a changed file and a database from the future', async () => {
    await write('0001_a.sql', 'create table a (id int);');
    await write('0002_b.sql', 'create table b (id int);');
    await run();
    await rm(join(directory, '0002_b.sql'));
    await assert.rejects(run(), {
      name: 'StartError',
      message: /0002_b\.sql, which this build does not know/,
    });
    await write('0002_b.sql', 'create table b (id bigint);');
    await assert.rejects(run(), { name: 'StartError', message: /0002_b\.sql was changed/ });
  });

  it('waits for a table no longer than the lock timeout', async () => {
    await write('0001_a.sql', 'create table a (id int);');
    await run();
    await write('0002_b.sql', 'alter table a add column text text;');
    await sql.begin(async (other) => {
      await other`select * from a`;
      await assert.rejects(run({ lockTimeoutMs: 100 }), {
        name: 'StartError',
        message: /0002_b\.sql failed: .*lock timeout/,
      });
    });
    assert.deepEqual(await run(), ['0002_b.sql']);
  });

  it('waits for another process no longer than the deadline, or until it is told to stop', async () => {
    await using gate = await closedGate(test.uri);
    await write('0001_slow.sql', `select ${gate.condition};`);
    const first = run();
    await gate.waitingInServer(1);
    await assert.rejects(run({ deadlineMs: 200 }), { code: 'database.timeout' });
    const abort = new AbortController();
    setTimeout(() => abort.abort(new Error('told to stop')), 100);
    await assert.rejects(run({ signal: abort.signal }), /told to stop/);
    await gate.open();
    assert.deepEqual(await first, ['0001_slow.sql']);
  });

  it('ends a file at the deadline and leaves nothing of it', async () => {
    await write('0001_slow.sql', 'create table slow (id int); select pg_sleep(300);');
    await assert.rejects(run({ deadlineMs: 300 }), { code: 'database.timeout' });
    assert.equal((await sql`select to_regclass('slow') as slow`)[0]?.['slow'], null);
  });

  it('does not wait for ever for a server that is down or silent', async () => {
    await write('0001_a.sql', 'select 1;');
    await using proxy = await createTcpFaultProxy(hostOf(test.uri));
    await proxy.setMode('black-hole');
    const uri = uriThrough(test.uri, proxy);
    await assert.rejects(run({ uri, connectTimeoutMs: 200 }), { code: 'database.unavailable' });
    await proxy.setMode('refuse');
    await assert.rejects(run({ uri }), { code: 'database.unavailable' });
  });
});
