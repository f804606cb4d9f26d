/** Both ways to HTTPS, which TVs and phones need: our own TLS, and the nginx snippet of the documentation. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { makeCertificate } from '../../support/certificates.ts';
import { freePort } from '../../support/free-port.ts';
import { jsonOf, rawRequest } from '../../support/http-client.ts';
import { eventually } from '../../support/processes.ts';
import { runProgram } from '../../support/run-program.ts';
import { startApp } from '../../support/start-app.ts';

const NGINX = '/usr/sbin/nginx';

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

  test('the nginx snippet of docs/operating.md works, and links carry the name that the client used', {
    skip: existsSync(NGINX) ? false : 'needs nginx',
  }, async () => {
    await using app = await startApp({ environment: { TRUSTED_PROXIES: '127.0.0.1' } });
    const [, snippet = ''] = /```nginx\n([\s\S]*?)```/.exec(await readFile('docs/operating.md', 'utf8')) ?? [];
    assert.match(snippet, /proxy_http_version 1\.1/);
    const port = await freePort();
    const config = `
      pid ${folder}/nginx.pid; error_log stderr; daemon off; master_process off;
      events {}
      http {
        access_log off; client_body_temp_path ${folder}; proxy_temp_path ${folder}; fastcgi_temp_path ${folder};
        uwsgi_temp_path ${folder}; scgi_temp_path ${folder};
        server {
          listen 127.0.0.1:${port} ssl; server_name _;
          ssl_certificate ${tls.certFile}; ssl_certificate_key ${tls.keyFile};
          ${snippet.replace('http://127.0.0.1:8000', app.baseUrl)}
        }
      }`;
    await writeFile(join(folder, 'nginx.conf'), config);
    const nginx = spawn(NGINX, ['-c', join(folder, 'nginx.conf')], { stdio: 'ignore' });
    try {
      const url = `https://127.0.0.1:${port}/catalog/movie/latest.json`;
      await eventually('nginx answers', 60_000, () => rawRequest(url).then(({ status }) => status === 200, () => false));
      const { metas } = jsonOf(await rawRequest(url, { headers: { Host: 'addon.example.org' } })) as { metas: { poster: string }[] };
      assert.ok(metas[0]?.poster.startsWith('https://addon.example.org/poster/'), metas[0]?.poster);
      for (let repeat = 0; repeat < 20; repeat += 1) assert.equal((await rawRequest(url)).status, 200);
    } finally {
      const ended = new Promise((resolve) => nginx.once('exit', resolve));
      nginx.kill('SIGTERM');
      await ended;
    }
  });

  test('forwarded headers of a peer that is not trusted are ignored', async () => {
    await using app = await startApp();
    const answer = await rawRequest(`${app.baseUrl}/catalog/movie/latest.json`, {
      headers: { 'X-Forwarded-Host': 'evil.example.org', 'X-Forwarded-Proto': 'https', Host: 'evil.example.org' },
    });
    assert.doesNotMatch(answer.body.toString(), /evil/);
  });
});
