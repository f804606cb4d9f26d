/** Protects answers whose bytes lie in a buffer that is used again: no client ever reads another one's body. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { after, before, describe, test } from 'node:test';
import { jsonReply } from '../../src/http/json-reply.ts';
import type { Reply } from '../../src/http/route.ts';
import { BufferPool } from '../../src/lib/json/lent-bytes.ts';
import { RawConnection } from '../support/raw-connection.ts';
import { startToyServer, type ToyServer } from '../support/toy-server.ts';

/** More than the sockets between us take at once. */
const LARGE_BYTES = 8 * 1024 * 1024;
const SMALL_BYTES = 20_000;

describe('lent bodies', () => {
  let server: ToyServer;
  let cameBack = 0;
  class CountingPool extends BufferPool {
    override keep(buffer: Buffer): void {
      cameBack++;
      super.keep(buffer);
    }
  }
  const pool = new CountingPool({ bytes: LARGE_BYTES, keptBytesMax: LARGE_BYTES, sparesMax: 16 });

  /** The letter of the path, many times. */
  function lent(path: string, bytes: number, isForFew = false): Reply {
    const [letter = '?'] = path.slice(-1);
    const buffer = pool.take().fill(letter, 0, bytes);
    return jsonReply(pool.lend(buffer, bytes), 'no-store', { version: letter, isForFew });
  }

  before(async () => {
    server = await startToyServer({
      '/large/:letter': ({ path }) => lent(path, LARGE_BYTES),
      '/small/:letter': ({ path }) => lent(path, SMALL_BYTES),
      '/few/:letter': ({ path }) => lent(path, SMALL_BYTES, true),
      '/large-few/:letter': ({ path }) => lent(path, LARGE_BYTES, true),
      '/later/:letter': async ({ path }) => {
        const reply = lent(path, SMALL_BYTES);
        await sleep(Math.random() * 5);
        return reply;
      },
    });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  /** Asks on a connection of its own, reads nothing for a while, then all. */
  async function ask(
    path: string,
    pauseMs: number,
    headers: Readonly<Record<string, string>> = {},
    method = 'GET',
  ) {
    await using connection = await RawConnection.open(server.port);
    if (pauseMs > 0) connection.socket.pause();
    connection.request(method, path, headers);
    await sleep(pauseMs);
    connection.socket.resume();
    const response = await connection.response({ bodiless: method === 'HEAD' });
    return response ?? assert.fail('no answer');
  }

  const isAll = (body: Buffer, letter: string, bytes: number) =>
    body.equals(Buffer.alloc(bytes, letter));

  test('slow readers, quick ones, answers that wait and compressed ones: everyone has their own', async () => {
    const before = cameBack;
    const asked = 'abcdefghij'
      .split('')
      .flatMap((letter, index) => [
        ask(`/large/${letter}`, 50 + 10 * index).then(({ body }) =>
          isAll(body, letter, LARGE_BYTES),
        ),
        ask(`/later/${letter}`, 0).then(({ body }) => isAll(body, letter, SMALL_BYTES)),
        ask(`/small/${letter}`, 0).then(({ body }) => isAll(body, letter, SMALL_BYTES)),
        ask(`/small/${letter}`, 5 * index, { 'Accept-Encoding': 'gzip' }).then(({ body }) =>
          isAll(gunzipSync(body), letter, SMALL_BYTES),
        ),
      ]);
    assert.ok((await Promise.all(asked)).every(Boolean));
    assert.equal(cameBack - before, asked.length, 'every buffer came back');
  });

  test('HEAD and 304 give their buffer back; a client that goes away keeps it, and nobody is harmed', async () => {
    const before = cameBack;
    assert.equal(
      (await ask('/small/a', 0, {}, 'HEAD')).headers.get('content-length'),
      String(SMALL_BYTES),
    );
    assert.equal((await ask('/small/a', 0, { 'If-None-Match': '"a"' })).status, 304);
    assert.equal(cameBack - before, 2);
    const gone = await RawConnection.open(server.port);
    gone.socket.pause();
    gone.request('GET', '/large/g');
    await sleep(50);
    await gone[Symbol.asyncDispose]();
    const letters = 'klmnopqrstuvwxyz'.split('');
    const bodies = await Promise.all(letters.map((letter) => ask(`/large/${letter}`, 0)));
    assert.ok(
      letters.every((letter, index) =>
        isAll(bodies[index]?.body ?? Buffer.alloc(0), letter, LARGE_BYTES),
      ),
    );
    assert.equal(cameBack - before, 2 + letters.length);
  });

  test('a small body for few clients is compressed before the handler returns, under an ETag of its own', async () => {
    const before = cameBack;
    const letters = 'abcdefgh'.split('');
    const answers = await Promise.all(
      letters.map((letter) => ask(`/few/${letter}`, 0, { 'Accept-Encoding': 'gzip' })),
    );
    for (const [index, { headers, body }] of answers.entries()) {
      const letter = letters[index] ?? '';
      assert.equal(headers.get('content-encoding'), 'gzip');
      assert.equal(headers.get('etag'), `"${letter}-gz1"`);
      assert.equal(headers.get('vary'), 'Accept-Encoding');
      assert.ok(isAll(gunzipSync(body), letter, SMALL_BYTES));
    }
    const again = await ask('/few/a', 0, { 'Accept-Encoding': 'gzip', 'If-None-Match': '"a-gz1"' });
    assert.deepEqual([again.status, again.headers.get('etag')], [304, '"a-gz1"']);
    assert.equal(
      (await ask('/few/a', 0, { 'Accept-Encoding': 'gzip', 'If-None-Match': '"b-gz1"' })).status,
      200,
    );
    assert.equal(cameBack - before, letters.length + 2);
  });

  test('a large body for few clients is compressed by another thread, as for many', async () => {
    const { headers, body } = await ask('/large-few/z', 0, { 'Accept-Encoding': 'gzip' });
    assert.equal(headers.get('etag'), '"z-gz"');
    assert.ok(isAll(gunzipSync(body), 'z', LARGE_BYTES));
  });
});
