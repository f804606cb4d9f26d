/** Protects what every answer carries, whatever its status, as seen on the wire. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { AppError } from '../../src/lib/errors.ts';
import { TIER_L1, TIER_REUSE } from '../../src/http/route.ts';
import { RawConnection, rawExchange, type RawResponse } from '../support/raw-connection.ts';
import { compressibleText, startToyServer, text, type ToyServer } from '../support/toy-server.ts';

const BODY = compressibleText(20_000);
const PAGE = text(BODY);
const HOSTILE_HEADERS = ['X-A', 'b\r\nX-Evil: 1\r\n\r\nbody', 'bad name', 'x', 'X-Emoji', '🎬é'];
const PICTURE = text(BODY, { compressible: false });

describe('responses', () => {
  let server: ToyServer;
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    rawExchange(server.port, method, path, headers);
  const errorOf = (answer: RawResponse) =>
    (
      JSON.parse(answer.body.toString()) as {
        error: { code: string; field?: string; requestId: string };
      }
    ).error;

  before(async () => {
    server = await startToyServer({
      '/page': (request) => {
        request.tiers |= TIER_L1 | TIER_REUSE;
        return PAGE;
      },
      '/page-later': () => Promise.resolve(PAGE),
      '/query': (request) => text(request.query),
      '/query-later': (request) => Promise.resolve().then(() => text(request.query)),
      '/picture': () => PICTURE,
      '/empty': () => text(''),
      '/away': () => ({ status: 307, representation: null, headers: ['Location', '/page'] }),
      '/nothing': () => ({ status: 204, representation: null }),
      '/hostile': () => ({ ...PAGE, headers: HOSTILE_HEADERS }),
      '/unavailable': () => text('not now', { status: 503 }),
      '/missing': () => {
        throw new AppError('media.not-found', 'no film has this id', { field: 'id' });
      },
      '/bug': () => {
        throw new TypeError('secret detail');
      },
      '/bug-later': async () => await Promise.reject(new TypeError('secret detail')),
      '/echo/:first/:second': (request) =>
        text(JSON.stringify([request.method, request.path, ...request.parameters])),
    });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  test('every status has open CORS, a request id and both timings', async () => {
    const paths = [
      '/page',
      '/page-later',
      '/away',
      '/nothing',
      '/missing',
      '/bug',
      '/bug-later',
      '/no-such-path',
      '/unavailable',
    ];
    for (const path of paths) {
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'BREW']) {
        const { headers, status } = await get(path, {}, method);
        const what = `${method} ${path} ${status}`;
        assert.equal(headers.get('access-control-allow-origin'), '*', what);
        assert.match(headers.get('x-request-id') ?? '', /^[\w-]{8,128}$/, what);
        assert.match(headers.get('x-process-time') ?? '', /^\d+\.\d{4} seconds$/, what);
        assert.match(headers.get('server-timing') ?? '', /total;dur=\d+\.\d\d$/, what);
        assert.equal(headers.has('uwebsockets'), false, what);
        assert.ok(headers.has('date'), what);
      }
    }
  });

  test('Server-Timing names the tiers touched', async () => {
    assert.match((await get('/page')).headers.get('server-timing') ?? '', /^l1, reuse, total;dur=/);
  });

  test('HEAD has the headers of GET, its length and no body; the connection goes on', async () => {
    await using connection = await RawConnection.open(server.port);
    for (const path of [
      '/page',
      '/page-later',
      '/picture',
      '/empty',
      '/away',
      '/missing',
      '/no-such-path',
    ]) {
      connection.request('GET', path);
      const full = await connection.response();
      connection.request('HEAD', path);
      const head = await connection.response({ bodiless: true });
      assert.equal(head?.status, full?.status, path);
      for (const name of [
        'content-type',
        'etag',
        'cache-control',
        'vary',
        'location',
        'content-length',
      ]) {
        assert.equal(head?.headers.get(name), full?.headers.get(name), `${path} ${name}`);
      }
    }
  });

  test('OPTIONS answers preflights of known paths', async () => {
    const preflight = { Origin: 'https://app.example', 'Access-Control-Request-Method': 'GET' };
    const { status, headers } = await get('/page', preflight, 'OPTIONS');
    assert.equal(status, 200);
    assert.equal(headers.get('access-control-allow-methods'), 'GET, HEAD, OPTIONS');
    assert.equal(headers.get('access-control-allow-headers'), '*');
    assert.equal((await get('/no-such-path', {}, 'OPTIONS')).status, 404);
  });

  test('other methods get 405 with Allow, unknown paths 404, both as JSON', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'TRACE', 'get']) {
      const answer = await get('/page', {}, method);
      assert.equal(answer.status, 405, method);
      assert.equal(answer.headers.get('allow'), 'GET, HEAD, OPTIONS');
      assert.equal(errorOf(answer).code, 'request.method-not-allowed');
    }
    const unknown = ['/no-such-path', '/page/x', '/Page', '/echo/a', '/echo/a/b/c', '/page%2f'];
    for (const path of unknown) {
      const answer = await get(path);
      assert.equal(answer.status, 404, path);
      assert.equal(errorOf(answer).requestId, answer.headers.get('x-request-id'));
      assert.equal(answer.headers.get('cache-control'), 'no-store');
    }
  });

  test('a long query is 414 where it is read, and of no matter elsewhere, at once or later', async () => {
    const long = 'x'.repeat(6000);
    for (const path of ['/query', '/query-later']) {
      assert.equal((await get(`${path}?a=1`)).body.toString(), 'a=1');
      const answer = await get(`${path}?${long}`);
      assert.equal(answer.status, 414, path);
      assert.deepEqual(
        [errorOf(answer).code, errorOf(answer).field],
        ['request.too-long', 'query'],
      );
    }
    for (const path of ['/page', '/page-later'])
      assert.equal((await get(`${path}?${long}`)).status, 200, path);
  });

  test('parameters come as sent; bad percent-encoding is 400, a long path 414', async () => {
    const echo = JSON.parse((await get('/echo/a%20b/%E2%82%AC?c')).body.toString()) as unknown;
    assert.deepEqual(echo, ['GET', '/echo/a%20b/%E2%82%AC', 'a%20b', '%E2%82%AC']);
    for (const bad of ['/echo/%/b', '/echo/%E0%A4%A/b', '/echo/%zz/b', '/echo/%ff/b']) {
      const answer = await get(bad);
      assert.equal(answer.status, 400, bad);
      assert.equal(errorOf(answer).code, 'request.bad-path');
    }
    for (const long of [`/echo/${'x'.repeat(6000)}/b`, `/${'x'.repeat(10_000)}`]) {
      const answer = await get(long);
      assert.equal(answer.status, 414, long.slice(0, 20));
      assert.equal(errorOf(answer).code, 'request.too-long');
    }
  });

  test('a valid X-Request-Id is kept, any other replaced', async () => {
    for (const path of ['/page', '/page-later', '/missing']) {
      assert.equal(
        (await get(path, { 'X-Request-Id': 'mine.1-2_3' })).headers.get('x-request-id'),
        'mine.1-2_3',
      );
      for (const hostile of ['a b', '<script>', 'x'.repeat(200), 'a;b']) {
        assert.notEqual(
          (await get(path, { 'X-Request-Id': hostile })).headers.get('x-request-id'),
          hostile,
        );
      }
    }
  });

  test('header values cannot split the response, bad names are left out', async () => {
    await using connection = await RawConnection.open(server.port);
    connection.request('GET', '/hostile');
    const answer = await connection.response();
    assert.equal(answer?.headers.get('x-a'), 'bX-Evil: 1body');
    assert.equal(answer?.headers.has('x-evil'), false);
    assert.equal(answer?.headers.has('bad name'), false);
    assert.equal(answer?.body.toString(), BODY);
  });

  test('each encoding: its bytes, its strong ETag, Vary; 304 for it alone', async () => {
    const decoders = {
      identity: (bytes: Buffer) => bytes,
      gzip: gunzipSync,
      br: brotliDecompressSync,
    } as const;
    const etags = new Map<string, string>();
    for (const path of ['/page', '/page-later']) {
      for (const encoding of ['identity', 'gzip', 'br'] as const) {
        const { headers, body, status } = await get(path, { 'Accept-Encoding': encoding });
        assert.equal(status, 200);
        assert.equal(
          headers.get('content-encoding'),
          encoding === 'identity' ? undefined : encoding,
        );
        assert.equal(decoders[encoding](body).toString(), BODY);
        assert.equal(headers.get('vary'), 'Accept-Encoding');
        assert.equal(headers.get('content-length'), String(body.length));
        etags.set(encoding, headers.get('etag') ?? '');
      }
    }
    assert.equal(new Set(etags.values()).size, 3);
    for (const [encoding, etag] of etags) {
      for (const header of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
        for (const method of ['GET', 'HEAD']) {
          const answer = await get(
            '/page',
            { 'Accept-Encoding': encoding, 'If-None-Match': header },
            method,
          );
          assert.equal(answer.status, 304, `${encoding} ${header}`);
          assert.equal(answer.headers.get('etag'), etag);
          assert.equal(answer.headers.get('vary'), 'Accept-Encoding');
          assert.equal(answer.headers.get('cache-control'), 'public, max-age=60');
          assert.equal(answer.headers.has('content-type'), false);
        }
      }
      for (const [other, otherEtag] of etags) {
        if (other === encoding) continue;
        assert.equal(
          (await get('/page', { 'Accept-Encoding': encoding, 'If-None-Match': otherEtag })).status,
          200,
        );
      }
    }
  });

  test('a 304 leaves the connection usable, also in a long row of them', async () => {
    await using connection = await RawConnection.open(server.port);
    const etag = (await get('/page')).headers.get('etag') ?? '';
    for (let round = 0; round < 300; round += 1) {
      connection.request(round % 2 === 0 ? 'GET' : 'HEAD', '/page', { 'If-None-Match': etag });
      assert.equal((await connection.response({ bodiless: true }))?.status, 304);
    }
    connection.request('GET', '/page');
    assert.equal((await connection.response())?.body.toString(), BODY);
  });

  test('what is compressed already is left alone and does not vary', async () => {
    const { headers, body } = await get('/picture', { 'Accept-Encoding': 'gzip, br' });
    assert.equal(headers.has('content-encoding') || headers.has('vary'), false);
    assert.equal(body.toString(), BODY);
  });

  test('only 200 is conditional', async () => {
    assert.equal((await get('/unavailable', { 'If-None-Match': '*' })).status, 503);
  });

  test('failures: the code for clients, the cause for the log only', async () => {
    const missing = await get('/missing');
    assert.equal(missing.status, 404);
    const { code, field } = errorOf(missing);
    assert.deepEqual([code, field], ['media.not-found', 'id']);
    assert.equal(missing.headers.get('cache-control'), 'public, max-age=10');
    for (const path of ['/bug', '/bug-later']) {
      const logged = server.logged.length;
      const answer = await get(path);
      assert.equal(answer.status, 503, path);
      assert.ok(Number(answer.headers.get('retry-after')) > 0);
      assert.doesNotMatch(answer.body.toString(), /secret|TypeError|stack/);
      const [line] = server.logged.slice(logged);
      assert.equal(line?.level, 'error');
      assert.equal(line.fields['requestId'], answer.headers.get('x-request-id'));
      assert.equal(line.fields['route'], path);
      assert.match(String(line.fields['error']), /secret detail/);
    }
  });
});
