/** Protects the connection budget: no permit may be lost or given twice, however callers leave the line. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../../../src/lib/errors.ts';
import { Semaphore } from '../../../../src/lib/async/semaphore.ts';

/** Permits are objects, so that one given twice is noticed. */
function counted(permits: number, waitingMax: number, acquireTimeoutMs = 60_000) {
  const free = Array.from({ length: permits }, (_, id) => ({ id }));
  const semaphore = new Semaphore<'one' | 'all', { id: number }>({
    take: (need) => (need === 'all' && free.length < permits ? undefined : free.pop()),
    waitingMax,
    acquireTimeoutMs,
    refusal: (why) => new Error(why),
  });
  const release = (permit: { id: number }) => {
    assert.ok(!free.includes(permit), 'a permit was returned twice');
    free.push(permit);
    semaphore.pump();
  };
  return { semaphore, free, release };
}

const never = new AbortController().signal;
const nextTurn = () =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });

describe('semaphore', () => {
  it('never has more than n permits out and loses none under random aborts', async () => {
    const counts = fc.integer({ min: 1, max: 5 });
    const plans = fc.array(
      fc.record({
        need: fc.constantFrom('one' as const, 'all' as const),
        abortAfter: fc.integer({ min: 0, max: 6 }),
        holdFor: fc.integer({ min: 0, max: 4 }),
      }),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(counts, plans, async (permits, steps) => {
        const { semaphore, free, release } = counted(permits, 1000);
        let out = 0;
        const works = steps.map(async ({ need, abortAfter, holdFor }) => {
          const abort = new AbortController();
          const turns = async (count: number) => {
            for (let turn = 0; turn < count; turn += 1) await nextTurn();
          };
          if (abortAfter < 4) void turns(abortAfter).then(() => abort.abort());
          const permit = await semaphore.acquire(need, abort.signal);
          out += 1;
          assert.ok(out <= permits);
          await turns(holdFor);
          out -= 1;
          release(permit);
        });
        await Promise.allSettled(works);
        assert.equal(free.length, permits);
        assert.equal(semaphore.waiting, 0);
      }),
      { numRuns: 60 },
    );
  });

  it('serves in order, also behind somebody who needs everything', async () => {
    const { semaphore, release } = counted(2, 10);
    const first = await semaphore.acquire('one', never);
    const order: string[] = [];
    const all = Promise.resolve(semaphore.acquire('all', never)).then((permit) => {
      order.push('all');
      release(permit);
    });
    const later = Promise.resolve(semaphore.acquire('one', never)).then((permit) => {
      order.push('later');
      release(permit);
    });
    await nextTurn();
    assert.deepEqual(order, []);
    release(first);
    await Promise.all([all, later]);
    assert.deepEqual(order, ['all', 'later']);
  });

  it('lets the next one pass when the head of the line leaves', async () => {
    const { semaphore, release } = counted(2, 10);
    const held = await semaphore.acquire('one', never);
    const abort = new AbortController();
    const head = Promise.resolve(semaphore.acquire('all', abort.signal));
    const next = Promise.resolve(semaphore.acquire('one', never));
    abort.abort(new Error('gone'));
    await assert.rejects(head, /gone/);
    release(await next);
    release(held);
  });

  it('refuses at once when the line is full, and after the acquire timeout', async () => {
    const { semaphore, release } = counted(1, 1, 20);
    const held = await semaphore.acquire('one', never);
    const waiting = Promise.resolve(semaphore.acquire('one', never));
    assert.throws(() => semaphore.acquire('one', never), { message: 'full' });
    await assert.rejects(waiting, { message: 'late' });
    assert.equal(semaphore.waiting, 0);
    release(held);
    release(await semaphore.acquire('one', never));
  });

  it('refuses everyone after close', async () => {
    const { semaphore } = counted(1, 1);
    await semaphore.acquire('one', never);
    const waiting = Promise.resolve(semaphore.acquire('one', never));
    semaphore.close(new AppError('server.draining', 'closing'));
    await assert.rejects(waiting, { code: 'server.draining' });
    assert.throws(() => semaphore.acquire('one', never), { code: 'server.draining' });
  });

  it('does not serve one waiter twice when taking frees a permit', async () => {
    const given: number[] = [];
    let inside = false;
    const semaphore: Semaphore<string, number> = new Semaphore({
      take: () => {
        if (given.length === 0 && !inside) return undefined;
        inside = true;
        semaphore.pump();
        given.push(given.length);
        return given.length;
      },
      waitingMax: 5,
      acquireTimeoutMs: 1000,
      refusal: (why) => new Error(why),
    });
    const waiting = Promise.resolve(semaphore.acquire('a', never));
    inside = true;
    semaphore.pump();
    await waiting;
    assert.equal(given.length, 1);
  });
});
