/** Ways through HTTP and SOCKS5 proxies: with and without login, TLS inside, and every way in which they fail. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { DIRECT } from '../../src/platform/fetch/connection-pools.ts';
import { makeCertificate, withoutOpenssl } from '../support/certificates.ts';
import { fails, listen, openFetcher, resolverWith } from '../support/fetch-parts.ts';
import { freePort } from '../support/free-port.ts';
import { startHttpProxy, startSocksProxy } from '../support/proxies.ts';

const resolve = resolverWith({ 'public.example': ['93.184.216.34'] });
const LOGIN = 'me:p@ss/word';
const KINDS = [
  { scheme: 'http', start: startHttpProxy },
  { scheme: 'socks5', start: startSocksProxy },
  { scheme: 'socks5h', start: startSocksProxy },
] as const;

for (const { scheme, start } of KINDS) {
  const by = (host: string, login = '') => ({
    route: { ...DIRECT, proxyUrl: `${scheme}://${login}${host}` },
  });

  test(`${scheme}: requests of one origin share a way, bodies go both ways`, async (t) => {
    const { port } = await listen(t, (request, response) => {
      request.pipe(response.writeHead(200, { 'x-host': request.headers.host }));
    });
    await using proxy = await start({ leadsTo: port });
    const fetchBytes = openFetcher(t, { resolve });
    for (let i = 0; i < 6; i++) {
      const body = 'sent and returned'.repeat(500);
      const answer = await fetchBytes('http://public.example/', {
        method: 'POST',
        body,
        ...by(proxy.host),
      });
      assert.equal(Buffer.from(answer.bytes).toString(), body);
      assert.equal(answer.header('x-host'), 'public.example');
    }
    const asked = scheme === 'socks5h' ? 'public.example:80' : '93.184.216.34:80';
    // The second request may come before the first connection is known to be idle.
    assert.ok(proxy.targets.length <= 2, String(proxy.targets.length));
    assert.ok(proxy.targets.every((target) => target === asked));
  });

  test(`${scheme}: login of the proxy; a wrong one is told, but not what it was`, async (t) => {
    const { port } = await listen(t, (request, response) => {
      response.end(JSON.stringify(request.headers));
    });
    await using proxy = await start({ leadsTo: port, login: LOGIN });
    const fetchBytes = openFetcher(t, { resolve });
    const right = await fetchBytes('http://public.example/', by(proxy.host, 'me:p%40ss%2Fword@'));
    assert.doesNotMatch(Buffer.from(right.bytes).toString(), /proxy-auth/i);
    for (const login of ['me:wrong-secret@', '']) {
      const failed = fetchBytes('http://public.example/', by(proxy.host, login));
      const error: unknown = await failed.catch((failure: unknown) => failure);
      await fails(failed, 'fetch.failed', /proxy/);
      const { message, cause, stack } = error as Error;
      assert.doesNotMatch(`${message} ${JSON.stringify(cause)} ${stack}`, /wrong-secret/);
    }
  });

  test(`${scheme}: a proxy that is away, silent, or finds nobody`, async (t) => {
    const fetchBytes = openFetcher(t, { resolve, connectTimeoutMs: 200 });
    const closed = await freePort();
    await fails(
      fetchBytes('http://public.example/', by(`127.0.0.1:${closed}`)),
      'fetch.failed',
      /proxy/,
    );
    await using silent = await start({ leadsTo: closed, isSilent: true });
    await fails(fetchBytes('http://public.example/', by(silent.host)), 'fetch.timeout');
    await using nobody = await start({ leadsTo: closed });
    await fails(fetchBytes('http://public.example/', by(nobody.host)), 'fetch.failed');
  });

  test(
    `${scheme}: TLS inside is with the server, under its name`,
    { skip: withoutOpenssl },
    async (t) => {
      const folder = await mkdtemp(join(tmpdir(), 'sluice-proxy-'));
      t.after(() => rm(folder, { recursive: true }));
      const { certFile, keyFile } = makeCertificate(folder, 'public.example');
      const named: string[] = [];
      const server = createServer({
        cert: await readFile(certFile),
        key: await readFile(keyFile),
        SNICallback: (name, callback) => {
          named.push(name);
          callback(null);
        },
      });
      await new Promise<void>((resolved) => server.listen(0, '127.0.0.1', resolved));
      t.after(() => new Promise((resolved) => server.close(resolved)));
      await using proxy = await start({ leadsTo: (server.address() as AddressInfo).port });
      const fetchBytes = openFetcher(t, { resolve });
      // Nobody signed the certificate: that this is what fails shows who spoke, and that it is checked.
      const failed = fetchBytes('https://public.example/', by(proxy.host));
      await fails(
        failed,
        'fetch.failed',
        /its certificate is not valid \(DEPTH_ZERO_SELF_SIGNED_CERT\)/,
      );
      assert.deepEqual(named, ['public.example']);
    },
  );
}

test('addresses of proxies that are none', async (t) => {
  const fetchBytes = openFetcher(t, { resolve });
  for (const proxyUrl of [
    '',
    'nonsense',
    'ftp://127.0.0.1/',
    'socks4://127.0.0.1/',
    'http://',
    'socks5://',
    'http://a%zz:b@127.0.0.1/',
  ])
    await assert.doesNotReject(
      fails(
        fetchBytes('http://public.example/', { route: { ...DIRECT, proxyUrl } }),
        'fetch.bad-url',
        /proxy/,
      ),
      proxyUrl,
    );
});
