/**
 * Protects the promises of the worker pool with real threads: a bounded queue that refuses at once, a
 * client's leaving that costs no thread, and recovery from everything that can happen to one.
 */
import assert from 'node:assert/strict';
import { setMaxListeners } from 'node:events';
import { test, type TestContext } from 'node:test';
import { AppError } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/platform/log/logger.ts';
import { createTaskPool, type TaskPoolOptions } from '../../src/platform/pool/piscina-pool.ts';
import type { TaskPool } from '../../src/platform/pool/task-pool.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const FIXTURE = new URL('../support/fixtures/pool-thread.js', import.meta.url);

function openPool(t: TestContext, options: Partial<TaskPoolOptions> = {}): TaskPool {
  const pool = createTaskPool({
    threads: 1,
    queueMax: 10,
    taskTimeoutMs: 120_000,
    closeTimeoutMs: 2000,
    logger: silent,
    entry: FIXTURE,
    ...options,
  });
  t.after(() => pool[Symbol.asyncDispose]());
  return pool;
}

async function order(
  pool: TaskPool,
  text: string,
  signal = AbortSignal.timeout(120_000),
  timeoutMs?: number,
) {
  const input = { bytes: Buffer.from(text), gzip: true, br: false };
  const { gzip } = await pool.run(
    'http.compress',
    input,
    timeoutMs === undefined ? { signal } : { signal, timeoutMs },
  );
  return Buffer.from(gzip ?? []).toString();
}

const code = (expected: string) => (error: unknown) =>
  error instanceof AppError && error.code === expected;
const poster = { title: '', year: 0, rating: -1, artwork: null, format: 'jpeg' } as const;

test('a full queue refuses at once, and accepts again when there is room', async (t) => {
  const pool = openPool(t, { queueMax: 2 });
  const accepted = [order(pool, 'sleep 150'), order(pool, 'sleep 1'), order(pool, 'sleep 2')];
  let isFirstDone = false;
  void accepted[0]?.then(() => {
    isFirstDone = true;
  });
  await assert.rejects(order(pool, 'sleep 3'), code('pool.queue-full'));
  assert.equal(isFirstDone, false, 'refused without waiting for a thread');
  assert.deepEqual(await Promise.all(accepted), ['150', '1', '2']);
  assert.equal(await order(pool, 'sleep 4'), '4');
});

test('slow tasks wait in a lane of their own, behind the quick ones', async (t) => {
  const pool = openPool(t);
  const signal = AbortSignal.timeout(120_000);
  const running = order(pool, 'sleep 50');
  const slow = pool.run('poster.render', poster, { signal });
  const quick = pool.run('cache.decode', { blob: new Uint8Array(3) }, { signal });
  await Promise.all([running, slow, quick]);
  assert.equal(await order(pool, 'done'), '50 cache.decode poster.render');
});

test('an abort drops a task that waits; a started one finishes unheard on the same thread', async (t) => {
  const pool = openPool(t);
  const thread = await order(pool, 'thread');
  const client = new AbortController();
  const started = order(pool, 'sleep 100', client.signal);
  const waiting = order(pool, 'sleep 5', client.signal);
  client.abort();
  await assert.rejects(started, code('request.cancelled'));
  await assert.rejects(waiting, code('request.cancelled'));
  assert.equal(await order(pool, 'done'), '100', 'the started one finished, the other never ran');
  assert.equal(await order(pool, 'thread'), thread, 'no thread was replaced');
  await assert.rejects(order(pool, 'sleep 1', AbortSignal.abort()), code('request.cancelled'));
});

test('a task past its limit is stopped, even in an endless loop, and the next one gets a new thread', async (t) => {
  const pool = openPool(t);
  const thread = await order(pool, 'thread');
  const next = order(pool, 'spin', undefined, 100).then(
    () => 'answered',
    code('pool.task-timeout'),
  );
  const behind = order(pool, 'thread');
  assert.equal(await next, true);
  assert.notEqual(await behind, thread);
});

