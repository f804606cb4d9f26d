/** What every `CacheStore` must do: one suite, run on memory and on Redis. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { CacheStore, StoredEntry } from '../../src/platform/cache/cache.ts';
import { createMemoryStore } from '../support/memory-store.ts';
import { createRedisStore } from '../../src/platform/cache/redis-store.ts';
import { createRedis, type RedisClient } from '../../src/platform/redis/client.ts';
import { eventually, MB, NEVER, silentLogger, uniquePrefix } from '../support/cache-parts.ts';

const redisUrl = process.env['SLUICE_TEST_REDIS_URL'];

function entryOf(text: string, ttlMs = 60_000): StoredEntry {
  const nowMs = Date.now();
  return {
    bytes: new TextEncoder().encode(text),
    freshUntilMs: nowMs + ttlMs / 2,
    expiresAtMs: nowMs + ttlMs,
  };
}

async function read(store: CacheStore, key: string): Promise<string | null> {
  const entry = await store.get(key, NEVER);
  return entry === null ? null : new TextDecoder().decode(entry.bytes);
}

interface OpenStore {
  readonly store: CacheStore;
  close(): Promise<void>;
}

function storeSuite(name: string, skip: string | false, open: () => Promise<OpenStore>): void {
  describe(name, { skip }, () => {
    let store: CacheStore;
    let close: () => Promise<void>;
    before(async () => {
      ({ store, close } = await open());
    });
    after(() => close());

    it('gives back bytes, times and the negative count', async () => {
      const entry: StoredEntry = { ...entryOf('é\0ü'), negativeCount: 7 };
      await store.set('times', entry, NEVER);
      assert.deepEqual(await store.get('times', NEVER), entry);
      await store.set('empty', { ...entryOf(''), negativeCount: 0 }, NEVER);
      assert.equal(await read(store, 'empty'), '');
    });

    it('an unknown key is null; a written one is replaced as a whole', async () => {
      assert.equal(await read(store, 'unknown'), null);
      await store.set('replaced', entryOf('a long first value'), NEVER);
      await store.set('replaced', entryOf('short'), NEVER);
      assert.equal(await read(store, 'replaced'), 'short');
    });

    it("keeps a copy, and hands out bytes of the caller's own", async () => {
      const chunk = Buffer.from('xxvaluexx');
      await store.set('copied', { ...entryOf(''), bytes: chunk.subarray(2, 7) }, NEVER);
      chunk.fill(0);
      const first = await store.get('copied', NEVER);
      assert.equal(first?.bytes.buffer.byteLength, 5, 'pins nothing larger');
      first?.bytes.fill(0);
      assert.equal(await read(store, 'copied'), 'value');
    });

    it('an expired entry is gone, and one that has expired already is not stored', async () => {
      await store.set('short', entryOf('soon gone', 3000), NEVER);
      assert.equal(await read(store, 'short'), 'soon gone');
      await eventually('the expiry', async () => (await read(store, 'short')) === null);
      await store.set('late', entryOf('too late', -1), NEVER);
      assert.equal(await read(store, 'late'), null);
    });

    it('does not store an entry above its cap', async () => {
      await store.set('large', { ...entryOf(''), bytes: new Uint8Array(MB + 1) }, NEVER);
      assert.equal(await read(store, 'large'), null);
      await store.set('fits', { ...entryOf(''), bytes: new Uint8Array(MB) }, NEVER);
      assert.equal((await store.get('fits', NEVER))?.bytes.length, MB);
    });

    it('deletes many keys at once, known or not', async () => {
      const keys = Array.from({ length: 1200 }, (_, index) => `many:${index}`);
      for (const key of keys.slice(0, 50)) await store.set(key, entryOf(key), NEVER);
      await store.delete(keys, NEVER);
      for (const key of keys.slice(0, 50)) assert.equal(await read(store, key), null);
      await store.delete([], NEVER);
    });

    it('a deletion between fence and write wins; other keys are not held up', async () => {
      const fence = await store.fence('fenced', NEVER);
      const otherFence = await store.fence('other', NEVER);
      await store.delete(['fenced'], NEVER);
      await store.set('fenced', entryOf('what was true before'), NEVER, fence);
      await store.set('other', entryOf('other'), NEVER, otherFence);
      assert.equal(await read(store, 'fenced'), null);
      assert.equal(await read(store, 'other'), 'other');
      await store.set(
        'fenced',
        entryOf('what is true now'),
        NEVER,
        await store.fence('fenced', NEVER),
      );
      assert.equal(await read(store, 'fenced'), 'what is true now');
    });

    it('a replacement moves the fence, and is refused when it has moved', async () => {
      const fence = await store.fence('replaced at once', NEVER);
      const first = entryOf('first');
      assert.equal(await store.replace('replaced at once', first, fence, NEVER), true);
      assert.deepEqual(await store.get('replaced at once', NEVER), { ...first, negativeCount: 0 });
      assert.equal(
        await store.replace('replaced at once', entryOf('late'), fence, NEVER),
        false,
        'somebody was faster',
      );
      await store.set('replaced at once', entryOf('what was loaded before'), NEVER, fence);
      assert.equal(await read(store, 'replaced at once'), 'first');
      const large = { ...entryOf(''), bytes: new Uint8Array(MB + 1) };
      const now = await store.fence('replaced at once', NEVER);
      assert.equal(await store.replace('replaced at once', large, now, NEVER), true);
      assert.equal(
        await read(store, 'replaced at once'),
        null,
        'neither the old nor the large one',
      );
    });

    it('keys may contain anything', async () => {
      for (const key of ['a b', 'ключ', '{x}', 'a\nb', 'k'.repeat(500), '']) {
        await store.set(key, entryOf(key), NEVER);
        assert.equal(await read(store, key), key);
      }
    });

    it('an aborted signal rejects with its reason', async () => {
      const reason = new Error('gone');
      const signal = AbortSignal.abort(reason);
      await assert.rejects(store.get('k', signal), reason);
      await assert.rejects(store.set('k', entryOf('v'), signal), reason);
      await assert.rejects(store.delete(['k'], signal), reason);
      await assert.rejects(store.fence('k', signal), reason);
      await assert.rejects(store.replace('k', entryOf('v'), '', signal), reason);
    });
  });
}

storeSuite('CacheStore in memory', false, async () => {
  const store = createMemoryStore({ bytesMax: 16 * MB, entryBytesMax: MB });
  return { store, close: async () => store[Symbol.asyncDispose]() };
});

storeSuite(
  'CacheStore on Redis',
  redisUrl === undefined ? 'needs SLUICE_TEST_REDIS_URL' : false,
  async () => {
    const redis: RedisClient = createRedis(
      {
        url: redisUrl ?? '',
        keyPrefix: uniquePrefix(),
        commandTimeoutMs: 30_000,
        connectTimeoutMs: 30_000,
      },
      silentLogger,
    );
    await redis.connected(AbortSignal.timeout(60_000));
    return {
      store: createRedisStore(redis, { entryBytesMax: MB }),
      close: async () => redis[Symbol.asyncDispose](),
    };
  },
);

describe('memory store', () => {
  it('stays within its bytes and drops what was not used for longest', async () => {
    await using store = createMemoryStore({ bytesMax: 100_000, entryBytesMax: 50_000 });
    for (let index = 0; index < 500; index++) {
      await store.set(`k${index}`, { ...entryOf(''), bytes: new Uint8Array(1000) }, NEVER);
      await store.get('k0', NEVER);
      assert.ok(store.sizeBytes <= 100_000);
    }
    assert.notEqual(await store.get('k0', NEVER), null, 'used all the time');
    assert.equal(await store.get('k1', NEVER), null);
  });
});
