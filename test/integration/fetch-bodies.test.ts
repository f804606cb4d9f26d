/** Bodies of other servers: compressed, in pieces, cut, broken, without end; always within time and memory. */
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { brotliCompressSync, createGzip, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import type { FetchOptions } from '../../src/platform/fetch/fetcher.ts';
import { fails, listen, openFetcher } from '../support/fetch-parts.ts';

const MB = 1024 * 1024;
const COMPRESSED: Partial<FetchOptions> = { acceptsCompressed: true, bodyBytesMax: MB };
const TEXT = 'a release title, and another one\n'.repeat(2000);

const BODIES: Readonly<Record<string, readonly [encoding: string, body: Uint8Array]>> = {
  '/gzip': ['gzip', gzipSync(TEXT)],
  '/x-gzip': ['X-GZip', gzipSync(TEXT)],
  '/zlib': ['deflate', deflateSync(TEXT)],
  '/raw': ['deflate', deflateRawSync(TEXT)],
  '/br': ['br', brotliCompressSync(TEXT)],
  '/identity': ['identity', Buffer.from(TEXT)],
  '/members': ['gzip', Buffer.concat([gzipSync(TEXT.slice(0, 500)), gzipSync(TEXT.slice(500))])],
};

const BROKEN: typeof BODIES = {
  '/cut': ['gzip', gzipSync(TEXT).subarray(0, 60)],
  '/plain': ['gzip', Buffer.from(TEXT)],
  '/damaged': ['gzip', damaged(gzipSync(TEXT))],
  '/br-plain': ['br', Buffer.from(TEXT)],
  '/unknown': ['zstd', Buffer.from(TEXT)],
  '/twice': ['gzip, br', brotliCompressSync(gzipSync(TEXT))],
};

function damaged(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes);
  copy.fill(0xff, 20, 40);
  return copy;
}

function answer(bodies: typeof BODIES, path: string | undefined, response: ServerResponse): void {
  const [encoding, body] = bodies[path ?? ''] ?? ['identity', Buffer.alloc(0)];
  response.writeHead(200, { 'content-encoding': encoding, 'content-type': 'Text/XML' }).end(body);
}

test('gzip, deflate in both forms and brotli are asked for and opened', async (t) => {
  const { url } = await listen(t, (request, response) => {
    assert.equal(request.headers['accept-encoding'], 'gzip, deflate, br');
    answer(BODIES, request.url, response);
  });
  const fetchBytes = openFetcher(t);
  for (const path of Object.keys(BODIES)) {
    const { bytes } = await fetchBytes(url + path, COMPRESSED);
    assert.equal(Buffer.from(bytes).toString(), TEXT, path);
  }
});

test('an encoding of nothing is nothing', async (t) => {
  const { url } = await listen(t, (request, response) => {
    const status = request.url === '/204' ? 204 : 200;
    response.writeHead(status, { 'content-encoding': 'gzip' }).end();
  });
  const fetchBytes = openFetcher(t);
  for (const path of ['/204', '/200'])
    assert.equal((await fetchBytes(url + path, COMPRESSED)).bytes.byteLength, 0, path);
});

test('broken and unknown encodings are failures with a reason', async (t) => {
  const { url } = await listen(t, (request, response) => answer(BROKEN, request.url, response));
  const fetchBytes = openFetcher(t, { perHostMax: 1 });
  for (const path of Object.keys(BROKEN))
    await fails(fetchBytes(url + path, COMPRESSED), 'fetch.failed', /compressed/);
});

test('the cap counts what comes out: exactly it passes, one byte more does not', async (t) => {
  const { url } = await listen(t, (request, response) => {
    const body = gzipSync(Buffer.alloc(Number(request.url?.slice(1))));
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(body);
  });
  const fetchBytes = openFetcher(t);
  assert.equal((await fetchBytes(`${url}/${MB}`, COMPRESSED)).bytes.byteLength, MB);
  await fails(fetchBytes(`${url}/${MB + 1}`, COMPRESSED), 'fetch.too-large');
});