for (const death of ['exit', 'crash', 'fill-heap']) {
  test(`a thread that dies (${death}) fails its task alone, the pool goes on`, async (t) => {
    const pool = openPool(t);
    const thread = await order(pool, 'thread');
    const behind = () => order(pool, 'thread');
    const [dead, after] = await Promise.allSettled([order(pool, death), behind()]);
    assert.ok(
      dead.status === 'rejected' && code('pool.task-failed')(dead.reason),
      JSON.stringify(dead),
    );
    assert.ok(after.status === 'fulfilled');
    assert.notEqual(after.value, thread);
    for (let round = 0; round < (death === 'fill-heap' ? 1 : 3); round++) {
      await assert.rejects(order(pool, death), code('pool.task-failed'));
      assert.notEqual(await behind(), thread);
    }
  });
}

test('an error of the task itself keeps the thread', async (t) => {
  const pool = openPool(t);
  const thread = await order(pool, 'thread');
  await assert.rejects(order(pool, 'nonsense'), code('pool.task-failed'));
  assert.equal(await order(pool, 'thread'), thread);
});

test('the caller keeps its bytes, and a slice does not drag its buffer to the thread', async (t) => {
  const pool = openPool(t);
  const large = Buffer.alloc(100_000, 0x20);
  const bytes = large.subarray(100, 200);
  bytes.write('memory ');
  const signal = AbortSignal.timeout(120_000);
  const { gzip } = await pool.run('http.compress', { bytes, gzip: true, br: false }, { signal });
  assert.equal(Buffer.from(gzip ?? []).toString(), '100');
  assert.equal(large.byteLength, 100_000);
});

test('a thousand clients that leave cost nothing', async (t) => {
  const pool = openPool(t, { queueMax: 2000 });
  const thread = await order(pool, 'thread');
  const client = new AbortController();
  setMaxListeners(0, client.signal);
  const left = Array.from({ length: 1000 }, () => order(pool, 'sleep 1', client.signal));
  setTimeout(() => client.abort(), 10);
  const outcomes = await Promise.allSettled(left);
  assert.ok(outcomes.some((outcome) => outcome.status === 'rejected'));
  assert.equal(await order(pool, 'thread'), thread);
});

test('disposal refuses what waits, lets the running task finish and is bounded in time', async (t) => {
  const pool = openPool(t, { closeTimeoutMs: 60_000 });
  assert.ok(await order(pool, 'thread'));
  const running = order(pool, 'sleep 100');
  const waiting = assert.rejects(order(pool, 'sleep 1'), code('server.draining'));
  const closing = pool[Symbol.asyncDispose]();
  assert.equal(await running, '100');
  await Promise.all([waiting, closing]);
  await assert.rejects(order(pool, 'sleep 1'), code('server.draining'));

  const stuck = openPool(t, { closeTimeoutMs: 300 });
  assert.ok(await order(stuck, 'thread'));
  const spinning = assert.rejects(order(stuck, 'spin'), code('server.draining'));
  await stuck[Symbol.asyncDispose]();
  await spinning;
});

test('the real program compresses: both encodings in one round trip, only the wanted ones', async (t) => {
  const limits = { threads: 1, queueMax: 10, taskTimeoutMs: 120_000, closeTimeoutMs: 2000 };
  const pool = createTaskPool({ ...limits, logger: silent });
  t.after(() => pool[Symbol.asyncDispose]());
  const { brotliDecompressSync, gunzipSync } = await import('node:zlib');
  const bytes = Buffer.from('{"metas":[]}'.repeat(1000));
  const signal = AbortSignal.timeout(120_000);
  const both = await pool.run('http.compress', { bytes, gzip: true, br: true }, { signal });
  assert.deepEqual(gunzipSync(both.gzip ?? ''), bytes);
  assert.deepEqual(brotliDecompressSync(both.br ?? ''), bytes);
  const one = await pool.run('http.compress', { bytes, gzip: false, br: true }, { signal });
  assert.equal(one.gzip, undefined);
});
