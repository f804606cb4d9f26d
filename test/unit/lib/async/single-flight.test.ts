import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'node:test';
import type { CancelSignal } from '../../../../src/lib/async/cancel.ts';
import { AppError, type ErrorCode } from '../../../../src/lib/errors.ts';
import { SingleFlight } from '../../../../src/lib/async/single-flight.ts';
import { NEVER, pause } from '../../../support/cache-parts.ts';

function flightsWith(
  overrides: Partial<ConstructorParameters<typeof SingleFlight>[0]> = {},
): SingleFlight<string> {
  const defaults = { flightTimeoutMs: 5000, keysMax: 100, waitersMax: 1000, attemptsMax: 3 };
  return new SingleFlight<string>({ ...defaults, ...overrides });
}

const hasCode = (code: ErrorCode) => (error: unknown) =>
  error instanceof AppError && error.code === code;

/** A task that the test settles. */
function controlled() {
  let resolve: (value: string) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<string>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { task: () => promise, resolve, reject };
}

describe('SingleFlight', () => {
  it('runs one task for all callers of a key, and another for another key', async () => {
    const flights = flightsWith();
    let runs = 0;
    const task = async () => {
      runs++;
      await pause(5);
      return `result ${runs}`;
    };
    const results = await Promise.all(
      Array.from({ length: 500 }, () => flights.run('k', task, NEVER)),
    );
    assert.deepEqual(new Set(results), new Set(['result 1']));
    await flights.run('l', task, NEVER);
    assert.equal(runs, 2);
    assert.equal(flights.size, 0);
  });

  it('a leader that fails gets its error, and the next in line runs its own task', async () => {
    const flights = flightsWith();
    const [first, second] = [controlled(), controlled()];
    const leading = flights.run('k', first.task, NEVER);
    const waiting = [
      flights.run('k', second.task, NEVER),
      flights.run('k', () => assert.fail('not its turn'), NEVER),
    ];
    first.reject(new Error('broken'));
    await assert.rejects(leading, /broken/);
    second.resolve('from the second');
    assert.deepEqual(await Promise.all(waiting), ['from the second', 'from the second']);
  });

  it('after three failures the rest of the line fails with the last one', async () => {
    const flights = flightsWith();
    let runs = 0;
    const task = async () => {
      runs++;
      throw new Error(`failure ${runs}`);
    };
    const outcomes = await Promise.allSettled(
      Array.from({ length: 100 }, () => flights.run('k', task, NEVER)),
    );
    assert.equal(runs, 3);
    assert.ok(outcomes.every(({ status }) => status === 'rejected'));
  });

  it('the work goes on when its client leaves, for those who stay and for the cache', async () => {
    const flights = flightsWith();
    const client = new AbortController();
    const { task, resolve } = controlled();
    const leading = flights.run('k', task, client.signal);
    const waiting = flights.run('k', () => assert.fail('the first goes on'), NEVER);
    client.abort();
    await assert.rejects(leading, hasCode('request.cancelled'));
    resolve('finished');
    assert.equal(await waiting, 'finished');
  });

  it('a waiter leaves at its own deadline', async () => {
    const flights = flightsWith();
    const { task, resolve } = controlled();
    const leading = flights.run('k', task, NEVER);
    await assert.rejects(
      flights.run('k', task, AbortSignal.timeout(5)),
      hasCode('cache.wait-timeout'),
    );
    resolve('late');
    assert.equal(await leading, 'late');
  });

  it('a task that ignores its signal is given up at the deadline of the flight', async () => {
    const flights = flightsWith({ flightTimeoutMs: 20 });
    const { task, resolve } = controlled();
    const waiting = [flights.run('k', task, NEVER), flights.run('k', task, NEVER)];
    for (const outcome of await Promise.allSettled(waiting)) {
      assert.ok(outcome.status === 'rejected' && hasCode('cache.wait-timeout')(outcome.reason));
    }
    assert.equal(flights.size, 0);
    resolve('unheard');
  });

  it('refuses keys and waiters beyond its bounds', async () => {
    const flights = flightsWith({ keysMax: 1, waitersMax: 2 });
    const { task, resolve } = controlled();
    const accepted = [flights.run('k', task, NEVER), flights.run('k', task, NEVER)];
    await assert.rejects(flights.run('k', task, NEVER), hasCode('server.overloaded'));
    await assert.rejects(flights.run('l', task, NEVER), hasCode('server.overloaded'));
    resolve('done');
    await Promise.all(accepted);
  });

  it('a forgotten flight takes nobody in', async () => {
    const flights = flightsWith();
    const before = controlled();
    const old = flights.run('k', before.task, NEVER);
    flights.forget('k');
    assert.equal(await flights.run('k', async () => 'new', NEVER), 'new');
    before.resolve('old');
    assert.equal(await old, 'old');
  });

  it('disposal aborts the tasks, answers everybody and refuses newcomers', async () => {
    const flights = flightsWith();
    let aborted = false;
    const task = (signal: CancelSignal) =>
      new Promise<string>((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted = true;
          reject(signal.reason);
        });
      });
    const waiting = assert.rejects(flights.run('k', task, NEVER), hasCode('server.draining'));
    await flights[Symbol.asyncDispose]();
    await waiting;
    assert.equal(aborted, true);
    await assert.rejects(flights.run('k', task, NEVER), hasCode('server.draining'));
  });

  it('whatever fails and aborts, in any order: everybody is answered and one task runs at a time', async () => {
    const caller = fc.record({
      key: fc.constantFrom('a', 'b'),
      outcome: fc.constantFrom('value', 'failure', 'sync-failure'),
      abortsAfter: fc.option(fc.nat({ max: 4 })),
      startsAfter: fc.nat({ max: 6 }),
    });
    const crowd = fc.array(caller, { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), crowd, async (scheduler, callers) => {
        const flights = flightsWith({ flightTimeoutMs: 60_000 });
        const running = new Map<string, number>();
        let mostAtOnce = 0;
        const ask = async (
          { key, outcome, abortsAfter, startsAfter }: (typeof callers)[number],
          index: number,
        ) => {
          const client = new AbortController();
          for (let step = 0; step < startsAfter; step++)
            await scheduler.schedule(Promise.resolve(), `start ${index}`);
          const task = (): Promise<string> => {
            if (outcome === 'sync-failure') throw new Error('sync');
            running.set(key, (running.get(key) ?? 0) + 1);
            mostAtOnce = Math.max(mostAtOnce, running.get(key) ?? 0);
            return scheduler.schedule(Promise.resolve(), `task ${index}`).then(() => {
              running.set(key, (running.get(key) ?? 0) - 1);
              if (outcome === 'failure') throw new Error('failure');
              return `${key} of ${index}`;
            });
          };
          const answer = flights.run(key, task, client.signal);
          const leaving = (async () => {
            for (let step = 0; step < (abortsAfter ?? 0); step++) {
              await scheduler.schedule(Promise.resolve(), `abort ${index}`);
            }
            if (abortsAfter !== null) client.abort();
          })();
          const [settled] = await Promise.allSettled([answer, leaving]);
          if (settled.status === 'fulfilled') assert.ok(settled.value.startsWith(`${key} of `));
        };
        const all = Promise.all(callers.map(ask));
        await scheduler.waitFor(all);
        while (flights.size > 0) await scheduler.waitIdle();
        assert.ok(mostAtOnce <= 1);
      }),
      { numRuns: 200 },
    );
  });
});
