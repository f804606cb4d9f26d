/** Methods, bodies and credentials over redirects; redirects as answers. */
import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { test, type TestContext } from 'node:test';
import { mayCarryCredentials } from '../../src/platform/fetch/target.ts';
import { fails, listen, openFetcher } from '../support/fetch-parts.ts';

/** A server that redirects as `/?status=307&to=…` says, and echoes what reaches it elsewhere. */
async function redirector(t: TestContext) {
  const seen: { method: string | undefined; body: string; headers: IncomingMessage['headers'] }[] =
    [];
  const listening = await listen(t, (request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://x');
    const to = searchParams.get('to');
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      if (to !== null)
        return void response.writeHead(Number(searchParams.get('status')), { location: to }).end();
      seen.push({ method: request.method, body, headers: request.headers });
      response.end('end');
    });
  });
  const by = (status: number, to: string) =>
    `${listening.url}/?status=${status}&to=${encodeURIComponent(to)}`;
  return { ...listening, seen, by };
}

test('307 and 308 keep method and body, the others become a GET', async (t) => {
  const { seen, by } = await redirector(t);
  const fetchBytes = openFetcher(t);
  for (const status of [301, 302, 303, 307, 308])
    await fetchBytes(by(status, '/end'), { method: 'PUT', body: 'what was sent' });
  assert.deepEqual(
    seen.map(({ method, body }) => [method, body]),
    [
      ['GET', ''],
      ['GET', ''],
      ['GET', ''],
      ['PUT', 'what was sent'],
      ['PUT', 'what was sent'],
    ],
  );
});

test('what only asks stays what it is', async (t) => {
  const { seen, by } = await redirector(t);
  const fetchBytes = openFetcher(t);
  for (const method of ['HEAD', 'PROPFIND'] as const)
    for (const status of [301, 302, 303, 307, 308])
      await fetchBytes(by(status, '/end'), { method });
  assert.deepEqual(
    seen.map(({ method }) => method),
    ['HEAD', 'PROPFIND'].flatMap((method) => Array.from({ length: 5 }, () => method)),
  );
});

test('what was sent goes to no other server', async (t) => {
  const first = await redirector(t);
  const other = await redirector(t);
  const fetchBytes = openFetcher(t);
  const secret = { method: 'POST', body: 'apikey=secret' } as const;
  await fails(fetchBytes(first.by(307, other.url), secret), 'fetch.failed', /another server/);
  await fetchBytes(first.by(303, other.url), secret);
  assert.deepEqual(
    other.seen.map(({ method, body }) => [method, body]),
    [['GET', '']],
  );
});

test('credentials that were dropped once stay dropped, also back on the first server', async (t) => {
  const first = await redirector(t);
  const other = await redirector(t);
  const there = other.by(302, `${first.url}/end`);
  await openFetcher(t)(first.by(302, there), { headers: { 'X-API-Key': 'secret' } });
  assert.equal(first.seen[0]?.headers['x-api-key'], undefined);
  await openFetcher(t)(first.by(302, '/end'), { headers: { 'X-API-Key': 'secret' } });
  assert.equal(first.seen[1]?.headers['x-api-key'], 'secret');
});

test('credentials go along to the same origin and from http to https of the same name only', () => {
  const may = (from: string, to: string) => mayCarryCredentials(new URL(from), new URL(to));
  assert.equal(may('http://a.example/x', 'http://a.example/y'), true);
  assert.equal(may('http://a.example/', 'https://a.example/'), true);
  assert.equal(may('https://a.example/', 'http://a.example/'), false);
  assert.equal(may('http://a.example:8080/', 'https://a.example/'), false);
  assert.equal(may('http://a.example/', 'https://a.example:8443/'), false);
  assert.equal(may('http://a.example/', 'https://b.example/'), false);
  assert.equal(may('https://a.example/', 'https://a.example:444/'), false);
});

test('a redirect as an answer: its target may be no address of ours at all', async (t) => {
  const { by } = await redirector(t);
  const fetchBytes = openFetcher(t);
  const magnet = 'magnet:?xt=urn:btih:dd8255ecdc7ca55fb0bbf81323d87062db1f6d1c';
  const answer = await fetchBytes(by(302, magnet), { manualRedirect: true });
  assert.deepEqual([answer.status, answer.header('location')], [302, magnet]);
  assert.equal(answer.bytes.byteLength, 0);
  await fails(fetchBytes(by(302, magnet)), 'fetch.bad-url');
});

test('loops end after five redirects, over two servers too', async (t) => {
  let requests = 0;
  const urls: string[] = [];
  const bounce = async (other: number) => {
    const { url } = await listen(t, (_request, response) => {
      requests++;
      response.writeHead(302, { location: urls[other] }).end();
    });
    urls.push(url);
  };
  await bounce(1);
  await bounce(0);
  await fails(openFetcher(t)(urls[0] ?? ''), 'fetch.failed', /redirects/);
  assert.equal(requests, 6);
});

test('headers that would end their line, and broken credentials in an address, are refused unsent', async (t) => {
  const { url, port, seen } = await redirector(t);
  const fetchBytes = openFetcher(t);
  const bad = [
    { 'x-key': 'a\r\nhost: evil' },
    { 'x-key': 'a\nb' },
    { 'x-key': 'a\0' },
    { 'x-key': 'schlüssel→' },
    { 'x key': 'a' },
    { '': 'a' },
  ];
  for (const headers of bad)
    await assert.doesNotReject(
      fails(fetchBytes(url, { headers }), 'fetch.bad-header'),
      JSON.stringify(headers),
    );
  await fails(fetchBytes(`http://us%er:x@127.0.0.1:${port}/`), 'fetch.bad-url', /percent-encoded/);
  assert.equal(seen.length, 0);
});
