/** Protects operators whose PostgreSQL is reached in another way than by a name and a port in plain text. */
import assert from 'node:assert/strict';
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Database } from '../../src/platform/db/database.ts';
import { makeCertificate, withoutOpenssl } from '../support/certificates.ts';
import { openDatabase, statement } from '../support/open-database.ts';
import { startTestPostgres, type TestPostgres } from '../support/postgres-server.ts';

const NOBODY = 65_534;
const hasIPv6 = Object.values(networkInterfaces())
  .flat()
  .some((one) => one?.address === '::1');

async function ask(uri: string, question: string): Promise<unknown> {
  await using database: Database = openDatabase({
    primaryUri: uri,
    totalRetryDeadlineMs: 0,
    userRetryDeadlineMs: 0,
  });
  const rows = await database.read(statement('rest'), (sql) =>
    sql.unsafe(`select ${question} as answer`),
  );
  return rows[0]?.['answer'];
}

const failureOf = (uri: string) =>
  ask(uri, '1').then(
    () => 'it connected',
    (error: Error & { cause?: Error }) => error.cause?.message ?? error.message,
  );
const isEncrypted =
  'ssl from pg_stat_ssl where pid = pg_backend_pid() union all select true where false';
const tlsOf = (uri: string) => ask(uri, `(select ${isEncrypted})`);

describe('PostgreSQL in other ways', () => {
  let server: TestPostgres;
  let folder = '';
  let ca = '';
  let other = '';
  before(async () => {
    server = await startTestPostgres(hasIPv6 ? ['listen_addresses=127.0.0.1,::1'] : []);
    folder = await mkdtemp(join(tmpdir(), 'sluice-uri-'));
    await chmod(folder, 0o755);
    if (withoutOpenssl !== false) return;
    const { certFile, keyFile } = makeCertificate(folder, 'server');
    [ca, other] = [certFile, makeCertificate(folder, 'other').certFile];
    await chmod(keyFile, 0o600);
    if (process.getuid?.() === 0) await chown(keyFile, NOBODY, NOBODY);
    await server.stop();
    await server.start(['ssl=on', `ssl_cert_file=${certFile}`, `ssl_key_file=${keyFile}`]);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });
  const at = (host: string, query = '') =>
    `postgres://postgres@${host}:${server.port}/postgres${query}`;

  it('over a Unix-domain socket, in the host and as a parameter', async () => {
    const question = 'inet_server_port() is null';
    assert.equal(await ask(at(encodeURIComponent(server.folder)), question), true);
    assert.equal(
      await ask(
        `postgres:///postgres?host=${server.folder}&port=${server.port}&user=postgres&sslmode=verify-full`,
        question,
      ),
      true,
    );
  });

  it('over IPv6', { skip: hasIPv6 ? false : 'needs ::1' }, async () => {
    assert.equal(await ask(at('[::1]'), 'host(inet_server_addr())'), '::1');
  });

  it('with a schema, settings and a name', async () => {
    const uri = at(
      '127.0.0.1',
      '?schema=app&options=-c%20work_mem%3D3MB&application_name=mine&connect_timeout=3',
    );
    assert.equal(await ask(uri, "current_setting('search_path')"), 'app');
    assert.equal(await ask(uri, "current_setting('work_mem')"), '3MB');
    assert.equal(await ask(uri, "current_setting('application_name')"), 'mine');
  });

  it('with parameters of poolers and ORMs, which the server never sees', async () => {
    const query =
      '?channel_binding=require&pgbouncer=true&connection_limit=5&pool_timeout=3&keepalives=1&gssencmode=disable' +
      '&statement_cache_size=0&target_session_attrs=any&sslmode=prefer&nonsense=1';
    assert.equal(await ask(at('127.0.0.1', query), '1'), 1);
  });

  describe('with TLS', { skip: withoutOpenssl }, () => {
    it('encrypted when the mode allows it and the server has it', async () => {
      const modes = [
        ['disable', false],
        ['allow', true],
        ['prefer', true],
        ['require', true],
      ] as const;
      for (const [mode, isOn] of modes)
        assert.equal(await tlsOf(at('127.0.0.1', `?sslmode=${mode}`)), isOn, mode);
      assert.equal(await tlsOf(at('localhost', '?ssl=true&sslnegotiation=direct')), true);
    });

    it('verified against sslrootcert, the name only for verify-full', async () => {
      for (const mode of ['verify-full', 'verify-ca', 'require']) {
        assert.equal(
          await tlsOf(at('127.0.0.1', `?sslmode=${mode}&sslrootcert=${ca}`)),
          true,
          mode,
        );
        assert.match(
          await failureOf(at('127.0.0.1', `?sslmode=${mode}&sslrootcert=${other}`)),
          /TLS handshake .* failed/,
          mode,
        );
      }
      const elsewhere = at('db.example', `?hostaddr=127.0.0.1&sslrootcert=${ca}&sslmode=`);
      assert.equal(await tlsOf(`${elsewhere}verify-ca`), true);
      assert.match(await failureOf(`${elsewhere}verify-full`), /does not match certificate/);
      assert.match(await failureOf(at('127.0.0.1', '?sslmode=verify-full')), /self-signed/);
    });

    it('cancels a statement over TLS, too', async () => {
      await using database = openDatabase({
        primaryUri: at('127.0.0.1', '?sslmode=require'),
        connectionsMax: 2,
      });
      await database.read(statement('rest'), (sql) => sql`select 1`);
      const late = database.read(
        statement('rest', { timeoutMs: 300 }),
        (sql) => sql`select pg_sleep(300)`,
      );
      await assert.rejects(late, { code: 'database.timeout' });
      await database.read(statement('rest'), (sql) => sql`select 1`);
    });

    it('refused by a server without it, unless the mode allows that', async () => {
      await using plain = await startTestPostgres();
      const uri = (mode: string) => `${plain.uri}?sslmode=${mode}`;
      for (const mode of ['allow', 'prefer']) assert.equal(await tlsOf(uri(mode)), false, mode);
      for (const mode of ['require', 'verify-full'])
        assert.match(await failureOf(uri(mode)), /does not offer TLS/, mode);
    });
  });
});
