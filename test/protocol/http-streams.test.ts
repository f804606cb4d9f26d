/** Bodies that are made while they go out: whole and in order, at the reader's pace, broken off in the open, and let go of. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { CancelSignal } from '../../src/lib/async/cancel.ts';
import { AppError } from '../../src/lib/errors.ts';
import { untilCancelled } from '../../src/lib/async/wait.ts';
import type { BodySource, Reply } from '../../src/http/route.ts';
import { rawRequest } from '../support/http-client.ts';
import { eventually } from '../support/processes.ts';
import { RawConnection } from '../support/raw-connection.ts';
import { startToyServer, text, type ToyServer } from '../support/toy-server.ts';

const LIMIT_MS = 60_000;
const MIB = 1024 * 1024;

/** What a test sees of a body: how much was asked for, whether it was let go of, and why. */
interface Watched {
  readonly reply: Reply;
  opened: number;
  dropped: number;
  givenBytes: number;
  finished: number;
  reason: unknown;
}

function watched(
  chunks: (signal: CancelSignal) => AsyncIterable<Uint8Array>,
  options: Partial<BodySource> = {},
): Watched {
  const stream: BodySource = {
    contentType: 'video/mp2t',
    cacheControl: 'no-store',
    bodyBytes: null,
    open: async function* (signal) {
      seen.opened++;
      try {
        for await (const chunk of chunks(signal)) {
          seen.givenBytes += chunk.byteLength;
          yield chunk;
        }
      } finally {
        seen.finished++;
        seen.reason = signal.reason;
      }
    },
    drop: () => {
      seen.dropped++;
    },
    ...options,
  };
  const seen: Watched = {
    reply: { status: 200, representation: null, stream },
    opened: 0,
    dropped: 0,
    givenBytes: 0,
    finished: 0,
    reason: undefined,
  };
  return seen;
}

