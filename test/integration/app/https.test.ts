/** Our own HTTPS, which TVs and phones need, and what a peer may not say (proxies: reverse-proxies.test.ts). */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeCertificate } from '../../support/certificates.ts';
import { jsonOf, rawRequest } from '../../support/http-client.ts';
import { runProgram } from '../../support/run-program.ts';
import { startApp } from '../../support/start-app.ts';

describe('HTTPS', () => {
  let folder = '';
  let tls = { certFile: '', keyFile: '' };
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-https-'));
    await chmod(folder, 0o755);
    tls = makeCertificate(folder, 'localhost');
  });
  after(async () => { await rm(folder, { recursive: true, force: true }); });

  test('TLS_CERT and TLS_KEY serve HTTPS, and absolute links say so', async () => {
    await using app = await startApp({
      environment: { TLS_CERT: tls.certFile, TLS_KEY: tls.keyFile },
    });
    const answer = await rawRequest(`${app.baseUrl}/catalog/movie/latest.json`);
    assert.equal(answer.status, 200);
    const { metas } = jsonOf(answer) as { metas: { poster: string }[] };
    assert.ok(metas[0]?.poster.startsWith(`https://127.0.0.1:${app.port}/poster/`), metas[0]?.poster);
    assert.doesNotMatch(app.output(), /TVs and phones need HTTPS/);
    const { code } = await runProgram(['healthcheck'], { PORT: String(app.port), TLS_CERT: tls.certFile, TLS_KEY: tls.keyFile });
    assert.equal(code, 0, 'a certificate that nobody vouches for is no matter of health');
  });

  test('forwarded headers of a peer that is not trusted are ignored', async () => {
    await using app = await startApp();
    const answer = await rawRequest(`${app.baseUrl}/catalog/movie/latest.json`, {
      headers: { 'X-Forwarded-Host': 'evil.example.org', 'X-Forwarded-Proto': 'https', Host: 'evil.example.org' },
    });
    assert.doesNotMatch(answer.body.toString(), /evil/);
  });
});
