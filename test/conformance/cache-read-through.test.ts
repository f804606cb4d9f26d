/** What every `ReadThroughCache` must do, over each make-up of its tiers: L1 alone, with memory, with Redis. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Latch } from '../../src/lib/async/latch.ts';
import { AppError } from '../../src/lib/errors.ts';
import type { Loader } from '../../src/platform/cache/cache.ts';
import {
  eventually,
  localParts,
  NEVER,
  pause,
  redisParts,
  stoppedClock,
  textCache,
  uniquePrefix,
  type CacheParts,
} from '../support/cache-parts.ts';

const redisUrl = process.env['SLUICE_TEST_REDIS_URL'];
const skipRedis = redisUrl === undefined ? 'needs SLUICE_TEST_REDIS_URL' : false;

/** A loader that counts its calls and answers with `value 1`, `value 2`, … */
function counting(delayMs = 0): { load: Loader<string>; calls: () => number } {
  let calls = 0;
  return {
    load: async () => {
      const mine = ++calls;
      if (delayMs > 0) await pause(delayMs);
      return `value ${mine}`;
    },
    calls: () => calls,
  };
}

const unreachable: Loader<string> = () => assert.fail('must not be loaded');

/** The write behind a load holds its lease: until it is over, a stale value is served without a refresh. */
function leaseIsFree(parts: CacheParts): Promise<void> {
  return eventually('the write behind, which holds the lease', async () => {
    const lease = await parts.leases.tryAcquire('text:1:k', NEVER);
    await lease?.release();
    return lease !== null;
  });
}