test('a gzip bomb is refused, and costs no more memory than a body of the cap', async (t) => {
  const bomb = await bombOf(256 * MB);
  assert.ok(bomb.byteLength < MB / 2, `${bomb.byteLength} bytes`);
  const { url } = await listen(t, (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
  });
  const fetchBytes = openFetcher(t);
  const held = () => process.memoryUsage().arrayBuffers;
  const [before, most] = [held(), { bytes: 0 }];
  const watch = setInterval(() => (most.bytes = Math.max(most.bytes, held() - before)), 1);
  let given = 0;
  await fails(fetchBytes(url, COMPRESSED), 'fetch.too-large');
  const onBody = (piece: Uint8Array) => {
    given += piece.byteLength;
  };
  await fails(fetchBytes(url, { ...COMPRESSED, onBody }), 'fetch.too-large');
  clearInterval(watch);
  assert.ok(most.bytes < 16 * MB, `${most.bytes} bytes`);
  assert.ok(given <= MB, `${given} bytes were handed over`);
});

async function bombOf(bytes: number): Promise<Buffer> {
  const gzip = createGzip();
  const zeros = Buffer.alloc(MB);
  const pieces: Buffer[] = [];
  gzip.on('data', (piece: Buffer) => pieces.push(piece));
  const ended = new Promise((resolve) => gzip.once('end', resolve));
  for (let written = 0; written < bytes; written += MB)
    if (!gzip.write(zeros)) await new Promise((resolve) => gzip.once('drain', resolve));
  gzip.end();
  await ended;
  return Buffer.concat(pieces);
}

test('pieces of a good answer are handed over as they come; other answers are kept whole', async (t) => {
  const gzip = gzipSync(TEXT);
  let more = (): void => {};
  const { url } = await listen(t, (request, response) => {
    if (request.url === '/404') return void response.writeHead(404).end('no such thing');
    response.writeHead(200, { 'content-encoding': 'gzip', 'content-type': 'Text/XML' });
    response.write(gzip.subarray(0, gzip.byteLength / 2));
    more = () => response.end(gzip.subarray(gzip.byteLength / 2));
  });
  const fetchBytes = openFetcher(t);
  const pieces: string[] = [];
  const onBody = (piece: Uint8Array, contentType: string) => {
    assert.equal(contentType, 'text/xml');
    pieces.push(Buffer.from(piece).toString());
    // The rest is sent only now: a piece that waits for the end of the body would never come.
    more();
  };
  const { bytes } = await fetchBytes(url, { ...COMPRESSED, onBody });
  assert.equal(bytes.byteLength, 0);
  assert.equal(pieces.join(''), TEXT);
  assert.ok(pieces.length > 1);
  const missing = await fetchBytes(`${url}/404`, { ...COMPRESSED, onBody });
  assert.equal(Buffer.from(missing.bytes).toString(), 'no such thing');
});

test('what onBody throws ends the call, and the place is free again', async (t) => {
  const { url } = await listen(t, (request, response) => {
    if (request.url === '/ok') return void response.end('ok');
    response.write('x');
    const timer = setInterval(() => response.write('x'), 5);
    response.on('close', () => clearInterval(timer));
  });
  const fetchBytes = openFetcher(t, { perHostMax: 1 });
  const onBody = () => {
    throw new RangeError('no XML');
  };
  for (let i = 0; i < 3; i++)
    await assert.rejects(fetchBytes(url, { ...COMPRESSED, onBody }), RangeError);
  assert.equal((await fetchBytes(`${url}/ok`)).status, 200);
});

test('compressed bodies that drip, stop, or are cut end in time', async (t) => {
  const gzip = gzipSync(Buffer.from(Array.from({ length: 20_000 }, () => Math.random() * 256)));
  const { url } = await listen(t, (request, response) => {
    const headers = { 'content-encoding': 'gzip', 'content-length': String(gzip.byteLength) };
    response.writeHead(200, headers).write(gzip.subarray(0, 100));
    let at = 100;
    const drip = () => response.write(gzip.subarray(at, ++at));
    const timer = request.url === '/drip' ? setInterval(drip, 10) : undefined;
    response.on('close', () => clearInterval(timer));
    if (request.url === '/cut') setTimeout(() => response.destroy(), 20);
    if (request.url === '/reset') setTimeout(() => response.socket?.resetAndDestroy(), 20);
  });
  const fetchBytes = openFetcher(t, { perHostMax: 1 });
  for (const path of ['/drip', '/stop'])
    await fails(fetchBytes(url + path, { ...COMPRESSED, timeoutMs: 200 }), 'fetch.timeout');
  for (const path of ['/cut', '/reset'])
    await fails(fetchBytes(url + path, COMPRESSED), 'fetch.failed', /closed the connection/);
});
