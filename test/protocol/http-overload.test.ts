/** Protects memory and patience: caps hold, refusals are quick, readers that do not read are cut off. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CancelSignal } from '../../src/lib/async/cancel.ts';
import { AT_THE_LIMIT } from '../../src/lib/at-the-limit.ts';
import { eventually } from '../support/processes.ts';
import { RawConnection, rawExchange } from '../support/raw-connection.ts';
import { compressibleText, startToyServer, text } from '../support/toy-server.ts';

const MB = 1024 * 1024;

describe('the in-flight cap', () => {
  test('one request too many is refused at once; cached answers and exempt rows go on', async () => {
    const gate = new AbortController();
    let started = 0;
    const wait = async (signal: CancelSignal) => {
      started += 1;
      await new Promise<void>((resolve) => {
        for (const one of [signal, gate.signal])
          one.addEventListener('abort', () => resolve(), { once: true });
      });
      return text('waited');
    };
    await using server = await startToyServer(
      {
        '/wait': (request) => wait(request.signal),
        '/wait-without-signal': () => wait(new AbortController().signal),
        '/cached': () => text(compressibleText(5000)),
        '/health': {
          uncapped: true,
          handler: async () => {
            await sleep(1);
            return text('alive');
          },
        },
      },
      { inFlightMax: 3 },
    );
    const connections = await Promise.all([1, 2, 3].map(() => RawConnection.open(server.port)));
    for (const connection of connections) connection.request('GET', '/wait');
    await eventually('three wait', 60_000, () => Promise.resolve(server.inFlight === 3));

    for (const path of ['/wait', '/wait-without-signal']) {
      const times: number[] = [];
      for (let count = 0; count < 20; count += 1) {
        const refused = await rawExchange(server.port, 'GET', path);
        assert.equal(refused.status, 503);
        assert.match(refused.body.toString(), /server\.overloaded/);
        assert.ok(Number(refused.headers.get('retry-after')) >= 1);
        times.push(Number(refused.headers.get('x-process-time')?.split(' ')[0]));
      }
      assert.ok(Math.min(...times) < 0.05, `took ${times.join()}`);
    }
    assert.equal(started, 3 + 20, 'a handler that asks for the signal was refused before it began');
    assert.equal((await rawExchange(server.port, 'GET', '/cached')).status, 200);
    const uncompressed = await rawExchange(server.port, 'GET', '/cached', {
      'Accept-Encoding': 'gzip',
    });
    assert.equal(
      uncompressed.headers.get('content-encoding'),
      undefined,
      'nobody waits for compression at the cap',
    );
    assert.equal((await rawExchange(server.port, 'GET', '/health')).status, 200);

    gate.abort();
    for (const connection of connections) assert.equal((await connection.response())?.status, 200);
    assert.equal(server.inFlight, 0);
    for (const connection of connections) await connection[Symbol.asyncDispose]();
  });

  test('a thousand refusals leave the cap intact', async () => {
    const later = async () => {
      await sleep(30);
      return text('x');
    };
    await using server = await startToyServer({ '/later': later }, { inFlightMax: 5 });
    const statuses = await Promise.all(
      Array.from({ length: 1000 }, async () => {
        return (await rawExchange(server.port, 'GET', '/later')).status;
      }),
    );
    assert.ok(statuses.includes(200) && statuses.includes(503));
    assert.equal(server.inFlight, 0);
    assert.equal((await rawExchange(server.port, 'GET', '/later')).status, 200);
  });
});

describe('a handler that refuses at the door', () => {
  test('the one prepared error is answered with 503 and Retry-After, on a connection that goes on', async () => {
    let refuses = true;
    await using server = await startToyServer({
      '/door': () => {
        if (refuses) throw AT_THE_LIMIT;
        return text('served');
      },
      '/later': async () => {
        await sleep(1);
        throw AT_THE_LIMIT;
      },
    });
    await using connection = await RawConnection.open(server.port);
    for (let count = 0; count < 3; count++) {
      connection.request('GET', '/door');
      const refused = await connection.response();
      assert.equal(refused?.status, 503);
      assert.ok(Number(refused?.headers.get('retry-after')) >= 1);
      assert.equal(JSON.parse(refused?.body.toString() ?? '').error.code, 'server.overloaded');
      assert.equal(
        refused?.headers.get('x-request-id'),
        undefined,
        'prepared bytes: nothing of this request is in them',
      );
    }
    connection.request('HEAD', '/door');
    assert.equal((await connection.response({ bodiless: true }))?.status, 503);
    // A body after this head would stand in the place of the next answer.
    connection.request('GET', '/later');
    const late = await connection.response();
    assert.equal(late?.status, 503);
    assert.notEqual(
      late?.headers.get('x-request-id'),
      undefined,
      'who was let in and waited is answered like any other failure',
    );
    refuses = false;
    connection.request('GET', '/door');
    assert.equal((await connection.response())?.body.toString(), 'served');
    assert.equal(server.inFlight, 0);
  });
});

describe('a standing queue', () => {
  test('beyond capacity some are served and the rest is refused at once; health answers; then all is as before', async () => {
    let workedMs = 0;
    const work = () => {
      const startedAt = performance.now();
      while (performance.now() < startedAt + 2);
      workedMs += performance.now() - startedAt;
      return text('served');
    };
    await using server = await startToyServer(
      { '/work': work, '/health': { uncapped: true, handler: () => text('alive') } },
      { turnBudgetMs: 10 },
    );
    const connections = await Promise.all(
      Array.from({ length: 120 }, () => RawConnection.open(server.port)),
    );
    const counts = { served: 0, refused: 0 };
    let isOver = false;
    // Each asks again when it was answered: 120 requests of 2 ms stand in the queue all the time.
    const clients = connections.map(async (connection) => {
      while (!isOver) {
        connection.request('GET', '/work');
        const answer = await connection.response();
        if (answer?.status === 200) counts.served += 1;
        if (answer?.status !== 503) continue;
        counts.refused += 1;
        assert.equal(answer.headers.get('retry-after'), '1');
        assert.match(answer.body.toString(), /server\.overloaded/);
        assert.equal(answer.headers.get('access-control-allow-origin'), '*');
      }
    });
    const startedAt = performance.now();
    await eventually(
      'two hundred are served',
      240_000,
      () => counts.served > 200 && performance.now() > startedAt + 1000,
    );
    const share = workedMs / (performance.now() - startedAt);
    const health = await rawExchange(server.port, 'GET', '/health');
    isOver = true;
    await Promise.all(clients);
    assert.equal(health.status, 200);
    assert.ok(share > 0.1, `${counts.served} served in ${share} of the time`);
    assert.ok(counts.refused > counts.served, `${counts.refused} refused`);
    await sleep(50);
    for (let count = 0; count < 5; count++)
      assert.equal((await rawExchange(server.port, 'GET', '/work')).status, 200);
    for (const connection of connections) await connection[Symbol.asyncDispose]();
    assert.equal(
      server.logged.filter(({ level }) => level === 'warn').length,
      1,
      'said once, not per request',
    );
  });
});

describe('readers that do not read', () => {
  test('a big body costs no memory per reader and a stalled reader is cut off', async () => {
    const body = text(Buffer.alloc(64 * MB, 'x'), { compressible: false });
    const handlers = { '/big': () => body, '/quick': () => text('quick') };
    await using server = await startToyServer(handlers, { slowReaderWindowMs: 1000 });
    const readers = await Promise.all(
      Array.from({ length: 8 }, () => RawConnection.open(server.port)),
    );
    const before = process.memoryUsage().rss;
    for (const reader of readers) {
      reader.socket.pause();
      reader.request('GET', '/big');
    }
    await sleep(300);
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 100 * MB, `8 stalled readers of 64 MiB cost ${Math.round(grown / MB)} MiB`);
    await sleep(3000);
    // A paused socket learns of its end when it reads on; what follows is less than the body.
    for (const reader of readers) reader.socket.resume();
    for (const reader of readers) {
      await reader.closed;
      assert.ok(reader.received.length < 64 * MB);
    }
    assert.equal((await rawExchange(server.port, 'GET', '/quick')).status, 200);
  });

  test('a slow but steady reader gets the whole body', async () => {
    const body = text(Buffer.alloc(24 * MB, 'y'), { compressible: false });
    await using server = await startToyServer({ '/big': () => body }, { slowReaderWindowMs: 1000 });
    await using reader = await RawConnection.open(server.port);
    // The kernel's send buffer (4 MB on loopback) hides progress until a third of it was read.
    let chunks = 0;
    reader.socket.on('data', () => {
      if (++chunks % 4 === 0) reader.socket.pause();
    });
    const pacing = setInterval(() => reader.socket.resume(), 40);
    reader.request('GET', '/big');
    const answer = await reader.response();
    clearInterval(pacing);
    assert.equal(answer?.body.length, 24 * MB);
  });

  for (const [method, path, headers] of [
    ['GET', '/page', ''],
    ['HEAD', '/page', ''],
    ['GET', '/page', 'If-None-Match: *\r\n'],
    ['GET', '/nowhere', ''],
    ['OPTIONS', '/page', ''],
    ['GET', '/away', ''],
  ] as const) {
    test(`a client that only sends cannot fill memory: ${method} ${path} ${headers.trim()}`, async () => {
      const page = text(compressibleText(20_000));
      await using server = await startToyServer({
        '/page': () => page,
        '/away': () => ({ status: 307, representation: null, headers: ['Location', '/page'] }),
      });
      await using client = await RawConnection.open(server.port);
      client.socket.pause();
      const burst = `${method} ${path} HTTP/1.1\r\nHost: test\r\n${headers}\r\n`.repeat(500);
      const before = process.memoryUsage().rss;
      for (let sent = 0; sent < 400_000 && !client.socket.destroyed; sent += 500) {
        if (!client.socket.write(burst)) await sleep(1);
        assert.ok(
          process.memoryUsage().rss - before < 200 * MB,
          'memory grows with unread answers',
        );
      }
      assert.ok(client.socket.destroyed, 'the connection was closed');
    });
  }
});
