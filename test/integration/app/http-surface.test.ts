/** What clients and caches rely on, over real HTTP, in every mode the product runs in. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { jsonOf, rawRequest } from '../../support/http-client.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';

const BUNNY = 'tt1254207';
const ROUTES = [
  '/manifest.json',
  '/catalog/movie/latest.json',
  '/catalog/movie/latest/skip=20.json',
  `/meta/movie/${BUNNY}.json`,
  `/stream/movie/${BUNNY}.json`,
  '/stream/series/sl:why-we-fight:1:1.json',
  `/poster/movie/${BUNNY}.jpg`,
  '/health',
  '/ready',
];

for (const mode of appModes()) {
  describe(`HTTP surface, ${mode}`, () => {
    let app: RunningApp;
    before(async () => {
      app = await startApp({ mode });
    });
    after(async () => {
      await app[Symbol.asyncDispose]();
    });
    const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
      rawRequest(`${app.baseUrl}${path}`, { headers, method });

    test('every route answers GET and HEAD alike, with open CORS and a request id', async () => {
      for (const path of ROUTES) {
        const answer = await get(path);
        assert.equal(answer.status, 200, `${path}: ${answer.body.toString().slice(0, 300)}`);
        const head = await get(path, {}, 'HEAD');
        assert.equal(head.status, 200, path);
        assert.equal(head.body.length, 0, path);
        assert.equal(head.headers['content-length'], String(answer.body.length), path);
        assert.equal(head.headers['content-type'], answer.headers['content-type'], path);
        assert.equal(answer.headers['access-control-allow-origin'], '*', path);
        assert.match(String(answer.headers['x-request-id']), /^[\w-]{8,128}$/, path);
        assert.match(String(answer.headers['x-process-time']), /^\d+\.\d+ seconds$/, path);
        assert.ok(answer.headers['server-timing'], path);
      }
    });

    test('OPTIONS answers a preflight with CORS headers', async () => {
      for (const path of ROUTES) {
        const answer = await get(
          path,
          { Origin: 'https://web.stremio.com', 'Access-Control-Request-Method': 'GET' },
          'OPTIONS',
        );
        assert.ok(answer.status === 200 || answer.status === 204, path);
        assert.equal(answer.headers['access-control-allow-origin'], '*');
        assert.match(String(answer.headers['access-control-allow-methods']), /GET/);
      }
    });

    test('a strong ETag per encoding answers If-None-Match with 304', async () => {
      const path = '/catalog/movie/latest.json';
      const etags = new Set<string>();
      const plain = (await get(path)).body.toString();
      const decoders = {
        identity: (body: Buffer) => body,
        gzip: gunzipSync,
        br: brotliDecompressSync,
      };
      for (const encoding of ['identity', 'gzip', 'br'] as const) {
        const answer = await get(path, { 'Accept-Encoding': encoding });
        assert.equal(
          answer.headers['content-encoding'],
          encoding === 'identity' ? undefined : encoding,
        );
        assert.equal(decoders[encoding](answer.body).toString(), plain);
        assert.match(String(answer.headers.vary), /accept-encoding/i);
        const etag = String(answer.headers.etag);
        assert.match(etag, /^"[^"]+"$/);
        etags.add(etag);
        const cached = await get(path, { 'Accept-Encoding': encoding, 'If-None-Match': etag });
        assert.equal(cached.status, 304);
        assert.equal(cached.headers.etag, etag);
        assert.equal(cached.body.length, 0);
        assert.equal(cached.headers['access-control-allow-origin'], '*');
      }
      assert.equal(etags.size, 3);
    });

    test('Cache-Control fits each resource', async () => {
      const policy = async (path: string) => String((await get(path)).headers['cache-control']);
      for (const path of ['/catalog/movie/latest.json', `/meta/movie/${BUNNY}.json`]) {
        assert.match(
          await policy(path),
          /public.*stale-while-revalidate=\d+.*stale-if-error=\d+/,
          path,
        );
      }
      assert.match(await policy(`/stream/movie/${BUNNY}.json`), /public/);
      for (const path of ['/', '/health', '/ready'])
        assert.equal(await policy(path), 'no-store', path);
      for (const path of [
        '/stream/movie/tt9999999.json',
        '/catalog/movie/latest/search=zzzzqqqq.json',
      ]) {
        const [, seconds = '999'] = /max-age=(\d+)/.exec(await policy(path)) ?? [];
        assert.ok(Number(seconds) <= 10, `${path}: ${await policy(path)}`);
      }
    });

    test('a valid X-Request-Id is kept, a hostile one replaced', async () => {
      assert.equal(
        (await get('/health', { 'X-Request-Id': 'abc-DEF-1234567890' })).headers['x-request-id'],
        'abc-DEF-1234567890',
      );
      const hostile = (await get('/health', { 'X-Request-Id': 'a b<script>' })).headers[
        'x-request-id'
      ];
      assert.doesNotMatch(String(hostile), /script/);
    });

    test('unknown ids: an empty list for streams and catalogues, 404 for meta and posters', async () => {
      assert.deepEqual(jsonOf(await get('/stream/movie/tt9999999.json')), { streams: [] });
      assert.deepEqual(jsonOf(await get('/catalog/movie/no-such-catalog.json')), { metas: [] });
      for (const path of ['/meta/movie/tt9999999.json', '/poster/movie/tt9999999.jpg']) {
        const answer = await get(path);
        assert.equal(answer.status, 404, path);
        assert.equal(answer.headers['access-control-allow-origin'], '*');
        assert.match(answer.body.toString(), /media\.not-found/);
      }
    });

    test('malformed input is a 400 that names the field; nothing is a 5xx', async () => {
      const cases: [path: string, status: number, field: RegExp][] = [
        ['/stream/film/tt1254207.json', 400, /"type"/],
        ['/stream/movie/xx!!.json', 400, /"id"/],
        ['/stream/series/tt1748166.json', 400, /"id"/],
        ['/stream/series/tt1748166:one:2.json', 400, /"id"/],
        ['/stream/movie/%E0%A4%A.json', 400, /./],
        ['/meta/movie/%00.json', 400, /"id"/],
        ['/catalog/movie/latest/skip=minus.json', 400, /skip/],
        ['/catalog/movie/latest/colour=red.json', 400, /extra/],
        ['/poster/movie/tt1254207.jpg?format=bmp', 400, /format/],
        ['/nothing/here', 404, /./],
        ['/stream/movie/tt1254207.xml', 404, /./],
        [`/stream/movie/${'t'.repeat(6000)}.json`, 414, /./],
      ];
      for (const [path, status, field] of cases) {
        const answer = await get(path);
        assert.equal(
          answer.status,
          status,
          `${path.slice(0, 60)}: ${answer.body.toString().slice(0, 200)}`,
        );
        assert.match(answer.body.toString(), field, path.slice(0, 60));
        assert.equal(answer.headers['access-control-allow-origin'], '*', path.slice(0, 60));
      }
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
        const answer = await get('/manifest.json', {}, method);
        assert.equal(answer.status, 405, method);
        assert.match(String(answer.headers.allow), /GET/);
      }
    });

    test('the root is a page to a browser and the manifest to a client; no cache mixes them up', async () => {
      const manifest = (await get('/manifest.json')).body.toString();
      for (const accept of [undefined, '*/*', 'application/json']) {
        const answer = await get('/', accept === undefined ? {} : { Accept: accept });
        assert.deepEqual([answer.status, answer.body.toString()], [200, manifest], accept);
        assert.match(String(answer.headers['content-type']), /^application\/json/);
        assert.match(String(answer.headers.vary), /\baccept\b(?!-)/i);
      }
      const page = await get('/', { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' });
      assert.match(String(page.headers['content-type']), /^text\/html/);
      assert.match(String(page.headers.vary), /\baccept\b(?!-)/i);
      assert.match(
        String(page.headers['content-security-policy']),
        /^default-src 'none'; style-src 'sha256-/,
      );
      assert.doesNotMatch(page.body.toString(), /<script/);
      assert.equal((await get('/', { Accept: 'text/html' }, 'HEAD')).status, 200);
    });

    test('a doubled slash and one at the end lead to what was meant, never elsewhere', async () => {
      for (const [untidy, meant] of [
        ['//manifest.json', '/manifest.json'],
        ['//configure', '/configure'],
        ['/configure/', '/configure'],
        ['/S-x//configure/', '/S-x/configure'],
        [`/stream//movie///${BUNNY}.json?a=1`, `/stream/movie/${BUNNY}.json?a=1`],
        ['//', '/'],
        ['//evil.example/x/', '/evil.example/x'],
      ] as const) {
        const answer = await get(untidy, { Host: 'evil.example' });
        assert.equal(answer.status, 307, untidy);
        // Behind a proxy that takes a path away, what was meant is below that path.
        for (const base of [app.baseUrl, 'https://example.org/sluice']) {
          assert.equal(
            new URL(answer.headers.location ?? '', `${base}${untidy}`).href,
            `${base}${meant}`,
          );
        }
        assert.equal(answer.headers['access-control-allow-origin'], '*');
      }
      const followed = await fetch(`${app.baseUrl}//stream/movie/${BUNNY}.json`);
      assert.ok(
        ((await followed.json()) as { readonly streams: readonly unknown[] }).streams.length > 0,
      );
    });

    test('a logo and icons are there, and the manifest names the logo', async () => {
      const { logo } = jsonOf(await get('/manifest.json')) as { readonly logo: string };
      assert.equal(logo, `${app.baseUrl}/logo.png`);
      for (const [path, type, start] of [
        ['/logo.png', 'image/png', '89504e47'],
        ['/favicon.ico', 'image/x-icon', '00000100'],
        ['/favicon.svg', 'image/svg+xml', '3c737667'],
      ] as const) {
        const answer = await get(path);
        assert.deepEqual(
          [
            answer.status,
            answer.headers['content-type'],
            answer.body.subarray(0, 4).toString('hex'),
          ],
          [200, type, start],
        );
      }
    });

    test('a torrent and a direct stream carry what a client needs', async () => {
      const { streams } = jsonOf(await get(`/stream/movie/${BUNNY}.json`)) as {
        streams: Record<string, unknown>[];
      };
      const torrent = streams.find((stream) => 'infoHash' in stream);
      assert.equal(torrent?.['infoHash'], 'dd8255ecdc7ca55fb0bbf81323d87062db1f6d1c');
      assert.ok((torrent['sources'] as string[]).some((source) => source.startsWith('tracker:')));
      assert.ok((torrent['sources'] as string[]).some((source) => source.startsWith('dht:')));
      assert.ok(streams.some((stream) => String(stream['url']).startsWith('https://')));
      for (const stream of streams) {
        assert.equal(typeof stream['name'], 'string');
        assert.equal(typeof stream['description'], 'string');
        assert.equal(
          typeof (stream['behaviorHints'] as Record<string, unknown>)['bingeGroup'],
          'string',
        );
      }
    });

    test('posters are 300 × 450 JPEG, WebP and AVIF on request', async () => {
      const jpeg = await get(`/poster/movie/${BUNNY}.jpg`, { Accept: 'image/webp,*/*' });
      assert.equal(jpeg.headers['content-type'], 'image/jpeg');
      assert.equal(jpeg.body.readUInt16BE(0), 0xffd8);
      assert.doesNotMatch(String(jpeg.headers.vary), /accept(?!-encoding)/i);
      const webp = await get(`/poster/movie/${BUNNY}.jpg?format=webp`);
      assert.equal(webp.headers['content-type'], 'image/webp');
      const avif = await get(`/poster/movie/${BUNNY}.jpg?format=avif`);
      assert.equal(avif.headers['content-type'], 'image/avif');
    });
  });
}
