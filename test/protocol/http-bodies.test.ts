/** Protects requests that carry a body: complete before the handler runs, bounded, and never waited for without end. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { jsonReply } from '../../src/http/json-reply.ts';
import type { Request } from '../../src/http/route.ts';
import { eventually } from '../support/processes.ts';
import { RawConnection } from '../support/raw-connection.ts';
import { startToyServer } from '../support/toy-server.ts';

const LIMIT = 1000;

function echo(seen: Request[]) {
  return {
    method: 'POST',
    bodyBytesMax: LIMIT,
    requestHeaders: ['x-owner-key'],
    timeoutMs: 120_000,
    handler: (request: Request) => {
      seen.push(request);
      return jsonReply(
        Buffer.from(
          JSON.stringify({ bytes: request.body.length, key: request.header('x-owner-key') }),
        ),
        'no-store',
      );
    },
  } as const;
}

/** Sends text in packets of its own on a raw connection, and collects what comes until `expected` has come or the connection is closed. */
function raw(port: number, parts: readonly string[], expected: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => {
      parts.forEach((part, index) => setTimeout(() => socket.write(part), index * 20));
    });
    socket.on('data', (chunk) => {
      text += chunk.toString();
      if (expected.test(text)) socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
}

test('a body of any number of packets is complete when the handler runs, with the headers that its row asks for', async () => {
  const seen: Request[] = [];
  await using server = await startToyServer({ '/echo': echo(seen) });
  const url = `http://127.0.0.1:${server.port}/echo`;
  const whole = await fetch(url, {
    method: 'POST',
    body: 'x'.repeat(LIMIT),
    headers: { 'x-owner-key': 'mine' },
  });
  assert.deepEqual(await whole.json(), { bytes: LIMIT, key: 'mine' });
  const head = 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n';
  const six = /"bytes":6/;
  assert.match(await raw(server.port, [head, 'ab', 'cd', 'ef'], six), six);
  const chunked = 'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
  const five = /"bytes":5/;
  assert.match(
    await raw(server.port, [chunked, '3\r\nabc\r\n', '2\r\nde\r\n0\r\n\r\n'], five),
    five,
  );
  const empty = await fetch(url, { method: 'POST' });
  assert.deepEqual(await empty.json(), { bytes: 0, key: '' });
  assert.equal(server.inFlight, 0);
});

test('all bodies together take what they may: one more is 503, and room comes back when others end, fail or leave', async () => {
  const limit = 100_000;
  let finish = () => {};
  const working = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const keep = async ({ body }: Request) => {
    if (body[0] === 'w'.charCodeAt(0)) await working;
    return jsonReply(Buffer.from(String(body.length)), 'no-store');
  };
  await using server = await startToyServer(
    { '/keep': { method: 'POST', bodyBytesMax: limit, timeoutMs: 60_000, handler: keep } },
    { bodyBytesMax: limit },
  );
  const url = `http://127.0.0.1:${server.port}/keep`;
  const post = async (body: string) => {
    const answer = await fetch(url, { method: 'POST', body });
    return [answer.status, answer.headers.get('retry-after'), (await answer.text()).slice(0, 6)];
  };
  const overloaded = async () => (await post('x'.repeat(60_000)))[0] === 503;
  const passes = async () => (await post('x'.repeat(60_000)))[0] === 200;

  // One that is worked on holds its bytes, also when its client has left.
  const leaving = new AbortController();
  const left = fetch(url, {
    method: 'POST',
    body: `w${'x'.repeat(60_000)}`,
    signal: leaving.signal,
  });
  await eventually('the first one is there', 10_000, overloaded);
  assert.deepEqual((await post('x'.repeat(60_000))).slice(0, 2), [503, '1']);
  assert.deepEqual(await post('x'.repeat(30_000)), [200, null, '30000']);
  leaving.abort();
  await assert.rejects(left);
  await eventually('it has left', 10_000, () => server.inFlight === 0);
  assert.ok(await overloaded());
  finish();
  await eventually('what was worked on is over', 10_000, passes);

  // One that never ends holds them until it leaves.
  const head = `POST /keep HTTP/1.1\r\nHost: a\r\nContent-Length: ${limit}\r\n\r\n`;
  const slow = connect({ port: server.port, host: '127.0.0.1' });
  slow.write(head + 'x'.repeat(60_000));
  await eventually('the slow one is there', 10_000, overloaded);
  slow.destroy();
  await eventually('the slow one has left', 10_000, passes);
  assert.equal((await post('x'.repeat(limit + 1)))[0], 413);
  assert.ok(await passes());
});

test('a body that is taken piece by piece may be of any length, ends when its client leaves, and waits within a bound', async () => {
  const limit = 200_000;
  const taken: number[] = [];
  let go = () => {};
  let waiting = Promise.resolve();
  const take = async ({ pieces }: Request) => {
    let bytes = 0;
    for await (const piece of pieces) {
      bytes += piece.length;
      await waiting;
    }
    taken.push(bytes);
    return jsonReply(Buffer.from(String(bytes)), 'no-store');
  };
  await using server = await startToyServer(
    { '/take': { method: 'POST', takesPieces: true, timeoutMs: 60_000, handler: take } },
    { bodyBytesMax: limit },
  );
  const url = `http://127.0.0.1:${server.port}/take`;
  const post = async (body: string) => {
    const answer = await fetch(url, { method: 'POST', body });
    return [answer.status, (await answer.text()).slice(0, 7)];
  };
  assert.deepEqual(await post(''), [200, '0']);
  // More than all bodies may hold at a time: what was taken makes room.
  const long = connect({ port: server.port, host: '127.0.0.1' });
  long.write('POST /take HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
  for (let nth = 0; nth < 20; nth += 1) {
    long.write(`c350\r\n${'x'.repeat(50_000)}\r\n`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await eventually('all was sent', 10_000, () => long.writableLength === 0);
  long.destroy();
  await eventually('what came before the end was taken', 10_000, () => taken.length === 2);
  assert.ok((taken[1] ?? 0) > limit, String(taken[1]));

  waiting = new Promise((resolve) => {
    go = resolve;
  });
  // Told at once, while the handler still works on the first piece.
  assert.equal((await post('x'.repeat(2 * limit)))[0], 503);
  go();
  assert.deepEqual(await post('x'.repeat(1000)), [200, '1000']);
  assert.equal(server.inFlight, 0);
});

test('a body that is made while it is sent may come slowly, as sound does, for longer than the parser waits', async () => {
  const take = async ({ pieces }: Request) => {
    let bytes = 0;
    for await (const piece of pieces) bytes += piece.length;
    return jsonReply(Buffer.from(String(bytes)), 'no-store');
  };
  await using server = await startToyServer({
    '/take': { method: 'POST', takesPieces: true, timeoutMs: 60_000, handler: take },
    '/keep': { ...echo([]), bodyTimeoutMs: 60_000 },
  });
  await Promise.all(['/take', '/keep'].map((path) => sendSlowly(server.port, path)));
});

/** Longer than the parser waits for a body that comes so slowly. */
async function sendSlowly(port: number, path: string): Promise<void> {
  const seconds = 13;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.write(`POST ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk.toString();
  });
  socket.on('error', () => undefined);
  for (let second = 0; second < seconds && !socket.closed; second += 1) {
    socket.write('5\r\nabcde\r\n');
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  socket.write('0\r\n\r\n');
  const bytes = new RegExp(`\\b${5 * seconds}\\b`);
  await eventually(`${path} is answered`, 10_000, () => bytes.test(answer));
  socket.destroy();
}

test('a body that does not come is 408, and the connection is closed', async () => {
  const seen: Request[] = [];
  await using server = await startToyServer(
    { '/echo': { ...echo(seen), timeoutMs: 15_000 } },
    { bodyTimeoutMs: 200 },
  );
  for (const framing of [
    'Content-Length: 6\r\n\r\nab',
    'Content-Length: 6\r\n\r\n',
    'Transfer-Encoding: chunked\r\n\r\n3\r\na',
  ]) {
    await using connection = await RawConnection.open(server.port);
    connection.write(`POST /echo HTTP/1.1\r\nHost: a\r\n${framing}`);
    const answer = await connection.response();
    assert.equal(answer?.status, 408, framing);
    assert.match(answer.body.toString(), /request\.body-timeout/);
    await connection.closed;
  }
  assert.equal(server.inFlight, 0);
  assert.equal(seen.length, 0);
  await using honest = await RawConnection.open(server.port);
  honest.write('POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab');
  assert.equal((await honest.response())?.status, 200);
});

test('more than the row takes is 413, announced or not, and the connection goes on', async () => {
  const seen: Request[] = [];
  await using server = await startToyServer({ '/echo': echo(seen) });
  const url = `http://127.0.0.1:${server.port}/echo`;
  const announced = await fetch(url, { method: 'POST', body: 'x'.repeat(LIMIT + 1) });
  assert.equal(announced.status, 413);
  assert.match(await announced.text(), /longer than 1000 bytes/);
  const chunk = `${(600).toString(16)}\r\n${'x'.repeat(600)}\r\n`;
  const head = 'POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
  const tooLarge = /413 Payload Too Large/;
  assert.match(await raw(server.port, [head, chunk, chunk, '0\r\n\r\n'], tooLarge), tooLarge);
  assert.equal(seen.length, 0);
  assert.equal(server.inFlight, 0);
});

test('a body that never ends is answered at the deadline; one whose sender leaves is forgotten', async () => {
  const seen: Request[] = [];
  await using server = await startToyServer({
    '/echo': echo(seen),
    '/soon': { ...echo(seen), timeoutMs: 400 },
  });
  const rest = 'HTTP/1.1\r\nHost: a\r\nContent-Length: 600\r\n\r\n';
  const late = /503 Service Unavailable/;
  assert.match(await raw(server.port, [`POST /soon ${rest}`, 'half'], late), late);
  const leaving = await RawConnection.open(server.port);
  leaving.write(`POST /echo ${rest}half`);
  await eventually('the body is waited for', 60_000, () => server.inFlight === 1);
  await leaving[Symbol.asyncDispose]();
  await eventually('it is forgotten', 60_000, () => server.inFlight === 0);
  assert.equal(seen.length, 0);
});

test('at the in-flight cap a body is not waited for', async () => {
  await using server = await startToyServer({ '/echo': echo([]) }, { inFlightMax: 1 });
  const head = 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 600\r\n\r\n';
  await using first = await RawConnection.open(server.port);
  first.write(head);
  await eventually('the body is waited for', 60_000, () => server.inFlight === 1);
  const second = await fetch(`http://127.0.0.1:${server.port}/echo`, { method: 'POST', body: 'x' });
  assert.equal(second.status, 503);
  assert.ok(second.headers.get('retry-after'));
});

test('methods share a path: each has its row, the others are 405 with the list', async () => {
  const text = (name: string) => () => jsonReply(Buffer.from(JSON.stringify({ name })), 'no-store');
  await using server = await startToyServer({
    '/thing': { handler: text('get') },
    '/thing ': { pattern: '/thing', method: 'PUT', bodyBytesMax: 10, handler: text('put') },
    '/thing  ': { pattern: '/thing', method: 'DELETE', handler: text('delete') },
  });
  const url = `http://127.0.0.1:${server.port}/thing`;
  for (const method of ['GET', 'PUT', 'DELETE']) {
    assert.deepEqual(await (await fetch(url, { method })).json(), { name: method.toLowerCase() });
  }
  const refused = await fetch(url, { method: 'POST' });
  assert.equal(refused.status, 405);
  assert.equal(refused.headers.get('allow'), 'GET, HEAD, PUT, DELETE, OPTIONS');
  assert.equal(
    (await fetch(url, { method: 'OPTIONS' })).headers.get('access-control-allow-methods'),
    'GET, HEAD, PUT, DELETE, OPTIONS',
  );
});
