/** Our own HTTPS, which TVs and phones need, and what a peer may not say (proxies: reverse-proxies.test.ts). */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';
import { makeCertificate } from '../../support/certificates.ts';
import { jsonOf, rawRequest } from '../../support/http-client.ts';
import { runProgram } from '../../support/run-program.ts';
import { eventually } from '../../support/processes.ts';
import { appModes, startApp } from '../../support/start-app.ts';

describe('HTTPS', () => {
  let folder = '';
  let tls = { certFile: '', keyFile: '' };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-https-'));
    await chmod(folder, 0o755);
    tls = makeCertificate(folder, 'localhost');
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test('TLS_CERT and TLS_KEY serve HTTPS, and absolute links say so', async () => {
    await using app = await startApp({
      environment: { TLS_CERT: tls.certFile, TLS_KEY: tls.keyFile, HSTS_MAX_AGE_S: '86400' },
    });
    const answer = await rawRequest(`${app.baseUrl}/catalog/movie/latest.json`);
    assert.equal(answer.status, 200);
    const { metas } = jsonOf(answer) as { metas: { poster: string }[] };
    assert.ok(
      metas[0]?.poster.startsWith(`https://127.0.0.1:${app.port}/poster/`),
      metas[0]?.poster,
    );
    assert.equal(answer.headers['strict-transport-security'], undefined);
    const page = await rawRequest(`${app.baseUrl}/configure`);
    assert.equal(page.headers['strict-transport-security'], 'max-age=86400');
    assert.doesNotMatch(app.output(), /TVs and phones need HTTPS/);
    const { code } = await runProgram(['healthcheck'], {
      PORT: String(app.port),
      TLS_CERT: tls.certFile,
      TLS_KEY: tls.keyFile,
    });
    assert.equal(code, 0, 'a certificate that nobody vouches for is no matter of health');
  });

  for (const mode of appModes().filter((name) => name !== 'external-1')) {
    test(`SIGHUP takes renewed files into use in every process, and ends nothing: ${mode}`, async () => {
      const [certFile, keyFile] = [
        join(folder, `${mode}-cert.pem`),
        join(folder, `${mode}-key.pem`),
      ];
      const put = async (from: typeof tls) => {
        await copyFile(from.certFile, certFile);
        await copyFile(from.keyFile, keyFile);
      };
      await put(tls);
      await using app = await startApp({
        mode,
        environment: { TLS_CERT: certFile, TLS_KEY: keyFile },
      });
      await put(makeCertificate(folder, 'renewed'));
      process.kill(app.pid, 'SIGHUP');
      // Several processes share the port: all of them must have it.
      await eventually('every connection gets the new one', 60_000, async () => {
        const subjects = await Promise.all(Array.from({ length: 16 }, () => subjectAt(app.port)));
        return subjects.every((name) => name === 'renewed');
      });
      assert.equal((await rawRequest(`${app.baseUrl}/health`)).status, 200);
      assert.equal(await app.stop('SIGTERM'), 0, app.output());
    });
  }

  test('SIGHUP without TLS ends nothing', async () => {
    await using app = await startApp();
    process.kill(app.pid, 'SIGHUP');
    await eventually('the signal was heard', 60_000, async () =>
      app.output().includes('there are no TLS files to read again'),
    );
    assert.equal((await rawRequest(`${app.baseUrl}/health`)).status, 200);
    assert.equal(await app.stop('SIGTERM'), 0);
  });

  test('forwarded headers of a peer that is not trusted are ignored', async () => {
    await using app = await startApp();
    const answer = await rawRequest(`${app.baseUrl}/catalog/movie/latest.json`, {
      headers: {
        'X-Forwarded-Host': 'evil.example.org',
        'X-Forwarded-Proto': 'https',
        Host: 'evil.example.org',
      },
    });
    assert.doesNotMatch(answer.body.toString(), /evil/);
  });
});

/** Name in the certificate that a new connection gets. */
async function subjectAt(port: number): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { subject } = socket.getPeerCertificate();
  socket.destroy();
  return String(subject.CN);
}
