/** Answers that stay open: events arrive, readers leave, slow ones miss events instead of filling memory, a drain ends all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventSource, Reply } from '../../src/http/route.ts';
import { rawRequest } from '../support/http-client.ts';
import { eventually } from '../support/processes.ts';
import { RawConnection } from '../support/raw-connection.ts';
import { startToyServer, text } from '../support/toy-server.ts';

const LIMIT_MS = 60_000;

/** One that a test sends through, and that counts who listens. */
function planted() {
  const listeners = new Set<(event: Uint8Array) => void>();
  const events: EventSource = {
    open: (send) => {
      listeners.add(send);
      send(Buffer.from('data: hello\n\n'));
      return () => listeners.delete(send);
    },
  };
  const reply: Reply = { status: 200, representation: null, events };
  return {
    listeners,
    reply,
    tell: (event: string) => listeners.forEach((send) => send(Buffer.from(event))),
  };
}

const receives = (connection: RawConnection, part: string) =>
  eventually(part, LIMIT_MS, () => connection.received.includes(part));

test('events go out as they come, with a head that proxies understand', async () => {
  const source = planted();
  await using server = await startToyServer({
    '/events': () => source.reply,
    '/later': async () => source.reply,
  });
  for (const path of ['/events', '/later']) {
    await using connection = await RawConnection.open(server.port);
    connection.request('GET', path);
    await receives(connection, 'data: hello\n\n');
    source.tell('data: second\n\n');
    await receives(connection, 'data: second\n\n');
    const head = connection.received.toString();
    assert.match(head, /^HTTP\/1.1 200 OK\r\n/);
    for (const line of [
      'Content-Type: text/event-stream',
      'Cache-Control: no-store',
      'X-Accel-Buffering: no',
    ])
      assert.ok(head.includes(`${line}\r\n`), line);
    assert.equal(server.inFlight, 0);
    connection.socket.destroy();
    await eventually('the reader is forgotten', LIMIT_MS, () => source.listeners.size === 0);
  }
});

test('HEAD is answered without a stream, and other requests go on beside one', async () => {
  const source = planted();
  await using server = await startToyServer({
    '/events': () => source.reply,
    '/text': () => text('here'),
  });
  await using watching = await RawConnection.open(server.port);
  watching.request('GET', '/events');
  await receives(watching, 'hello');
  await using other = await RawConnection.open(server.port);
  other.request('HEAD', '/events');
  const head = await other.response({ bodiless: true });
  assert.deepEqual([head?.status, head?.headers.get('content-type')], [200, 'text/event-stream']);
  assert.equal(source.listeners.size, 1);
  other.request('GET', '/text');
  assert.equal((await other.response())?.body.toString(), 'here');
});

test('a reader that takes nothing misses events; what waits for it is bounded', async () => {
  const source = planted();
  await using server = await startToyServer({ '/events': () => source.reply });
  await using connection = await RawConnection.open(server.port);
  connection.request('GET', '/events');
  await receives(connection, 'hello');
  connection.socket.pause();
  const event = `data: ${'x'.repeat(1024 * 1024)}\n\n`;
  const before = process.memoryUsage().rss;
  for (let count = 0; count < 300; count++) {
    source.tell(event);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(process.memoryUsage().rss - before < 200 * 1024 * 1024, 'not all of 300 MB are kept');
  assert.equal(source.listeners.size, 1);
  connection.socket.resume();
  await eventually('it hears again', LIMIT_MS, () => {
    source.tell('data: again\n\n');
    return connection.received.includes('data: again\n\n');
  });
});

test('a drain ends streams, and none begins after it', async () => {
  const source = planted();
  await using server = await startToyServer({ '/events': () => source.reply });
  const watching = rawRequest(`http://127.0.0.1:${server.port}/events`);
  await eventually('it listens', LIMIT_MS, () => source.listeners.size === 1);
  await server.drain(LIMIT_MS);
  // The body is ended as HTTP has it: a client that finds anything else in it fails.
  assert.match((await watching).body.toString(), /data: hello\n\n$/);
  assert.equal(source.listeners.size, 0);
});

test('a hundred may watch, one more is told to come later', async () => {
  const source = planted();
  await using server = await startToyServer({ '/events': () => source.reply });
  const watching = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const connection = await RawConnection.open(server.port);
      connection.request('GET', '/events');
      await receives(connection, 'hello');
      return connection;
    }),
  );
  await using another = await RawConnection.open(server.port);
  another.request('GET', '/events');
  assert.equal((await another.response())?.status, 503);
  for (const connection of watching) await connection[Symbol.asyncDispose]();
  await eventually('all are forgotten', LIMIT_MS, () => source.listeners.size === 0);
});