function readThroughSuite(
  name: string,
  skip: string | false,
  open: () => Promise<CacheParts>,
): void {
  describe(name, { skip }, () => {
    it('loads once, then answers from L1, synchronously and with the same object', async () => {
      await using parts = await open();
      await using cache = textCache(parts);
      const { load, calls } = counting();
      assert.equal(cache.peek('k'), undefined);
      assert.deepEqual(await cache.get('k', load, NEVER), {
        value: 'value 1',
        tier: 'origin',
        stale: false,
      });
      const hit = cache.peek('k');
      assert.deepEqual(hit, { value: 'value 1', tier: 'l1', stale: false });
      assert.equal(cache.peek('k'), hit, 'a hit allocates no look-up');
      assert.equal(await cache.get('k', load, NEVER), hit);
      assert.equal(calls(), 1);
      const { loads, misses, l1Hits } = cache.stats();
      assert.deepEqual({ loads, misses, l1Hits }, { loads: 1, misses: 1, l1Hits: 3 });
    });

    it('500 cold requests at once make one load', async () => {
      await using parts = await open();
      await using cache = textCache(parts);
      const { load, calls } = counting(20);
      const found = await Promise.all(
        Array.from({ length: 500 }, () => cache.get('k', load, NEVER)),
      );
      assert.equal(calls(), 1);
      assert.ok(found.every(({ value }) => value === 'value 1'));
    });

    it('"nothing" is remembered, for longer each time, and never served when it is over', async (t) => {
      const pass = stoppedClock(t);
      await using parts = await open();
      await using cache = textCache(parts, { negativeMs: { first: 60, max: 10_000, growth: 100 } });
      let calls = 0;
      const nothing: Loader<string> = async () => {
        calls++;
        return null;
      };
      assert.deepEqual(await cache.get('k', nothing, NEVER), {
        value: null,
        tier: 'origin',
        stale: false,
      });
      assert.equal((await cache.get('k', nothing, NEVER)).value, null);
      assert.equal(calls, 1);
      pass(80);
      assert.equal(cache.peek('k'), undefined);
      await cache.get('k', nothing, NEVER);
      assert.equal(calls, 2);
      pass(80);
      assert.equal(cache.peek('k')?.value, null, 'the second time it holds for longer');
      assert.ok(cache.stats().negativeHits >= 2);
    });

    it('an update replaces the value in every tier, and starts from what is there', async () => {
      await using parts = await open();
      await using cache = textCache(parts);
      await using other = textCache({ ...parts, l1: localParts(false).l1 });
      const load: Loader<string> = async () => 'loaded';
      assert.equal(await cache.update('k', load, (present) => `${present} +1`, NEVER), 'loaded +1');
      assert.equal(
        await cache.update('k', load, (present) => `${present} +2`, NEVER),
        'loaded +1 +2',
      );
      assert.equal(cache.peek('k')?.value, 'loaded +1 +2');
      const same = await cache.update('k', load, (present) => present ?? '', NEVER);
      assert.equal(same, 'loaded +1 +2');
      if (parts.l2 === null) return;
      assert.equal((await other.get('k', unreachable, NEVER)).value, 'loaded +1 +2');
      assert.equal(
        await other.update('k', unreachable, (present) => `${present} +3`, NEVER),
        'loaded +1 +2 +3',
      );
      await eventually('the news', () => cache.peek('k') === undefined);
      assert.equal((await cache.get('k', unreachable, NEVER)).value, 'loaded +1 +2 +3');
    });

    it('updates at once are all in the value', async () => {
      await using parts = await open();
      await using cache = textCache(parts);
      const load: Loader<string> = async () => '';
      const letters = ['a', 'b', 'c', 'd'];
      await Promise.all(
        letters.map((letter) =>
          cache.update('k', load, (present) => `${present ?? ''}${letter}`, NEVER),
        ),
      );
      const { value } = await cache.get('k', unreachable, NEVER);
      assert.deepEqual((value ?? '').split('').sort(), letters);
    });

    it('a refresh that began before an update does not overwrite it', async (t) => {
      const pass = stoppedClock(t);
      await using parts = await open();
      await using cache = textCache(parts, { freshMs: 30 });
      await cache.get('k', async () => 'first', NEVER);
      await leaseIsFree(parts);
      pass(50);
      const began = new Latch<void>();
      const goOn = new Latch<void>();
      const slow: Loader<string> = async () => {
        began.open();
        await goOn.opened;
        return 'older';
      };
      assert.equal(cache.peek('k', slow)?.stale, true);
      await began.opened;
      assert.equal(await cache.update('k', slow, (present) => `${present} +1`, NEVER), 'first +1');
      goOn.open();
      await leaseIsFree(parts);
      assert.equal(cache.peek('k')?.value, 'first +1');
      if (parts.l2 === null) return;
      await using late = textCache({ ...parts, l1: localParts(false).l1 });
      assert.equal((await late.get('k', unreachable, NEVER)).value, 'first +1');
    });

    it('a stale value is served at once and refreshed behind, once', async (t) => {
      const pass = stoppedClock(t);
      await using parts = await open();
      await using cache = textCache(parts, { freshMs: 30 });
      const { load, calls } = counting(20);
      await cache.get('k', load, NEVER);
      pass(50);
      await leaseIsFree(parts);
      const hits = await Promise.all(Array.from({ length: 50 }, () => cache.get('k', load, NEVER)));
      assert.ok(hits.every(({ value, stale }) => value === 'value 1' && stale));
      await eventually('the refreshed value', () => cache.peek('k')?.value === 'value 2');
      assert.equal(calls(), 2);
      assert.equal(cache.stats().refreshes, 1);
    });

    it('peek without a loader serves stale and refreshes nothing', async (t) => {
      const pass = stoppedClock(t);
      await using parts = await open();
      await using cache = textCache(parts, { freshMs: 10 });
      const { load, calls } = counting();
      await cache.get('k', load, NEVER);
      pass(30);
      assert.equal(cache.peek('k')?.stale, true);
      await pause(30);
      assert.equal(calls(), 1);
    });

    it('a refresh that fails leaves the stale value and backs off', async (t) => {
      const pass = stoppedClock(t);
      await using parts = await open();
      await using cache = textCache(parts, { freshMs: 10 });
      await cache.get('k', async () => 'good', NEVER);
      pass(30);
      await leaseIsFree(parts);
      let attempts = 0;
      const broken: Loader<string> = async () => {
        attempts++;
        throw new AppError('database.unavailable', 'down');
      };
      for (let turn = 0; turn < 20; turn++) {
        assert.equal((await cache.get('k', broken, NEVER)).value, 'good');
        await pause(5);
      }
      assert.equal(attempts, 1);
    });

    it('an error of the origin is not cached, and reaches its caller', async () => {
      await using parts = await open();
      await using cache = textCache(parts);
      const failure = new AppError('database.unavailable', 'down');
      await assert.rejects(
        cache.get('k', () => Promise.reject(failure), NEVER),
        failure,
      );
      assert.equal((await cache.get('k', async () => 'up again', NEVER)).value, 'up again');
    });

    it('invalidation drops every tier', async () => {
      await using parts = await open();
      await using cache = textCache(parts);
      const { load } = counting();
      await cache.get('k', load, NEVER);
      await eventually('the write behind', () => cache.stats().loading === 0);
      await cache.invalidate('k');
      assert.equal(cache.peek('k'), undefined);
      assert.deepEqual(await cache.get('k', load, NEVER), {
        value: 'value 2',
        tier: 'origin',
        stale: false,
      });
    });

    it('a load that an invalidation overtook answers its callers and is kept nowhere', async () => {
      await using parts = await open();
      await using cache = textCache(parts);
      let truth = 'old';
      let loads = 0;
      let answer: () => void = () => undefined;
      const mayAnswer = new Promise<void>((resolve) => {
        answer = resolve;
      });
      const slow: Loader<string> = async () => {
        const read = truth;
        loads++;
        await mayAnswer;
        return read;
      };
      const before = cache.get('k', slow, NEVER);
      await eventually('the load', () => loads === 1);
      truth = 'new';
      await cache.invalidate('k');
      const after = cache.get('k', slow, NEVER);
      answer();
      assert.equal((await before).value, 'old');
      assert.equal((await after).value, 'new', 'does not join the load that began before');
      await eventually(
        'the write behind',
        async () => parts.l2 === null || (await parts.l2.get('text:1:k', NEVER)) !== null,
      );
      assert.equal((await cache.get('k', unreachable, NEVER)).value, 'new');
      await using another = textCache({ ...parts, l1: localParts(false).l1 });
      if (parts.l2 !== null)
        assert.equal((await another.get('k', unreachable, NEVER)).value, 'new');
    });

    it('a client that leaves does not take the load with it', async () => {
      await using parts = await open();
      await using cache = textCache(parts);
      const { load, calls } = counting(40);
      const client = new AbortController();
      const leaving = assert.rejects(
        cache.get('k', load, client.signal),
        (error) => error instanceof AppError,
      );
      const staying = cache.get('k', load, NEVER);
      client.abort();
      await leaving;
      assert.equal((await staying).value, 'value 1');
      assert.equal(calls(), 1);
    });

    it('caches with different names do not see each other', async () => {
      await using parts = await open();
      await using cache = textCache(parts, { name: 'one' });
      await using other = textCache(parts, { name: 'two' });
      await cache.get('k', async () => 'one', NEVER);
      assert.equal((await other.get('k', async () => 'two', NEVER)).value, 'two');
      await other.invalidate('k');
      assert.equal(cache.peek('k')?.value, 'one');
    });

    it('disposal aborts a load and a refresh, and nothing of it goes on', async () => {
      await using parts = await open();
      const cache = textCache(parts, { freshMs: 10 });
      await cache.get('stale', async () => 'v', NEVER);
      await pause(30);
      let running = 0;
      const hanging: Loader<string> = (signal) =>
        new Promise((_resolve, reject) => {
          running++;
          signal.addEventListener('abort', () => {
            running--;
            reject(signal.reason);
          });
        });
      const draining = (error: unknown) =>
        error instanceof AppError && error.code === 'server.draining';
      const loading = assert.rejects(cache.get('k', hanging, NEVER), draining);
      // The lease of the first load is given back behind it: until then a stale value is served without a refresh.
      await eventually('both loaders', async () => {
        await cache.get('stale', hanging, NEVER);
        return running === 2;
      });
      await cache[Symbol.asyncDispose]();
      await loading;
      assert.equal(running, 0);
      assert.equal(cache.stats().loading, 0);
      await assert.rejects(
        cache.get('other', unreachable, NEVER),
        (error) => error instanceof AppError,
      );
    });

    if (name.includes('L2')) secondTierSuite(open);
  });
}

