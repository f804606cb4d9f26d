/**
 * Protects the outbound client with real servers on loopback: nothing private is reached without the
 * operator's word, by no detour, and no server can make us wait or read without end.
 */
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test } from 'node:test';
import { AppError } from '../../src/lib/errors.ts';
import { fails, listen, openFetcher, resolverOf } from '../support/fetch-parts.ts';

test('status, type and bytes of an answer', async (t) => {
  const { url } = await listen(t, (_request, response) => {
    response.writeHead(404, { 'content-type': 'Image/PNG; x=1' }).end('gone');
  });
  const { header, ...answer } = await openFetcher(t)(`${url}/a?b=c`);
  assert.equal(header('content-type'), 'Image/PNG; x=1');
  assert.deepEqual(
    { ...answer, bytes: Buffer.from(answer.bytes).toString() },
    {
      status: 404,
      contentType: 'image/png; x=1',
      url: `${url}/a?b=c`,
      bytes: 'gone',
    },
  );
});

test('other schemes and broken addresses are refused', async (t) => {
  const fetchBytes = openFetcher(t);
  const long = `http://a/${'x'.repeat(5000)}`;
  for (const url of [
    'file:///etc/passwd',
    'ftp://127.0.0.1/',
    'data:text/plain,x',
    'nonsense',
    '',
    long,
  ]) {
    await fails(fetchBytes(url), 'fetch.bad-url');
  }
});

test('a name is judged by all of its addresses: private ones are skipped, none left is refused', async (t) => {
  const { port } = await listen(t, (_request, response) => response.end('in'));
  const inside = resolverOf(['127.0.0.1', '10.0.0.1', '::1']);
  const strict = openFetcher(t, { allowPrivate: [], resolve: inside.resolve });
  await fails(strict(`http://evil.example:${port}/`), 'fetch.blocked-address');
  const mixed = resolverOf(['10.255.255.1', '127.0.0.1']);
  const answer = await openFetcher(t, { resolve: mixed.resolve })(`http://mixed.example:${port}/`, {
    timeoutMs: 3000,
  });
  assert.equal(Buffer.from(answer.bytes).toString(), 'in');
});

test('DNS rebinding: the checked address is the one that is connected to', async (t) => {
  const { port } = await listen(t, (_request, response) => response.end('secret'));
  // A public address first, loopback at every later look-up.
  const { asked, resolve } = resolverOf(['192.0.2.1'], ['127.0.0.1']);
  const fetchBytes = openFetcher(t, {
    allowPrivate: ['192.0.2.1'],
    resolve,
    connectTimeoutMs: 300,
  });
  const first = await fetchBytes(`http://rebind.example:${port}/`).catch((error: unknown) => error);
  assert.ok(
    first instanceof AppError && ['fetch.timeout', 'fetch.failed'].includes(first.code),
    String(first),
  );
  await fails(fetchBytes(`http://rebind.example:${port}/`), 'fetch.blocked-address');
  assert.equal(asked.length, 2, 'one look-up for each connection, none between check and connect');
});

test('redirects are followed, and the guard stands at every hop', async (t) => {
  const { url, port } = await listen(t, (request, response) => {
    const target = new URL(request.url ?? '/', 'http://x').searchParams.get('to');
    if (target === null) response.end('end');
    else response.writeHead(302, { location: target }).end('moved');
  });
  const fetchBytes = openFetcher(t);
  const to = (target: string) => `${url}/?to=${encodeURIComponent(target)}`;
  const answer = await fetchBytes(to('/end'));
  assert.equal(answer.url, `${url}/end`);
  await fails(fetchBytes(to(`http://127.0.0.2:${port}/`)), 'fetch.blocked-address');
  await fails(fetchBytes(to('http://169.254.169.254/latest/meta-data/')), 'fetch.blocked-address');
  await fails(fetchBytes(to('file:///etc/passwd')), 'fetch.bad-url');
});

test('endless redirects end', async (t) => {
  let requests = 0;
  const { url } = await listen(t, (_request, response) => {
    requests++;
    response.writeHead(301, { location: '/again' }).end();
  });
  await fails(openFetcher(t)(url), 'fetch.failed');
  assert.equal(requests, 6);
});

test('credentials stay with the first origin', async (t) => {
  const seen: IncomingMessage['headers'][] = [];
  const other = await listen(t, (request, response) => {
    seen.push(request.headers);
    response.end('other');
  });
  const first = await listen(t, (request, response) => {
    seen.push(request.headers);
    const location = request.url === '/' ? '/again' : `http://eve:pw@127.0.0.1:${other.port}/`;
    response.writeHead(307, { location }).end();
  });
  const headers = { cookie: 'a=b', 'x-api-key': 'secret' };
  await openFetcher(t)(`http://user:p%40ss@127.0.0.1:${first.port}/`, { headers });
  const [once, again, elsewhere] = seen;
  for (const own of [once, again]) {
    assert.equal(own?.authorization, `Basic ${Buffer.from('user:p@ss').toString('base64')}`);
    assert.equal(own?.['x-api-key'], 'secret');
  }
  for (const name of ['authorization', 'cookie', 'x-api-key'])
    assert.equal(elsewhere?.[name], undefined, name);
});