/** Numbered lines: what is missing, doubled or out of order shows. */
async function* lines(count: number, bytes: number): AsyncGenerator<Uint8Array> {
  for (let number = 0; number < count; number++) {
    if (number % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
    yield Buffer.from(`${number} `.padEnd(bytes, '.'));
  }
}

function textOf(count: number, bytes: number): string {
  return Array.from({ length: count }, (_, number) => `${number} `.padEnd(bytes, '.')).join('');
}

async function* endless(signal: CancelSignal, bytes = 64 * 1024): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.alloc(bytes, 'e');
  while (!signal.aborted) {
    yield chunk;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function reading(server: ToyServer, path: string): Promise<RawConnection> {
  const connection = await RawConnection.open(server.port);
  connection.request('GET', path);
  await once(connection.socket, 'data');
  return connection;
}

test('a body arrives whole and in order, with its length or without, and the connection goes on', async () => {
  const [count, bytes] = [300, 10_000];
  const chunked = watched(() => lines(count, bytes));
  const sized = watched(() => lines(count, bytes), { bodyBytes: count * bytes });
  const none = watched(() => lines(0, 0), { bodyBytes: 0 });
  await using server = await startToyServer({
    '/chunked': () => chunked.reply,
    '/later': async () => chunked.reply,
    '/sized': async () => ({ ...sized.reply, status: 206, headers: ['Content-Range', 'x'] }),
    '/none': () => none.reply,
  });
  const url = `http://127.0.0.1:${server.port}`;
  for (const path of ['/chunked', '/later']) {
    const answer = await rawRequest(url + path);
    assert.equal(answer.body.toString(), textOf(count, bytes));
    assert.equal(answer.headers['transfer-encoding'], 'chunked');
    assert.equal(answer.headers['content-type'], 'video/mp2t');
    assert.equal(answer.headers['cache-control'], 'no-store');
  }
  await using connection = await RawConnection.open(server.port);
  for (let turn = 0; turn < 3; turn++) {
    connection.request('GET', '/sized');
    const answer = await connection.response();
    assert.deepEqual(
      [answer?.status, answer?.headers.get('content-range'), answer?.body.toString()],
      [206, 'x', textOf(count, bytes)],
    );
    connection.request('GET', '/none');
    assert.equal((await connection.response())?.headers.get('content-length'), '0');
  }
  assert.deepEqual([server.inFlight, chunked.finished, sized.finished], [0, 2, 3]);
});

test('HEAD and 304 are answered without opening the source', async () => {
  const chunked = watched(() => lines(1, 10));
  const sized = watched(() => lines(1, 10), { bodyBytes: 10, etag: '"one"' });
  await using server = await startToyServer({
    '/chunked': () => chunked.reply,
    '/sized': async () => sized.reply,
  });
  await using connection = await RawConnection.open(server.port);
  connection.request('HEAD', '/chunked');
  const unknown = await connection.response({ bodiless: true });
  assert.deepEqual(
    [unknown?.status, unknown?.headers.get('content-type'), unknown?.headers.get('content-length')],
    [200, 'video/mp2t', undefined],
  );
  connection.request('HEAD', '/sized');
  const known = await connection.response({ bodiless: true });
  assert.deepEqual(
    [known?.headers.get('content-length'), known?.headers.get('etag')],
    ['10', '"one"'],
  );
  connection.request('GET', '/sized', { 'If-None-Match': '"one"' });
  const same = await connection.response({ bodiless: true });
  assert.deepEqual([same?.status, same?.headers.get('content-type')], [304, undefined]);
  assert.deepEqual([chunked.opened, sized.opened], [0, 0]);
  assert.deepEqual([chunked.dropped, sized.dropped], [1, 2]);
});

test('a reader that stops is waited for, with little in memory; others go on; then it gets the rest', async () => {
  const [count, bytes] = [64, MIB];
  for (const bodyBytes of [null, count * bytes]) {
    const seen = watched(() => lines(count, bytes), { bodyBytes });
    await using server = await startToyServer({ '/body': () => seen.reply });
    await using slow = await reading(server, '/body');
    slow.socket.pause();
    await eventually('the source waits', LIMIT_MS, async () => {
      const before = seen.givenBytes;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return seen.givenBytes === before;
    });
    assert.ok(seen.givenBytes < 20 * MIB, `${seen.givenBytes} bytes were taken from the source`);
    const other = await rawRequest(`http://127.0.0.1:${server.port}/body`);
    assert.equal(other.body.byteLength, count * bytes);
    slow.socket.resume();
    await eventually('the rest comes', LIMIT_MS, () => seen.finished === 2);
    await eventually('all of it', LIMIT_MS, () => slow.socket.bytesRead >= count * bytes);
  }
});

test('a reader that takes nothing is closed at its deadline, and the source hears of it', async () => {
  const seen = watched((signal) => endless(signal));
  await using server = await startToyServer(
    { '/body': () => seen.reply },
    { slowReaderWindowMs: 500 },
  );
  await using slow = await reading(server, '/body');
  slow.socket.pause();
  await eventually('the source ends', LIMIT_MS, () => seen.finished === 1);
  assert.ok(seen.reason instanceof AppError && seen.reason.code === 'request.cancelled');
  slow.socket.resume();
  await slow.closed;
});

test('a source that says nothing for a while keeps its reader', async () => {
  const seen = watched(async function* () {
    yield Buffer.from('before ');
    await new Promise((resolve) => setTimeout(resolve, 13_000));
    yield Buffer.from('after');
  });
  await using server = await startToyServer({ '/body': async () => seen.reply });
  const answer = await rawRequest(`http://127.0.0.1:${server.port}/body`);
  assert.equal(answer.body.toString(), 'before after');
});

test('a client that leaves ends the source, also one that waits for its own next chunk', async () => {
  const busy = watched((signal) => endless(signal));
  const waiting = watched(async function* (signal) {
    yield Buffer.from('first');
    await untilCancelled(signal);
  });
  const early = watched(() => lines(1, 10));
  let answer: () => void = () => undefined;
  const mayAnswer = new Promise<void>((resolve) => {
    answer = resolve;
  });
  await using server = await startToyServer({
    '/busy': () => busy.reply,
    '/waiting': () => waiting.reply,
    '/early': async () => {
      await mayAnswer;
      return early.reply;
    },
  });
  for (const [path, seen] of [
    ['/busy', busy],
    ['/waiting', waiting],
  ] as const) {
    const connection = await reading(server, path);
    connection.reset();
    await eventually(`${path} ends`, LIMIT_MS, () => seen.finished === 1);
  }
  const connection = await RawConnection.open(server.port);
  connection.request('GET', '/early');
  await eventually('it waits', LIMIT_MS, () => server.inFlight === 1);
  connection.reset();
  await eventually('it has gone', LIMIT_MS, () => server.inFlight === 0);
  answer();
  await eventually('the body is let go of', LIMIT_MS, () => early.dropped === 1);
  assert.equal(early.opened, 0);
  assert.deepEqual(server.logged, []);
});

test('a source that fails, ends too soon or says too much breaks the connection off', async () => {
  const failing = (error: Error) =>
    async function* () {
      yield* lines(3, 1000);
      throw error;
    };
  const bodies: Readonly<Record<string, Watched>> = {
    '/fails': watched(failing(new Error('lost'))),
    '/fails-sized': watched(failing(new AppError('fetch.failed', 'lost')), { bodyBytes: 9000 }),
    '/short': watched(() => lines(3, 1000), { bodyBytes: 9000 }),
    '/long': watched(() => lines(3, 1000), { bodyBytes: 2500 }),
  };
  await using server = await startToyServer(
    Object.fromEntries(Object.entries(bodies).map(([path, { reply }]) => [path, () => reply])),
  );
  for (const path of Object.keys(bodies)) {
    await using connection = await RawConnection.open(server.port);
    connection.request('GET', path);
    await connection.closed;
    assert.ok(connection.received.includes('1 ...'), `${path}: what was there has come`);
    assert.ok(!connection.received.toString().endsWith('0\r\n\r\n'), `${path}: no clean end`);
  }
  const levels = server.logged.map(({ level, fields }) => [level, fields['route']]);
  assert.deepEqual(levels, [
    ['error', '/fails'],
    ['warn', '/fails-sized'],
    ['error', '/long'],
  ]);
});

test('requests behind a body on one connection are answered, or the connection is closed', async () => {
  const seen = watched(() => lines(20, 100_000), { bodyBytes: 2_000_000 });
  await using server = await startToyServer({
    '/body': () => seen.reply,
    '/text': () => text('here'),
  });
  await using connection = await RawConnection.open(server.port);
  connection.request('GET', '/body');
  assert.equal((await connection.response())?.body.byteLength, 2_000_000);
  connection.request('GET', '/text');
  assert.equal((await connection.response())?.body.toString(), 'here');
  connection.write(
    'GET /body HTTP/1.1\r\nHost: a\r\n\r\nGET /text HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2),
  );
  await connection.closed;
  await eventually('no body is left open', LIMIT_MS, () => seen.finished === seen.opened);
  assert.equal((await rawRequest(`http://127.0.0.1:${server.port}/text`)).status, 200);
});

test('a drain lets a body go out to its end, and ends one that has none', async () => {
  const finite = watched(() => lines(40, MIB));
  const live = watched((signal) => endless(signal), { isEndless: true });
  await using server = await startToyServer({
    '/finite': () => finite.reply,
    '/live': () => live.reply,
  });
  await using reader = await reading(server, '/finite');
  reader.socket.pause();
  const watching = rawRequest(`http://127.0.0.1:${server.port}/live`);
  await eventually('it is watched', LIMIT_MS, () => live.givenBytes > MIB);
  const drained = server.drain(LIMIT_MS);
  // At once: on a busy machine it would be closed as a slow reader before the other body has come.
  reader.socket.resume();
  // As HTTP has it: a client that finds anything else in the body fails.
  assert.ok((await watching).body.byteLength > 0);
  assert.equal(live.finished, 1);
  await drained;
  await eventually('the end', LIMIT_MS, () =>
    reader.received.subarray(-7).equals(Buffer.from('\r\n0\r\n\r\n')),
  );
});
