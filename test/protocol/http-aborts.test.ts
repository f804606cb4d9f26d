/** Protects the process: clients may go away at any moment, handlers may fail at any moment. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import type { CancelSignal } from '../../src/lib/async/cancel.ts';
import { AppError } from '../../src/lib/errors.ts';
import { eventually } from '../support/processes.ts';
import { RawConnection, rawExchange } from '../support/raw-connection.ts';
import { compressibleText, startToyServer, text, type ToyServer } from '../support/toy-server.ts';

interface Step {
  readonly signal: CancelSignal;
  readonly proceed: () => void;
  readonly fail: (error: unknown) => void;
}

describe('aborts and failures', () => {
  let server: ToyServer;
  /** Handlers of `/gate` that wait. */
  const waiting: Step[] = [];
  const big = text(Buffer.alloc(40_000_000, 'x'), { compressible: false });
  let rejectedLater = 0;

  before(async () => {
    server = await startToyServer({
      '/gate': async ({ signal }) => {
        await new Promise<void>((proceed, fail) => {
          waiting.push({ signal, proceed, fail });
        });
        return text('through');
      },
      '/deadline': {
        timeoutMs: 80,
        handler: async ({ signal }) => {
          await new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
          });
          return text('never');
        },
      },
      '/deaf': {
        timeoutMs: 50,
        handler: async () => {
          await sleep(150);
          rejectedLater += 1;
          throw new Error('too late to matter');
        },
      },
      '/throws': () => {
        throw new AppError('request.bad-id', 'no');
      },
      '/rejects-at-once': () => Promise.reject(new AppError('request.bad-id', 'no')),
      '/big': () => big,
      '/compressed': () => text(compressibleText(300_000)),
      '/quick': () => text('quick'),
    });
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
  });

  const nextWaiting = async (): Promise<Step> => {
    await eventually('the handler waits', 60_000, () => Promise.resolve(waiting.length > 0));
    return waiting.shift() ?? assert.fail('nobody waits');
  };
  const settled = () =>
    eventually('nothing is in flight', 60_000, () => Promise.resolve(server.inFlight === 0));
  const alive = async () =>
    assert.equal((await rawExchange(server.port, 'GET', '/quick')).status, 200);

  for (const way of ['reset', 'destroy', 'end'] as const) {
    test(`a client that goes away (${way}) during a wait aborts the signal; the late answer goes nowhere`, async () => {
      const connection = await RawConnection.open(server.port);
      connection.request('GET', '/gate');
      const step = await nextWaiting();
      assert.equal(server.inFlight, 1);
      if (way === 'reset') connection.reset();
      else connection.socket[way]();
      await eventually('the signal is aborted', 60_000, () => Promise.resolve(step.signal.aborted));
      assert.ok(
        step.signal.reason instanceof AppError && step.signal.reason.code === 'request.cancelled',
      );
      await settled();
      const logged = server.logged.length;
      step.proceed();
      await sleep(5);
      assert.deepEqual([server.inFlight, server.logged.length], [0, logged]);
      await connection.closed;
      await alive();
    });
  }

  test('a handler that fails after its client has gone is not logged', async () => {
    const logged = server.logged.length;
    const connection = await RawConnection.open(server.port);
    connection.request('GET', '/gate');
    const step = await nextWaiting();
    connection.reset();
    await settled();
    step.fail(new Error('nobody listens'));
    await sleep(5);
    assert.equal(server.logged.length, logged);
  });

  test('resets before, during and after answers of every kind leave nothing behind', async () => {
    const paths = [
      '/quick',
      '/throws',
      '/rejects-at-once',
      '/compressed',
      '/deaf',
      '/deadline',
      '/big',
      '/nowhere',
    ];
    for (let round = 0; round < 300; round += 1) {
      const connection = await RawConnection.open(server.port);
      const path = paths[round % paths.length] ?? '';
      const head = `GET ${path} HTTP/1.1\r\nHost: test\r\nAccept-Encoding: br\r\n\r\n`;
      connection.write(round % 7 === 0 ? head.slice(0, 20) : head);
      if (round % 3 === 0)
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      if (round % 5 === 0) await sleep(1);
      connection.reset();
      await connection.closed;
    }
    await settled();
    await alive();
    assert.deepEqual(
      server.logged.filter(({ message }) => message !== 'request failed'),
      [],
    );
  });

  test('a failure before and after the first await is answered alike', async () => {
    for (const path of ['/throws', '/rejects-at-once']) {
      const answer = await rawExchange(server.port, 'GET', path);
      assert.equal(answer.status, 400);
      assert.match(answer.body.toString(), /request\.bad-id/);
    }
  });

  test('at the deadline the signal is aborted and 503 answered, also when the handler is deaf', async () => {
    for (const path of ['/deadline', '/deaf']) {
      const answer = await rawExchange(server.port, 'GET', path);
      assert.equal(answer.status, 503, path);
      assert.match(answer.body.toString(), /server\.timeout/);
      assert.ok(answer.headers.has('retry-after'));
      assert.equal(server.inFlight, 0);
    }
    const before = rejectedLater;
    await eventually('the deaf handler has failed', 60_000, () =>
      Promise.resolve(rejectedLater > before || before > 0),
    );
    await alive();
  });

  test('the connection of a late answer is usable', async () => {
    await using connection = await RawConnection.open(server.port);
    connection.request('GET', '/deadline');
    assert.equal((await connection.response())?.status, 503);
    await sleep(100);
    connection.request('GET', '/quick');
    assert.equal((await connection.response())?.body.toString(), 'quick');
  });
});
