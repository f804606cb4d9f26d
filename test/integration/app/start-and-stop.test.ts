/** Starting, refusing to start, stopping and being killed: the life of the one-command installation. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeCertificate, withoutOpenssl } from '../../support/certificates.ts';
import { freePort } from '../../support/free-port.ts';
import { jsonOf, rawRequest } from '../../support/http-client.ts';
import { eventually, processesMentioning } from '../../support/processes.ts';
import { runProgram } from '../../support/run-program.ts';
import { startApp } from '../../support/start-app.ts';

describe('one command, embedded', () => {
  let dataDir = '';
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sluice-life-'));
    await chmod(dataDir, 0o755);
  });
  after(async () => {
    await rm(dataDir, { recursive: true, force: true });
  });

  test('prints what a person needs, answers, and stops with 0 leaving nothing behind', async () => {
    const app = await startApp({ environment: { DATA_DIR: dataDir } });
    const output = app.output();
    assert.match(output, new RegExp(`${app.baseUrl}/manifest\\.json`));
    assert.match(output, new RegExp(`stremio://127\\.0\\.0\\.1:${app.port}/manifest\\.json`));
    assert.match(output, /HTTPS.*HOST_URL[\s\S]*TLS_CERT and TLS_KEY/);
    assert.match(output, /Database +embedded PostgreSQL/);
    assert.match(output, /Cache +in-process/);
    assert.match(output, /demo: 63 films and 4 series, of which \d+ and \d play\n/);
    assert.match(output, /ready in \d+\.\d s/);
    assert.equal(await app.stop('SIGTERM'), 0, app.output());
    assert.deepEqual(await processesMentioning(dataDir), []);
    await app[Symbol.asyncDispose]();
  });

  test('a second start on the same DATA_DIR is refused while the first runs, and the first goes on', async () => {
    await using app = await startApp({ environment: { DATA_DIR: dataDir } });
    const second = await runProgram([], { DATA_DIR: dataDir, PORT: String(await freePort()) });
    assert.notEqual(second.code, 0);
    assert.match(second.stderr, /DATA_DIR/);
    assert.match(second.stderr, new RegExp(String(app.pid)));
    assert.equal(second.stderr.trim().split('\n').length, 1, second.stderr);
    assert.equal((await rawRequest(`${app.baseUrl}/ready`)).status, 200);
  });

  test('after SIGKILL nothing is orphaned, and the next start recovers with its data', async () => {
    const app = await startApp({ environment: { DATA_DIR: dataDir } });
    await app.stop('SIGKILL');
    await eventually('PostgreSQL ended with its owner', 60_000, async () =>
      (await processesMentioning(dataDir)).every(({ command }) => !command.includes('postgres')),
    );
    await app[Symbol.asyncDispose]();
    await using again = await startApp({ environment: { DATA_DIR: dataDir } });
    const { streams } = jsonOf(
      await rawRequest(`${again.baseUrl}/stream/movie/tt1254207.json`),
    ) as { streams: unknown[] };
    assert.ok(streams.length >= 4);
    assert.equal(await again.stop('SIGINT'), 0, again.output());
  });

  test('killed and started again at once, it waits for the old PostgreSQL instead of failing', async () => {
    const app = await startApp({ environment: { DATA_DIR: dataDir } });
    await app.stop('SIGKILL');
    await using again = await startApp({ environment: { DATA_DIR: dataDir } });
    assert.equal((await rawRequest(`${again.baseUrl}/ready`)).status, 200);
    await app[Symbol.asyncDispose]();
  });
});

describe('refused starts: one clear line, exit code not 0', () => {
  const oneLine = (stderr: string) => assert.equal(stderr.trim().split('\n').length, 1, stderr);

  test('a nonsense variable', async () => {
    const run = await runProgram([], { PORT: 'eighty' });
    assert.notEqual(run.code, 0);
    assert.match(run.stderr, /PORT="eighty".*expected an integer/);
    oneLine(run.stderr);
  });

  test('a port in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const dataDir = await mkdtemp(join(tmpdir(), 'sluice-port-'));
    const run = await runProgram([], { PORT: String(port), DATA_DIR: dataDir });
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await rm(dataDir, { recursive: true, force: true });
    assert.notEqual(run.code, 0);
    assert.match(run.stderr, new RegExp(`PORT.*${port}`));
    oneLine(run.stderr);
  });

  test(
    'TLS files that are of no use, before anything slow: no folder was made, no database was asked',
    {
      skip: withoutOpenssl,
    },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'sluice-tls-'));
      try {
        const [first, second] = [
          makeCertificate(folder, 'first'),
          makeCertificate(folder, 'second'),
        ];
        const missing = join(folder, 'missing.pem');
        const cases = [
          [missing, first.keyFile, /TLS_CERT=\S+missing\.pem cannot be read: ENOENT/],
          [first.certFile, folder, /TLS_KEY=\S+ cannot be read: EISDIR/],
          [first.keyFile, first.keyFile, /TLS_CERT=\S+ holds no PEM certificate/],
          [first.certFile, first.certFile, /TLS_KEY=\S+ holds no PEM private key/],
          [first.certFile, second.keyFile, /do not belong together/],
        ] as const;
        const dataDir = join(folder, 'data');
        for (const [TLS_CERT, TLS_KEY, message] of cases) {
          const run = await runProgram([], {
            TLS_CERT,
            TLS_KEY,
            DATA_DIR: dataDir,
            PORT: String(await freePort()),
          });
          assert.notEqual(run.code, 0);
          assert.match(run.stderr, message);
          oneLine(run.stderr);
        }
        assert.equal(existsSync(dataDir), false);
        const away = `postgres://user@127.0.0.1:${await freePort()}/x`;
        for (const role of ['serve', 'api']) {
          const environment = {
            POSTGRES_URI: away,
            TLS_CERT: missing,
            TLS_KEY: missing,
            PORT: String(await freePort()),
          };
          assert.match((await runProgram([role], environment)).stderr, /^TLS_CERT=/, role);
        }
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  );

  test('a SECRET_KEY that cannot be kept, before the database is asked', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-key-'));
    await writeFile(join(folder, 'secret-key'), 'short\n');
    const run = await runProgram([], {
      POSTGRES_URI: `postgres://user@127.0.0.1:${await freePort()}/x`,
      DATA_DIR: folder,
      PORT: String(await freePort()),
    });
    await rm(folder, { recursive: true, force: true });
    assert.match(run.stderr, /^SECRET_KEY is not set/);
    oneLine(run.stderr);
  });

  test('a DATA_DIR that is a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-file-'));
    await writeFile(join(folder, 'file'), '');
    const run = await runProgram([], {
      DATA_DIR: join(folder, 'file'),
      PORT: String(await freePort()),
    });
    await rm(folder, { recursive: true, force: true });
    assert.notEqual(run.code, 0);
    assert.match(run.stderr, /DATA_DIR/);
    oneLine(run.stderr);
  });

  test('a database that is down, named by its variable, without its password', async () => {
    const port = await freePort();
    const run = await runProgram([], {
      POSTGRES_URI: `postgres://user:hunter2@127.0.0.1:${port}/x`,
      PORT: String(await freePort()),
    });
    assert.notEqual(run.code, 0);
    assert.match(run.stderr, /POSTGRES_URI/);
    assert.doesNotMatch(run.stderr, /hunter2/);
    oneLine(run.stderr);
  });

  test('an unknown role or flag, with what is accepted', async () => {
    for (const parameters of [['fly'], ['--fast'], ['-x'], ['serve', 'now']]) {
      const run = await runProgram(parameters, {});
      assert.notEqual(run.code, 0);
      assert.match(
        run.stderr,
        /expected one of serve, api, worker, migrate.*help, version/,
        parameters.join(' '),
      );
      oneLine(run.stderr);
    }
  });
});

test('healthcheck asks the server with the same configuration, and fails in one line', async () => {
  await using app = await startApp();
  const healthy = await runProgram(['healthcheck'], { HOST: '0.0.0.0', PORT: String(app.port) });
  assert.deepEqual(healthy, {
    code: 0,
    stdout: `http://127.0.0.1:${app.port}/health answers 200\n`,
    stderr: '',
  });
  for (const environment of [
    { PORT: String(await freePort()) },
    { PORT: '0' },
    { PORT: String(app.port), HOST: '127.0.0.9' },
  ]) {
    const run = await runProgram(['healthcheck'], environment);
    assert.equal(run.code, 1);
    assert.match(run.stderr, /^.+\n$/);
  }
});

test('help of a role needs neither configuration nor a database', async () => {
  for (const role of ['worker', 'import', 'export'])
    for (const environment of [{}, { POSTGRES_URI: 'nonsense', PORT: 'nonsense' }]) {
      const help = await runProgram([role, '--help'], environment);
      assert.equal(help.code, 0, help.stderr);
      assert.match(help.stdout, new RegExp(`^Usage: node dist/src/main.js ${role} `));
    }
});

test('help, version and --config-dump answer without starting anything', async () => {
  for (const word of ['--help', '-h', 'help']) {
    const help = await runProgram([word], {});
    assert.equal(help.code, 0, word);
    assert.match(help.stdout, /serve[\s\S]*api[\s\S]*migrate/);
    const columns = [...help.stdout.matchAll(/^ {2}\S.*? {2,}/gm)].map(([start]) => start.length);
    assert.equal(new Set(columns).size, 1, help.stdout);
  }
  for (const word of ['--version', '-v', 'version']) {
    assert.match((await runProgram([word], {})).stdout, /^\d+\.\d+\.\d+\n$/, word);
  }
  const dump = await runProgram(['--config-dump'], { POSTGRES_URI: 'postgres://u:hunter2@db/x' });
  assert.equal(dump.code, 0);
  assert.match(dump.stdout, /POSTGRES_URI=postgres:\/\/u:\*\*\*@db/);
});
