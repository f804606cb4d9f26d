/** Protects operators: a server that cannot start says why in one line; TLS and shared ports work. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Request } from '../../src/http/route.ts';
import { loadUws } from '../../src/http/uws.ts';
import { StartError } from '../../src/lib/start-error.ts';
import { makeCertificate, withoutOpenssl } from '../support/certificates.ts';
import { freePort } from '../support/free-port.ts';
import { rawRequest } from '../support/http-client.ts';
import { RawConnection, rawExchange } from '../support/raw-connection.ts';
import { startToyServer, text, type ToyOptions } from '../support/toy-server.ts';

const handlers = {
  '/base': (request: Request) => text(`${request.baseUrl} ${request.clientAddress}`),
};

async function failure(options: ToyOptions): Promise<string> {
  try {
    await using server = await startToyServer(handlers, options);
    assert.fail(`started on port ${server.port}`);
  } catch (error) {
    assert.ok(error instanceof StartError, String(error));
    assert.doesNotMatch(error.message, /\n/);
    return error.message;
  }
}

test('a taken port, a foreign host, missing TLS files: one line that names the variable', async () => {
  await using server = await startToyServer(handlers);
  assert.match(await failure({ port: server.port }), new RegExp(`PORT=${server.port} is in use`));
  assert.match(
    await failure({ host: '192.0.2.1' }),
    /HOST=192\.0\.2\.1 is not an address of this machine/,
  );
  const tls = { certFile: '/no/such.pem', keyFile: '/no/such.key' };
  assert.match(await failure({ tls }), /TLS_CERT=\/no\/such\.pem/);
});

test('the size of the head must be set before the native module is loaded', async () => {
  await assert.rejects(loadUws({}), /UWS_HTTP_MAX_HEADERS_SIZE must be set/);
});

test('several servers share a port when they are told to', async () => {
  // A port that uWebSockets.js chose itself (port 0) is never shared: it leaves SO_REUSEPORT out then.
  const shared = { exclusivePort: false, port: await freePort() };
  await using first = await startToyServer(handlers, shared);
  await using second = await startToyServer(handlers, shared);
  assert.equal(second.port, first.port);
  assert.equal((await rawExchange(first.port, 'GET', '/base')).status, 200);
});

test('disposing twice is harmless and frees the port', async () => {
  const server = await startToyServer(handlers);
  await server[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await using again = await startToyServer(handlers, { port: server.port });
  assert.equal((await rawExchange(again.port, 'GET', '/base')).status, 200);
});

test('base URL and client address: own, of HOST_URL, of a trusted proxy; never of a raw Host header', async () => {
  const forwarded = {
    Host: 'evil.example',
    'X-Forwarded-Proto': 'https',
    'X-Forwarded-Host': 'sluice.example',
    'X-Forwarded-For': '203.0.113.7',
  };
  const base = async (options: ToyOptions, headers: Record<string, string>) => {
    await using server = await startToyServer(handlers, options);
    const { body } = await rawExchange(server.port, 'GET', '/base', headers);
    return body.toString().replace(`:${server.port}`, ':PORT');
  };
  assert.equal(await base({}, forwarded), 'http://127.0.0.1:PORT 127.0.0.1');
  assert.equal(
    await base({ hostUrl: 'https://public.example' }, forwarded),
    'https://public.example 127.0.0.1',
  );
  assert.equal(
    await base({ trustedProxies: ['127.0.0.0/8'] }, forwarded),
    'https://sluice.example 203.0.113.7',
  );
  assert.equal(
    await base({ trustedProxies: ['10.0.0.0/8'] }, forwarded),
    'http://127.0.0.1:PORT 127.0.0.1',
  );
  const anywhere = await base({ host: '0.0.0.0' }, forwarded);
  assert.doesNotMatch(anywhere, /evil|sluice\.example|0\.0\.0\.0/);
});

test('a proxy that adds a line of its own to X-Forwarded-For is heard, the line of the client is not', async () => {
  await using server = await startToyServer(handlers, { trustedProxies: ['127.0.0.1'] });
  await using connection = await RawConnection.open(server.port);
  const lines = [
    'GET /base HTTP/1.1',
    'X-Forwarded-For: 6.6.6.6',
    'Host: a.example',
    'X-Forwarded-For: 203.0.113.7',
  ];
  connection.write(`${lines.join('\r\n')}\r\n\r\n`);
  assert.equal((await connection.response())?.body.toString(), 'http://a.example 203.0.113.7');
});

test('below a path: every row with the path and without it, parameters and errors as without', async () => {
  const rows = {
    '/': () => text('root'),
    '/item/:id': (request: Request) =>
      text(`${request.path} ${request.parameters.join()} ${request.baseUrl}`),
    '/save/:id': {
      method: 'POST',
      bodyBytesMax: 10,
      handler: (request: Request) => text(`${request.path} ${request.body.toString()}`),
    },
    '/:config/item/:id': (request: Request) => text(`${request.path} ${request.parameters.join()}`),
  } as const;
  await using server = await startToyServer(rows, { hostUrl: 'https://example.org/sluice' });
  for (const prefix of ['', '/sluice']) {
    const item = await rawExchange(server.port, 'GET', `${prefix}/item/7`);
    assert.equal(item.body.toString(), '/item/7 7 https://example.org/sluice', prefix);
    assert.equal(
      (await rawExchange(server.port, 'GET', `${prefix}/S-x/item/7`)).body.toString(),
      '/S-x/item/7 S-x,7',
    );
    assert.equal((await rawExchange(server.port, 'GET', `${prefix}/`)).body.toString(), 'root');
    assert.equal((await rawExchange(server.port, 'HEAD', `${prefix}/item/7`)).status, 200);
    assert.equal(
      (await rawExchange(server.port, 'POST', `${prefix}/item/7`)).headers.get('allow'),
      'GET, HEAD, OPTIONS',
    );
    assert.equal((await rawExchange(server.port, 'OPTIONS', `${prefix}/item/7`)).status, 200);
    assert.equal((await rawExchange(server.port, 'GET', `${prefix}/nothing`)).status, 404);
    await using connection = await RawConnection.open(server.port);
    connection.write(`POST ${prefix}/save/1 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok`);
    assert.equal((await connection.response())?.body.toString(), '/save/1 ok');
  }
  const bare = await rawExchange(server.port, 'GET', '/sluice');
  assert.deepEqual([bare.status, bare.headers.get('location')], [308, '/sluice/']);
  assert.equal(
    (await rawExchange(server.port, 'GET', '/sluices/item/7')).status,
    200,
    'a configuration of that name',
  );
});

test('a proxy that is not trusted is told of once, with what to set; a trusted one is not', async () => {
  const hints = async (options: ToyOptions, headers: Record<string, string>) => {
    await using server = await startToyServer(handlers, options);
    for (let request = 0; request < 3; request += 1)
      await rawExchange(server.port, 'GET', '/base', headers);
    return server.logged.map(({ level, message }) =>
      `${level} ${message}`.replace(String(server.port), 'PORT'),
    );
  };
  const forwarded = { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'sluice.example' };
  assert.deepEqual(await hints({}, forwarded), [
    'warn requests come through a proxy at 127.0.0.1 that is not trusted, so links to posters and installs lead to http://127.0.0.1:PORT: ' +
      'set TRUSTED_PROXIES=127.0.0.1, or HOST_URL to the public address',
  ]);
  const withHostUrl = await hints({ hostUrl: 'https://a.example' }, forwarded);
  assert.match(
    withHostUrl.join(),
    /all clients count as one address: set TRUSTED_PROXIES=127\.0\.0\.1$/,
  );
  assert.deepEqual(await hints({ trustedProxies: ['127.0.0.1'] }, forwarded), []);
  assert.deepEqual(await hints({}, {}), []);
});

test(
  'HTTPS with a certificate and key; a pair that does not fit is refused',
  { skip: withoutOpenssl },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-tls-'));
    try {
      const tls = makeCertificate(folder, 'localhost');
      await using server = await startToyServer(handlers, { tls });
      const answer = await rawRequest(`https://127.0.0.1:${server.port}/base`);
      assert.equal(answer.body.toString(), `https://127.0.0.1:${server.port} 127.0.0.1`);
      const { keyFile } = makeCertificate(folder, 'other');
      assert.match(
        await failure({ tls: { ...tls, keyFile } }),
        /TLS_CERT=.* and TLS_KEY=.* do not belong together/,
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);
