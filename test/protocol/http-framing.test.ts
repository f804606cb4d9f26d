/** Protects the front door: whatever arrives in whatever pieces is served or closed, never stuck. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { RawConnection, rawExchange } from '../support/raw-connection.ts';
import { startToyServer, text, type ToyServer } from '../support/toy-server.ts';

const REQUEST_LINE = 'GET /item/42?x=1 HTTP/1.1\r\n';
const REQUEST = `${REQUEST_LINE}Host: test\r\nAccept: */*\r\n\r\n`;
/** Long enough that loopback delivers what was written before on its own. */
const PACKET_GAP_MS = 4;
/**
 * uWebSockets issue 1776: the parser of this binary answers 505 when a packet ends right behind the
 * method, or between the path and the end of the request line.
 */
const PARSER_DEFECT_CUTS = new Set([
  'GET '.length,
  ...Array.from(
    { length: 'HTTP/1.1\r'.length + 1 },
    (_, index) => 'GET /item/42?x=1 '.length + index,
  ),
]);

describe('framing', { concurrency: true }, () => {
  let server: ToyServer;
  before(async () => {
    server = await startToyServer({
      '/item/:id': (request) => text(`${request.parameters.join()} ${request.query}`),
      '/later/:ms': async (request) => {
        await sleep(Number(request.parameters[0]));
        return text(`${request.path} ${request.query}`);
      },
    });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  test('a head in one-byte packets behind the request line is served', async () => {
    await using connection = await RawConnection.open(server.port);
    for (const packet of [REQUEST_LINE, ...REQUEST.slice(REQUEST_LINE.length).split('')]) {
      connection.write(packet);
      await sleep(PACKET_GAP_MS);
    }
    assert.equal((await connection.response())?.body.toString(), '42 x=1');
  });

  test('a request in one-byte packets is served or closed', async () => {
    await using connection = await RawConnection.open(server.port);
    for (const byte of REQUEST) {
      connection.write(byte);
      await sleep(PACKET_GAP_MS);
    }
    const answer = await connection.response();
    if (answer?.status !== 200) await connection.closed;
  });

  test('a request cut in two is served; only a cut at the protocol version may end in 505', async () => {
    for (let cut = 1; cut < REQUEST.length; cut += 1) {
      await using connection = await RawConnection.open(server.port);
      connection.write(REQUEST.slice(0, cut));
      await sleep(PACKET_GAP_MS);
      connection.write(REQUEST.slice(cut));
      const status = (await connection.response())?.status;
      if (!PARSER_DEFECT_CUTS.has(cut)) assert.equal(status, 200, `cut at ${cut}`);
      else if (status !== 200) await connection.closed;
    }
  });

  test('query and path survive an await: they are copied, not read later', async () => {
    await using connection = await RawConnection.open(server.port);
    connection.request('GET', '/later/30?q=kept');
    assert.equal((await connection.response())?.body.toString(), '/later/30 q=kept');
  });

  test('a burst of pipelined requests is answered in order', async () => {
    await using connection = await RawConnection.open(server.port);
    const ids = Array.from({ length: 200 }, (_, id) => id);
    connection.write(ids.map((id) => `GET /item/${id} HTTP/1.1\r\nHost: test\r\n\r\n`).join(''));
    for (const id of ids) assert.equal((await connection.response())?.body.toString(), `${id} `);
  });

  test('a pipeline of mixed kinds is answered in order', async () => {
    await using connection = await RawConnection.open(server.port);
    const head = 'HTTP/1.1\r\nHost: test\r\n';
    connection.write(
      [
        `GET /item/1 ${head}\r\n`,
        `HEAD /item/2 ${head}\r\n`,
        `POST /item/3 ${head}Content-Length: 2\r\n\r\nab`,
        `GET /nothing ${head}\r\n`,
        `OPTIONS /item/4 ${head}\r\n`,
        `GET /item/5 ${head}If-None-Match: *\r\n\r\n`,
        `GET /item/%zz ${head}\r\n`,
        `GET /later/20 ${head}\r\n`,
      ].join(''),
    );
    const statuses = [];
    for (let index = 0; index < 8; index += 1)
      statuses.push((await connection.response({ bodiless: index === 1 }))?.status);
    assert.deepEqual(statuses, [200, 200, 405, 404, 200, 304, 400, 200]);
  });

  test('answers of earlier packets are out before a request behind one that waits closes the connection', async () => {
    await using connection = await RawConnection.open(server.port);
    connection.request('GET', '/item/1');
    assert.equal((await connection.response())?.status, 200);
    connection.request('GET', '/later/2000');
    await sleep(PACKET_GAP_MS);
    connection.request('GET', '/item/3');
    await connection.closed;
    assert.equal(connection.received.length, 0);
  });

  test('what the parser leaves unanswered is closed: silence, half a line, half a head, an unknown method, no Host', async () => {
    const unanswered = [
      '',
      'GET /it',
      'GET /item/1 HTTP/1.1\r\nHo',
      'G@T /item/1 HTTP/1.1\r\n\r\n',
      'GET /item/1 HTTP/1.1\r\n\r\n',
      '\r\n\r\n',
    ];
    await Promise.all(
      unanswered.map(async (bytes) => {
        await using connection = await RawConnection.open(server.port);
        connection.write(bytes);
        const startedAt = performance.now();
        await connection.closed;
        assert.ok(performance.now() - startedAt < 20_000, JSON.stringify(bytes));
      }),
    );
  });

  test('a pipelined request behind one that waits: both served, or the connection closed', async () => {
    await using connection = await RawConnection.open(server.port);
    connection.write(
      'GET /later/50 HTTP/1.1\r\nHost: test\r\n\r\nGET /item/1 HTTP/1.1\r\nHost: test\r\n\r\n',
    );
    const first = await connection.response();
    if (first === null) assert.ok(connection.isClosed);
    else assert.equal((await connection.response())?.status, 200);
    assert.equal((await rawExchange(server.port, 'GET', '/item/2')).status, 200);
  });

  test('HTTP/1.0 and other protocols get 505 and are closed', async () => {
    const lines = [
      'GET /item/1 HTTP/1.0',
      'GET /item/1 HTTP/2.0',
      'GET http://evil/ HTTP/1.1',
      'OPTIONS * HTTP/1.1',
    ];
    for (const line of lines) {
      await using connection = await RawConnection.open(server.port);
      connection.write(`${line}\r\nHost: test\r\n\r\n`);
      assert.equal((await connection.response())?.status, 505, line);
      await connection.closed;
    }
  });

  test('bytes that are no HTTP are closed', async () => {
    const helloOfTls = '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03';
    for (const bytes of [helloOfTls, 'SSH-2.0-OpenSSH_9.2\r\n\r\n', '\0'.repeat(64), ' \r\n\r\n']) {
      await using connection = await RawConnection.open(server.port);
      connection.write(bytes);
      connection.write('\r\n\r\n'.repeat(4));
      await connection.closed;
    }
  });

  test('a head that grows without end is cut off with 431', async () => {
    await using connection = await RawConnection.open(server.port);
    connection.write('GET /item/1 HTTP/1.1\r\n');
    for (let line = 0; line < 2000 && !connection.isClosed; line += 1) {
      connection.write(`X-Pad-${line}: ${'p'.repeat(100)}\r\n`);
      if (line % 20 === 0) await sleep(1);
    }
    await connection.closed;
    assert.match(connection.received.toString(), /^(HTTP\/1\.1 431|$)/);
  });

  test('a head up to 16 KiB is read: install tokens live in the path', async () => {
    const answer = await rawExchange(server.port, 'GET', '/item/1', {
      'X-Pad': 'p'.repeat(14_000),
    });
    assert.equal(answer.status, 200);
    await using connection = await RawConnection.open(server.port);
    connection.request('GET', '/item/1', { 'X-Pad': 'p'.repeat(17_000) });
    assert.equal((await connection.response())?.status, 431);
  });

  test('a head that comes a byte a second is cut off', async () => {
    await using connection = await RawConnection.open(server.port);
    connection.write('GET /item/1 HTTP/1.1\r\nX: ');
    const dribble = setInterval(() => connection.write('x'), 1000);
    await connection.closed;
    clearInterval(dribble);
  });

  test('a body that nobody asked for does not stop the next request', async () => {
    await using connection = await RawConnection.open(server.port);
    connection.write(
      `POST /item/1 HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello${REQUEST}`,
    );
    assert.equal((await connection.response())?.status, 405);
    assert.equal((await connection.response())?.status, 200);
  });

  test('a client that announces its end early is served or closed', async () => {
    await using connection = await RawConnection.open(server.port);
    connection.request('GET', '/later/50');
    connection.socket.end();
    await connection.closed;
    assert.equal((await rawExchange(server.port, 'GET', '/item/1')).status, 200);
  });
});
