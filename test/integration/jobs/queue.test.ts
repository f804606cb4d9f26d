/** Jobs against a real PostgreSQL: made once, run once, repeated, cancelled, and told of. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { z } from 'zod';
import { untilCancelled } from '../../../src/lib/async/wait.ts';
import { defineJob, handleJob, JobRefused } from '../../../src/platform/jobs/definition.ts';
import { ENGINE_SCHEMA_VERSION, readyEngine } from '../../../src/platform/jobs/ready-engine.ts';
import type { JobState } from '../../../src/platform/jobs/queue.ts';
import { createJobKit, type JobKit } from '../../support/job-kit.ts';
import { NO_ABORT, openDatabase, statement, until } from '../../support/open-database.ts';
import { skipWithoutPgBouncer, startPgBouncer } from '../../support/pgbouncer.ts';
import { skipWithoutPostgres, testPostgresUri } from '../../support/template-db.ts';
import { createTestLogger } from '../../support/test-logger.ts';

const add = defineJob({
  name: 'test.add',
  queue: 'default',
  payload: z.object({ number: z.number(), text: z.string().optional() }),
  timeoutMs: 60_000,
  attemptsMax: 3,
  backoff: { firstMs: 1, maxMs: 1 },
  dedupeKey: ({ number }) => `number ${number}`,
});

describe('jobs', { skip: skipWithoutPostgres }, () => {
  let kit: JobKit;
  before(async () => {
    kit = await createJobKit();
  });
  after(() => kit[Symbol.asyncDispose]());

  const untilState = async (id: string, state: JobState) => {
    await until(async () => (await kit.queue.find(id, NO_ABORT))?.state === state);
    const job = await kit.queue.find(id, NO_ABORT);
    assert.ok(job);
    return job;
  };

  test('are carried by an engine whose schema is the one that starts look for', async () => {
    const direct = { uri: kit.testDatabase.uri, connectTimeoutMs: 10_000 };
    const ready = () => readyEngine(kit.database, direct, createTestLogger(), NO_ABORT);
    assert.equal(await ready(), false);
    await kit.database.write(statement('rest'), (sql) =>
      sql.unsafe(`DELETE FROM graphile_worker.migrations WHERE id = ${ENGINE_SCHEMA_VERSION}`),
    );
    assert.equal(await ready(), true);
    assert.equal(await ready(), false);
  });

  test('run once, with what they said of themselves', async () => {
    const numbers: number[] = [];
    await using worker = await kit.worker([
      handleJob(add, async ({ number }, context) => {
        numbers.push(number);
        context.progress({ done: 1, total: 2, unit: 'files', message: 'half\0way' });
        context.log('warn', 'a line');
        await context.saveCheckpoint({ line: number });
        return { added: number };
      }),
    ]);
    const { id, isNew } = await kit.queue.enqueue(add, { number: 1 }, NO_ABORT, { owner: 'me' });
    assert.equal(isNew, true);
    const job = await untilState(id, 'succeeded');
    assert.deepEqual(numbers, [1]);
    assert.deepEqual(
      [job.attempts, job.owner, job.result, job.error, job.log.map(({ message }) => message)],
      [1, 'me', { added: 1 }, null, ['a line']],
    );
    assert.deepEqual(job.progress, { done: 1, total: 2, unit: 'files', message: 'half way' });
    assert.ok(worker);
  });

  test('are made once while one with their key waits, and again after it', async () => {
    const first = await kit.queue.enqueueMany(
      add,
      [{ number: 2 }, { number: 2, text: 'dropped' }, { number: 3 }],
      NO_ABORT,
    );
    assert.deepEqual(
      first.map(({ isNew }) => isNew),
      [true, false, true],
    );
    assert.equal(first[0]?.id, first[1]?.id);
    const [again, other] = await Promise.all([
      kit.queue.enqueue(add, { number: 2 }, NO_ABORT),
      kit.queue.enqueue(add, { number: 4 }, NO_ABORT),
    ]);
    assert.deepEqual([again.isNew, again.id, other.isNew], [false, first[0]?.id, true]);
    await using worker = await kit.worker([handleJob(add, () => Promise.resolve(undefined))]);
    await untilState(again.id, 'succeeded');
    assert.equal((await kit.queue.enqueue(add, { number: 2 }, NO_ABORT)).isNew, true);
    assert.ok(worker);
  });

  test('that fail are repeated, until no attempt is left or they say that none would help', async () => {
    let tries = 0;
    await using worker = await kit.worker([
      handleJob(add, async ({ text = '' }, { attempt }) => {
        tries += 1;
        if (text === 'refused') throw new JobRefused('never');
        if (text === 'hopeless' || attempt < 3) throw new Error(`attempt ${attempt} failed`);
      }),
    ]);
    const { id } = await kit.queue.enqueue(add, { number: 10 }, NO_ABORT);
    assert.equal((await untilState(id, 'succeeded')).attempts, 3);
    const hopeless = await kit.queue.enqueue(add, { number: 11, text: 'hopeless' }, NO_ABORT);
    assert.equal((await untilState(hopeless.id, 'failed')).error, 'attempt 3 failed');
    tries = 0;
    const refused = await kit.queue.enqueue(add, { number: 12, text: 'refused' }, NO_ABORT);
    assert.equal((await untilState(refused.id, 'failed')).error, 'never');
    assert.equal(tries, 1);
    assert.deepEqual(
      await kit.store.retry([hopeless.id, refused.id, id], NO_ABORT).then((ids) => [...ids].sort()),
      [hopeless.id, refused.id].sort(),
    );
    assert.equal((await untilState(refused.id, 'failed')).attempts, 2);
    const events = (await kit.store.log(refused.id, NO_ABORT)).map(({ message }) => message);
    assert.deepEqual(events, [
      'attempt failed: never',
      'started again by hand',
      'attempt failed: never',
    ]);
    assert.ok(worker);
  });

  test('of another version are refused in words', async () => {
    await using worker = await kit.worker([handleJob(add, () => Promise.resolve(undefined))]);
    const common = { queue: 'default', owner: null, attemptsMax: 5, runAt: null };
    const [unknown] = await kit.store.enqueue(
      { ...common, name: 'test.gone', jobs: [{ payload: {}, key: null }] },
      NO_ABORT,
    );
    const [misfit] = await kit.store.enqueue(
      { ...common, name: 'test.add', jobs: [{ payload: { number: 'one' }, key: null }] },
      NO_ABORT,
    );
    assert.match((await untilState(unknown?.id ?? '', 'failed')).error ?? '', /no job "test.gone"/);
    assert.match((await untilState(misfit?.id ?? '', 'failed')).error ?? '', /payload .*number/);
    assert.ok(worker);
  });

  test('that are cancelled end soon, wherever they run, and do not begin when they waited', async () => {
    let began = 0;
    await using worker = await kit.worker([
      handleJob(add, async (_payload, { signal }) => {
        began += 1;
        await untilCancelled(signal);
        signal.throwIfAborted();
      }),
    ]);
    const { id } = await kit.queue.enqueue(add, { number: 20 }, NO_ABORT);
    await untilState(id, 'running');
    const runAt = new Date(Date.now() + 3_600_000);
    const waiting = await kit.queue.enqueue(add, { number: 21 }, NO_ABORT, { runAt });
    assert.equal(await kit.queue.cancel(waiting.id, NO_ABORT), true);
    assert.equal((await kit.queue.find(waiting.id, NO_ABORT))?.state, 'cancelled');
    assert.equal(await kit.queue.cancel(id, NO_ABORT), true);
    await untilState(id, 'cancelled');
    assert.equal(await kit.queue.cancel(id, NO_ABORT), false);
    assert.equal(began, 1);
    assert.ok(worker);
  });

  test('that a stopping worker has not done go on at another one, and no attempt is counted', async () => {
    const checkpoints: unknown[] = [];
    const handler = handleJob(add, async (_payload, context) => {
      checkpoints.push(context.checkpoint, context.attempt);
      if (context.checkpoint !== null) return;
      await context.saveCheckpoint({ line: 7 });
      await untilCancelled(context.signal);
      context.signal.throwIfAborted();
    });
    const first = await kit.worker([handler]);
    const { id } = await kit.queue.enqueue(add, { number: 30 }, NO_ABORT);
    await until(() => checkpoints.length > 0);
    await first[Symbol.asyncDispose]();
    assert.equal((await kit.queue.find(id, NO_ABORT))?.state, 'queued');
    await using second = await kit.worker([handler]);
    await untilState(id, 'succeeded');
    assert.deepEqual(checkpoints, [null, 1, { line: 7 }, 1]);
    assert.ok(second);
  });

  test('whose time is over fail, also where they do not listen', async () => {
    const brief = defineJob({ ...add, name: 'test.brief', timeoutMs: 20, attemptsMax: 1 });
    await using worker = await kit.worker([
      handleJob(brief, async ({ number }, { signal }) => {
        await (number === 1 ? untilCancelled(signal) : new Promise(() => undefined));
        signal.throwIfAborted();
      }),
    ]);
    const [listens, deaf] = await kit.queue.enqueueMany(
      brief,
      [{ number: 1 }, { number: 2 }],
      NO_ABORT,
    );
    for (const job of [listens, deaf])
      assert.match(
        (await untilState(job?.id ?? '', 'failed')).error ?? '',
        /not done within 0.02 s/,
      );
    assert.ok(worker);
  });

  test(
    'run behind PgBouncer, too, where nothing is heard',
    { skip: skipWithoutPgBouncer },
    async () => {
      await using bouncer = await startPgBouncer({ serverUri: testPostgresUri ?? '', poolSize: 4 });
      const uri = `${bouncer.baseUri}/${kit.testDatabase.name}`;
      await using database = openDatabase({ primaryUri: uri, pgBouncer: true, connectionsMax: 4 });
      await using worker = await kit.worker([handleJob(add, async () => 'done')], {
        uri,
        database,
        isPooled: true,
      });
      for (const number of [40, 41]) {
        const { id } = await kit.queue.enqueue(add, { number }, NO_ABORT);
        assert.equal((await untilState(id, 'succeeded')).result, 'done');
      }
      assert.ok(worker);
    },
  );
});
