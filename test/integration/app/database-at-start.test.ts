/** A database that cannot be used stops the start with one line that names the right variable and the server's reason. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import postgres from 'postgres';
import { freePort } from '../../support/free-port.ts';
import { rawRequest } from '../../support/http-client.ts';
import { runProgram } from '../../support/run-program.ts';
import { startApp } from '../../support/start-app.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../../support/template-db.ts';

describe('the database at start', { skip: skipWithoutPostgres }, () => {
  let migrated: TestDatabase;
  let empty: TestDatabase;
  let nowhere = '';
  before(async () => {
    migrated = await createTestDatabase();
    empty = await createTestDatabase({ migrationsDir: null });
    nowhere = `postgres://user:hunter2@127.0.0.1:${await freePort()}/x`;
  });
  after(async () => {
    await migrated[Symbol.asyncDispose]();
    await empty[Symbol.asyncDispose]();
  });

  async function refused(
    environment: Readonly<Record<string, string>>,
    parameters: readonly string[] = [],
  ): Promise<string> {
    const port = String(await freePort());
    const { code, stderr } = await runProgram(parameters, {
      PORT: port,
      LOG_LEVEL: 'silent',
      ...environment,
    });
    assert.equal(code, 1);
    assert.equal(stderr.trim().split('\n').length, 1, stderr);
    assert.doesNotMatch(stderr, /hunter2/);
    return stderr;
  }

  test('the primary is away while POSTGRES_MIGRATE_URI answers', async () => {
    const line = await refused({ POSTGRES_URI: nowhere, POSTGRES_MIGRATE_URI: migrated.uri });
    assert.match(line, /^POSTGRES_URI=.*ECONNREFUSED/);
  });

  test('POSTGRES_MIGRATE_URI is away', async () => {
    const line = await refused({ POSTGRES_URI: migrated.uri, POSTGRES_MIGRATE_URI: nowhere });
    assert.match(line, /^POSTGRES_MIGRATE_URI=.*ECONNREFUSED/);
  });

  test('there is no such database', async () => {
    const line = await refused({
      POSTGRES_URI: migrated.uri.replace(migrated.name, 'sluice_nowhere'),
    });
    assert.match(line, /^POSTGRES_URI=.*database "sluice_nowhere" does not exist/);
  });

  test('it was never migrated and is not to be', async () => {
    const environment = { POSTGRES_URI: empty.uri, MIGRATE_ON_START: 'false' };
    assert.match(
      await refused(environment),
      /^POSTGRES_URI=.*no schema of this version.*MIGRATE_ON_START=true/,
    );
    assert.match(
      await refused(environment, ['import-demo']),
      /^POSTGRES_URI=.*no schema of this version/,
    );
    assert.match(await refused(environment, ['api']), /^POSTGRES_URI=.*no schema of this version/);
  });

  test('the role may not create tables', async () => {
    const role = `${empty.name}_guest`;
    const sql = postgres(empty.uri, { max: 1, onnotice: () => undefined });
    try {
      await sql.unsafe(`CREATE ROLE ${role} LOGIN PASSWORD 'hunter2'`);
      const guest = empty.uri.replace('//postgres@', `//${role}:hunter2@`);
      assert.match(
        await refused({ POSTGRES_URI: guest }),
        /^POSTGRES_URI=.*permission denied.*expected a role that owns/,
      );
    } finally {
      await sql.unsafe(`DROP ROLE IF EXISTS ${role}`);
      await sql.end({ timeout: 2 });
    }
  });

  test('a URI that asks for what cannot be', async () => {
    const wrong = [
      [
        '?sslmode=verify-ca&sslrootcert=/nowhere/ca.pem',
        /^POSTGRES_URI=.*cannot be used \(ENOENT.*expected PEM files at \/nowhere\/ca\.pem/,
      ],
      [
        `?sslmode=require&sslcert=${import.meta.filename}`,
        /^POSTGRES_URI=.*names files that cannot be used/,
      ],
      ['?sslmode=perhaps', /^POSTGRES_URI=.*expected sslmode to be one of disable/],
      ['?target_session_attrs=standby', /^POSTGRES_URI=.*expected target_session_attrs=read-write/],
    ] as const;
    for (const [query, message] of wrong)
      assert.match(await refused({ POSTGRES_URI: `${migrated.uri}${query}` }), message);
    const standby = `${migrated.uri}?target_session_attrs=primary&host=127.0.0.1&port=${new URL(nowhere).port}`;
    assert.match(
      await refused({ POSTGRES_URI: standby }),
      /^POSTGRES_URI=.*no host is primary: 127\.0\.0\.1:\d+ .*ECONNREFUSED/,
    );
  });

  test('parameters of other programs are named in one line, and the start goes on', async () => {
    const uri = `${migrated.uri}?channel_binding=prefer&connection_limit=3&schema=public&pgbouncer=false`;
    const run = await runProgram(['migrate'], { POSTGRES_URI: uri, PGTARGETSESSIONATTRS: 'any' });
    assert.equal(run.code, 0, run.stderr);
    assert.deepEqual(
      run.stderr.split('\n').filter((line) => line.includes('channel_binding')).length,
      1,
      run.stderr,
    );
    assert.match(
      run.stderr,
      /POSTGRES_URI has parameters that have no effect here.*channel_binding.*connection_limit/,
    );
    assert.doesNotMatch(run.stderr, /schema|pgbouncer/);
  });

  test('a replica that is away does not stop the start: the primary takes its reads', async () => {
    await using app = await startApp({
      environment: { POSTGRES_URI: migrated.uri, POSTGRES_READ_URI: nowhere },
      readyPath: '/health',
    });
    assert.match(app.output(), /POSTGRES_READ_URI does not answer/);
    assert.equal((await rawRequest(`${app.baseUrl}/stream/movie/tt1254207.json`)).status, 200);
    const ready = await rawRequest(`${app.baseUrl}/ready`);
    assert.equal(ready.status, 503, 'an operator sees that a part is missing');
  });
});