test('a body above the cap is refused, by its declared length or when it grows past it', async (t) => {
  let written = 0;
  const { url } = await listen(t, (request, response) => {
    if (request.url === '/declared')
      response.writeHead(200, { 'content-length': '20000' }).write('x');
    else if (request.url === '/exact') response.end(Buffer.alloc(10_000));
    else {
      const more = () => {
        written += 1000;
        if (!response.destroyed && response.write(Buffer.alloc(1000))) setImmediate(more);
        else response.once('drain', more);
      };
      more();
    }
  });
  const fetchBytes = openFetcher(t);
  assert.equal((await fetchBytes(`${url}/exact`)).bytes.byteLength, 10_000);
  await fails(fetchBytes(`${url}/declared`), 'fetch.too-large');
  await fails(fetchBytes(`${url}/endless`), 'fetch.too-large');
  assert.ok(written < 50_000_000);
});

test('compressed answers are not opened, other content types are refused when types are asked for', async (t) => {
  const { url } = await listen(t, (request, response) => {
    assert.equal(request.headers['accept-encoding'], 'identity');
    if (request.url === '/gzip') response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    else response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
  });
  const fetchBytes = openFetcher(t);
  await fails(fetchBytes(`${url}/gzip`), 'fetch.failed');
  await fails(fetchBytes(url, { contentTypes: ['image/'] }), 'fetch.failed');
  assert.equal((await fetchBytes(url, { contentTypes: ['image/', 'text/'] })).status, 200);
});

test('a server that is silent, slow with its head or dribbles its body is left in time', async (t) => {
  const { url } = await listen(t, (request, response) => {
    if (request.url === '/silent') return;
    response.writeHead(200).write('x');
    const timer = setInterval(() => response.write('x'), 20);
    response.on('close', () => clearInterval(timer));
  });
  const fetchBytes = openFetcher(t);
  for (const path of ['/silent', '/dribble'])
    await fails(fetchBytes(url + path, { timeoutMs: 200 }), 'fetch.timeout');
});

test('a caller that leaves frees its slot at once; refused connections and cut answers are failures', async (t) => {
  const { url, server } = await listen(t, (request, response) => {
    if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': '100' }).write('x', () => response.destroy());
    } else if (request.url === '/ok') response.end('ok');
  });
  const fetchBytes = openFetcher(t, { perHostMax: 1 });
  const client = new AbortController();
  const waiting = fails(fetchBytes(url, { signal: client.signal }), 'request.cancelled');
  const queued = fails(fetchBytes(url, { signal: client.signal }), 'request.cancelled');
  setTimeout(() => client.abort(), 50);
  await Promise.all([waiting, queued]);
  await fails(fetchBytes(url, { signal: AbortSignal.abort() }), 'request.cancelled');
  assert.equal((await fetchBytes(`${url}/ok`)).status, 200);
  await fails(fetchBytes(`${url}/cut`), 'fetch.failed');
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await fails(fetchBytes(`${url}/ok`), 'fetch.failed');
});

test('no more requests at a time than allowed against one host', async (t) => {
  let [active, most] = [0, 0];
  const { url } = await listen(t, (_request, response) => {
    most = Math.max(most, ++active);
    setTimeout(() => {
      active--;
      response.end('x');
    }, 10);
  });
  const fetchBytes = openFetcher(t, { perHostMax: 3 });
  await Promise.all(Array.from({ length: 20 }, () => fetchBytes(url)));
  assert.equal(most, 3);
});

test('who waits in vain for others at the same host is told so, and that it was not the server', async (t) => {
  const { url } = await listen(t, () => {});
  const fetchBytes = openFetcher(t, { perHostMax: 1 });
  const hanging = fails(fetchBytes(url, { timeoutMs: 400 }), 'fetch.timeout');
  await fails(fetchBytes(url, { timeoutMs: 100 }), 'fetch.busy');
  await hanging;
});

test('the limit of a call holds while it connects, too; a caller that leaves then is let go at once', async (t) => {
  // A name server that is silent is as long a wait as a host that is.
  const fetchBytes = openFetcher(t, { resolve: () => {}, connectTimeoutMs: 60_000 });
  await fails(fetchBytes('http://silent.example/', { timeoutMs: 50 }), 'fetch.timeout');
  const caller = new AbortController();
  const left = fetchBytes('http://silent.example/', { signal: caller.signal, timeoutMs: 60_000 });
  setTimeout(() => caller.abort(), 20);
  await fails(left, 'request.cancelled');
});