/** What only holds where there is a second tier. */
function secondTierSuite(open: () => Promise<CacheParts>): void {
  it('another L1 on the same L2 finds the value, and a stale one is refreshed by it', async (t) => {
    const pass = stoppedClock(t);
    await using parts = await open();
    await using writer = textCache(parts, { freshMs: 80 });
    await using reader = textCache({ ...parts, l1: localParts(false).l1 }, { freshMs: 80 });
    await writer.get('k', async () => 'shared', NEVER);
    await eventually(
      'the write behind',
      async () => (await parts.l2?.get('text:1:k', NEVER)) !== null,
    );
    assert.deepEqual(await reader.get('k', unreachable, NEVER), {
      value: 'shared',
      tier: 'l2',
      stale: false,
    });
    assert.equal(reader.stats().l2Hits, 1);
    pass(100);
    await leaseIsFree(parts);
    await using late = textCache({ ...parts, l1: localParts(false).l1 });
    assert.deepEqual(await late.get('k', async () => 'refreshed', NEVER), {
      value: 'shared',
      tier: 'l2',
      stale: true,
    });
    await eventually('the refresh', () => late.peek('k')?.value === 'refreshed');
  });

  it('a corrupt blob, or one of another version, is a miss and is overwritten', async () => {
    await using parts = await open();
    await using cache = textCache(parts);
    const times = { freshUntilMs: Date.now() + 60_000, expiresAtMs: Date.now() + 60_000 };
    await parts.l2?.set(
      'text:1:k',
      { bytes: new TextEncoder().encode('v2:from the future'), ...times },
      NEVER,
    );
    assert.equal((await cache.get('k', async () => 'loaded', NEVER)).value, 'loaded');
    assert.ok(cache.stats().l2Refused >= 1);
    await eventually(
      'the overwritten blob',
      async () =>
        Buffer.from((await parts.l2?.get('text:1:k', NEVER))?.bytes ?? []).toString() ===
        'v1:loaded',
    );
  });

  it('schema versions are apart', async () => {
    await using parts = await open();
    await using old = textCache(parts, { schemaVersion: 1 });
    await using young = textCache({ ...parts, l1: localParts(false).l1 }, { schemaVersion: 2 });
    await old.get('k', async () => 'one', NEVER);
    assert.equal((await young.get('k', async () => 'two', NEVER)).value, 'two');
  });

  it('L1 is left after its age, L2 answers then', async (t) => {
    const pass = stoppedClock(t);
    await using parts = await open();
    await using cache = textCache(parts, { l1MaxAgeMs: 30 });
    await cache.get('k', async () => 'v', NEVER);
    await eventually(
      'the write behind',
      async () => (await parts.l2?.get('text:1:k', NEVER)) !== null,
    );
    pass(50);
    assert.equal(cache.peek('k'), undefined);
    assert.deepEqual(await cache.get('k', unreachable, NEVER), {
      value: 'v',
      tier: 'l2',
      stale: false,
    });
  });

  it('the count of negative answers goes on in another process', async (t) => {
    const pass = stoppedClock(t);
    await using parts = await open();
    const negativeMs = { first: 60, max: 10_000, growth: 100 };
    await using first = textCache(parts, { negativeMs });
    await first.get('k', async () => null, NEVER);
    await eventually(
      'the write behind',
      async () => (await parts.l2?.get('text:1:k', NEVER)) !== null,
    );
    pass(80);
    await using second = textCache({ ...parts, l1: localParts(false).l1 }, { negativeMs });
    await second.get('k', async () => null, NEVER);
    pass(80);
    assert.equal(second.peek('k')?.value, null);
  });
}

readThroughSuite('ReadThroughCache: L1 alone', false, async () => localParts(false));
readThroughSuite('ReadThroughCache: L1 and memory as L2', false, async () => localParts(true));
readThroughSuite('ReadThroughCache: L1 and Redis as L2', skipRedis, async () => {
  const parts = redisParts(redisUrl ?? '', uniquePrefix());
  await parts.redis.connected(AbortSignal.timeout(60_000));
  await pause(20);
  return parts;
});
