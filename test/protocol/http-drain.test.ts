/** Protects restarts: no accepted request is lost while the server drains. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/processes.ts';
import { RawConnection } from '../support/raw-connection.ts';
import { compressibleText, startToyServer, text } from '../support/toy-server.ts';

const handlers = {
  '/quick': () => text(compressibleText(5000)),
  '/later': async () => {
    await sleep(100);
    return text('later');
  },
  '/never': async () => {
    await new Promise(() => undefined);
    return text('never');
  },
};

test('every request sent on a kept-alive connection before it closes is answered', async () => {
  await using server = await startToyServer(handlers);
  let sent = 0;
  let answered = 0;
  let lost = 0;
  const client = async (index: number) => {
    await using connection = await RawConnection.open(server.port);
    for (;;) {
      sent += 1;
      connection.request(index % 4 === 3 ? 'HEAD' : 'GET', index % 4 === 0 ? '/later' : '/quick');
      const answer = await connection.response({ bodiless: index % 4 === 3 });
      if (answer === null) lost += 1;
      else answered += 1;
      if (answer === null || answer.headers.get('connection') === 'close') return;
      await sleep(1);
    }
  };
  const clients = Array.from({ length: 32 }, (_, index) => client(index));
  await sleep(150);
  const before = performance.now();
  await server.drain(120_000);
  assert.ok(performance.now() - before < 60_000, 'the drain ends before its deadline');
  await server[Symbol.asyncDispose]();
  await Promise.all(clients);
  assert.equal(lost, 0);
  assert.equal(answered, sent);
});

test('new connections are refused, a waiting request is answered, then its connection is closed', async () => {
  let answerIt: () => void = () => undefined;
  const mayAnswer = new Promise<void>((resolve) => {
    answerIt = resolve;
  });
  await using server = await startToyServer({
    '/later': async () => {
      await mayAnswer;
      return text('later');
    },
  });
  await using waiting = await RawConnection.open(server.port);
  waiting.request('GET', '/later');
  await eventually('the request waits', 60_000, () => server.inFlight === 1);
  const drained = server.drain(60_000);
  await assert.rejects(RawConnection.open(server.port));
  answerIt();
  const answer = await waiting.response();
  assert.equal(answer?.body.toString(), 'later');
  assert.equal(answer.headers.get('connection'), 'close');
  await waiting.closed;
  await drained;
});

test('an idle connection does not hold up the drain, a hanging request only until the deadline', async () => {
  await using server = await startToyServer(handlers);
  await using idle = await RawConnection.open(server.port);
  idle.request('GET', '/quick');
  await idle.response();
  await server.drain(60_000);

  await using other = await startToyServer(handlers);
  await using hanging = await RawConnection.open(other.port);
  hanging.request('GET', '/never');
  await eventually('the request waits', 60_000, () => other.inFlight === 1);
  await other.drain(200);
  assert.equal(other.inFlight, 1);
  await other[Symbol.asyncDispose]();
  await hanging.closed;
  assert.equal(other.inFlight, 0);
});

test('a large answer that is being written is written to its end', async () => {
  const body = text(Buffer.alloc(20_000_000, 'z'), { compressible: false });
  await using server = await startToyServer({ '/big': () => body });
  await using reader = await RawConnection.open(server.port);
  reader.request('GET', '/big');
  await once(reader.socket, 'data');
  reader.socket.pause();
  const drained = server.drain(60_000);
  await sleep(300);
  reader.socket.resume();
  const answer = await reader.response();
  assert.equal(answer?.body.length, 20_000_000);
  await drained;
});
