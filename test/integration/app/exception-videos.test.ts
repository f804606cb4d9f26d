/** The videos that say what went wrong, as players ask for them, over real HTTP. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { EXCEPTION_VIDEOS } from '../../../src/lib/exception-videos/messages.ts';
import { rawRequest } from '../../support/http-client.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';

const PATH = '/static/exceptions/torrent_limit.mp4';
const BYTES = readFileSync('assets/exceptions/torrent_limit.mp4');

describe('exception videos', () => {
  let app: RunningApp;
  before(async () => {
    app = await startApp();
  });
  after(async () => {
    await app[Symbol.asyncDispose]();
  });
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    rawRequest(`${app.baseUrl}${path}`, { headers, method });

  test('every one of the table is there, to be kept for long', async () => {
    for (const name of EXCEPTION_VIDEOS) {
      const answer = await get(`/static/exceptions/${name}.mp4`, { 'Accept-Encoding': 'gzip' });
      assert.equal(answer.status, 200, name);
      assert.equal(answer.headers['content-type'], 'video/mp4');
      assert.equal(answer.headers['accept-ranges'], 'bytes');
      assert.equal(answer.headers['content-encoding'], undefined);
      assert.match(String(answer.headers['cache-control']), /public, max-age=\d{6}/);
    }
  });

  test('mpv, which asks from the start, and again at every seek', async () => {
    const first = await get(PATH, { Range: 'bytes=0-', 'Icy-MetaData': '1', Connection: 'close' });
    assert.equal(first.status, 206);
    assert.equal(first.headers['content-range'], `bytes 0-${BYTES.length - 1}/${BYTES.length}`);
    assert.ok(first.body.equals(BYTES));
    const seek = await get(PATH, { Range: 'bytes=20000-', Connection: 'close' });
    assert.equal(seek.headers['content-length'], String(BYTES.length - 20_000));
    assert.ok(seek.body.equals(BYTES.subarray(20_000)));
  });

  test('VLC, which also asks from the very end', async () => {
    const end = await get(PATH, { Range: `bytes=${BYTES.length}-` });
    assert.equal(end.status, 416);
    assert.equal(end.headers['content-range'], `bytes */${BYTES.length}`);
  });

  test('Kodi, which asks with HEAD first, and browsers, which ask for a range of their version', async () => {
    const head = await get(PATH, { Range: 'bytes=0-' }, 'HEAD');
    assert.deepEqual(
      [head.status, head.headers['content-length'], head.body.length],
      [200, String(BYTES.length), 0],
    );
    const etag = String(head.headers.etag);
    const part = await get(PATH, { Range: 'bytes=10-19', 'If-Range': etag });
    assert.deepEqual([part.status, part.headers.etag], [206, etag]);
    assert.ok(part.body.equals(BYTES.subarray(10, 20)));
    const changed = await get(PATH, { Range: 'bytes=10-19', 'If-Range': '"older"' });
    assert.deepEqual([changed.status, changed.body.length], [200, BYTES.length]);
    assert.equal((await get(PATH, { 'If-None-Match': etag })).status, 304);
    assert.equal((await get(PATH, { 'If-None-Match': etag, Range: 'bytes=0-' })).status, 304);
  });

  test('other names are not there', async () => {
    for (const name of ['nothing.mp4', 'torrent_limit', '..%2Ffavicon.svg', '%00', 'constructor'])
      assert.equal((await get(`/static/exceptions/${name}`)).status, 404, name);
  });
});
