/** Tasks and schedules as operators ask for them, over a real socket and a real PostgreSQL. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { z } from 'zod';
import { createTasks } from '../../../src/features/tasks/feature.ts';
import { untilCancelled } from '../../../src/lib/async/wait.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import { defineJob, handleJob, JobRefused } from '../../../src/platform/jobs/definition.ts';
import { schedule } from '../../../src/platform/jobs/schedule.ts';
import type { Platform } from '../../../src/platform/platform.ts';
import { createJobKit, type JobKit } from '../../support/job-kit.ts';
import { NO_ABORT, statement, until } from '../../support/open-database.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';
import { createTestLogger } from '../../support/test-logger.ts';
import { startToyServer, type ToyServer } from '../../support/toy-server.ts';

const fetchFeed = defineJob({
  name: 'test.fetch',
  queue: 'scrapy',
  payload: z.object({
    kind: z.string(),
    url: z.string().optional(),
    login: z.object({ password: z.string() }).optional(),
  }),
  timeoutMs: 60_000,
  attemptsMax: 1,
  secretFields: ['url'],
});
const waitForCancel = handleJob(fetchFeed, async ({ kind }, { signal, log, progress }) => {
  log('info', 'begun');
  progress({ done: 3, total: 4 });
  if (kind === 'refused') throw new JobRefused('the feed is gone');
  if (kind === 'long') await untilCancelled(signal);
  signal.throwIfAborted();
});
const nightly = schedule(
  fetchFeed,
  { kind: 'nightly' },
  { name: 'test.nightly', cron: '0 3 * * *', jitterS: 30 },
);

/** All that is read of any answer here. */
interface Answer {
  readonly items: readonly Answer[];
  readonly next_before: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly queues: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly changed: readonly string[];
  readonly unchanged: readonly string[];
  readonly error: { readonly code: string };
  readonly id: string;
  readonly state: string;
  readonly attempts: number;
  readonly cancel_requested: boolean;
  readonly progress: { readonly done: number } | null;
  readonly payload: { readonly kind: string };
  readonly events: readonly { readonly event: string }[];
  readonly log: readonly { readonly message: string }[];
  readonly cron: string;
  readonly zone: string;
  readonly jitter_seconds: number;
  readonly enabled: boolean;
  readonly set_by: string;
  readonly default: { readonly cron: string };
  readonly next_at: string | null;
  readonly task_id: string;
  readonly is_new: boolean;
}

describe('tasks for operators', { skip: skipWithoutPostgres }, () => {
  let kit: JobKit;
  let server: ToyServer;
  before(async () => {
    kit = await createJobKit();
    const { config } = loadConfig({ SCHEDULES: 'test.nightly=30 4 * * *' });
    const platform = { config, database: kit.database, logger: createTestLogger() };
    const { routes = [] } = createTasks(platform as unknown as Platform, [
      { jobs: [waitForCancel], schedules: [nightly] },
    ]);
    server = await startToyServer({}, { guards: () => null }, routes);
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await kit[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await kit.database.write(statement('rest'), (sql) => sql.unsafe('DELETE FROM job'));
  });

  const ask = async (path: string, method = 'GET', body?: object) => {
    const answer = await fetch(`${server.baseUrl}/api/v1/admin/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, json: (await answer.json()) as Answer };
  };
  const enqueue = async (kind: string, owner?: string) =>
    (
      await kit.queue.enqueue(
        fetchFeed,
        { kind, url: 'https://u:p@example.org', login: { password: 'canary' } },
        NO_ABORT,
        owner === undefined ? {} : { owner },
      )
    ).id;

  test('are listed by filter and page, with counts', async () => {
    const ids: string[] = [];
    for (let number = 0; number < 5; number++)
      ids.push(await enqueue('any', number === 4 ? 'me' : 'you'));
    ids.reverse();
    const first = (await ask('tasks?limit=2&queue=scrapy&state=queued,running')).json;
    assert.deepEqual(
      first.items.map(({ id }) => id),
      ids.slice(0, 2),
    );
    const second = (await ask(`tasks?limit=2&before=${first['next_before']}`)).json;
    assert.deepEqual(
      second.items.map(({ id }) => id),
      ids.slice(2, 4),
    );
    assert.equal((await ask('tasks?owner=me')).json.items.length, 1);
    assert.equal((await ask('tasks?queue=import')).json.items.length, 0);
    assert.equal((await ask('tasks?state=done')).status, 400);
    assert.equal((await ask('tasks?before=x')).status, 400);
    await until(async () => {
      const { counts, queues } = (await ask('tasks')).json;
      return counts['queued'] === 5 && queues['scrapy']?.['queued'] === 5 && counts['failed'] === 0;
    });
  });

  test('are shown with events and log, without secrets; cancelled, and started again', async () => {
    await using worker = await kit.worker([waitForCancel], { queues: ['scrapy'] });
    const id = await enqueue('long');
    await until(async () => (await ask(`tasks/${id}`)).json.progress?.done === 3);
    const running = (await ask(`tasks/${id}`)).json;
    assert.deepEqual([running.state, running.log[0]?.message], ['running', 'begun']);
    assert.deepEqual(running.payload, { kind: 'long', url: '***', login: { password: '***' } });
    assert.ok(!JSON.stringify(running).includes('canary'));
    assert.equal((await ask(`tasks/${id}/cancel`, 'POST')).json.cancel_requested, true);
    await until(async () => (await ask(`tasks/${id}`)).json.state === 'cancelled');
    assert.equal((await ask(`tasks/${id}/cancel`, 'POST')).status, 409);
    const events = (await ask(`tasks/${id}`)).json.events.map(({ event }) => event);
    assert.deepEqual(events, ['enqueued', 'cancel asked for', 'cancelled']);

    const failed = await enqueue('refused');
    await until(async () => (await ask(`tasks/${failed}`)).json.state === 'failed');
    assert.equal((await ask(`tasks/${failed}/retry`, 'POST')).status, 200);
    await until(async () => (await ask(`tasks/${failed}`)).json.attempts === 2);
    assert.ok(worker);
  });

  test('are changed many at a time', async () => {
    const ids = [await enqueue('a'), await enqueue('b')];
    const cancelled = await ask('tasks/cancel', 'POST', { ids: [...ids, '999999999'] });
    assert.deepEqual(
      [new Set(cancelled.json.changed), cancelled.json.unchanged],
      [new Set(ids), ['999999999']],
    );
    assert.equal((await ask('tasks/retry', 'POST', { ids })).json.changed.length, 2);
    for (const body of [{}, { ids: [] }, { ids: [1] }, { ids: ['x'] }])
      assert.equal((await ask('tasks/cancel', 'POST', body)).status, 400, JSON.stringify(body));
    assert.equal((await ask('tasks/0', 'GET')).status, 404);
    assert.equal((await ask('tasks/999999999')).json.error.code, 'job.not-found');
  });

  test('are told to everybody who watches, by one look for all', async () => {
    const watchers = await Promise.all([
      RawConnection.open(server.port),
      RawConnection.open(server.port),
    ]);
    for (const watcher of watchers) watcher.request('GET', '/api/v1/admin/tasks/stream');
    const id = await enqueue('watched');
    for (const watcher of watchers) await until(() => watcher.received.includes(`"id":"${id}"`));
    const looks = () => kit.database.stats().statementsByName.get('jobs.watched') ?? 0;
    const before = looks();
    const startedAt = performance.now();
    await until(() => looks() >= before + 3);
    assert.ok(performance.now() - startedAt > 1500, 'two watchers make no more looks than one');
    for (const watcher of watchers) await watcher[Symbol.asyncDispose]();
  });

  test('schedules are listed, changed, put back and run by hand', async () => {
    const [shown] = (await ask('schedulers')).json.items;
    assert.deepEqual(
      [shown?.cron, shown?.set_by, shown?.default.cron, shown?.enabled],
      ['30 4 * * *', 'variable', '0 3 * * *', true],
    );
    const one = 'schedulers/test.nightly';
    const changed = (
      await ask(one, 'PUT', { cron: '*/10 * * * *', zone: 'Europe/Berlin', jitter_seconds: 5 })
    ).json;
    assert.deepEqual(
      [changed.cron, changed.zone, changed.jitter_seconds, changed.set_by],
      ['*/10 * * * *', 'Europe/Berlin', 5, 'api'],
    );
    assert.ok(Date.parse(changed.next_at ?? '') - Date.now() <= 600_000);
    const off = (await ask(one, 'PUT', { enabled: false })).json;
    assert.deepEqual([off.enabled, off.cron, off.next_at], [false, '*/10 * * * *', null]);
    for (const body of [
      { cron: 'x' },
      { cron: 1 },
      { zone: 'Mars' },
      { jitter_seconds: -1 },
      { enabled: 1 },
      { other: 1 },
    ])
      assert.equal((await ask(one, 'PUT', body)).status, 400, JSON.stringify(body));
    assert.equal((await ask(one, 'DELETE')).json.set_by, 'variable');
    const run = (await ask(`${one}/run`, 'POST')).json;
    assert.deepEqual(
      [run.is_new, (await ask(`tasks/${run['task_id']}`)).json.payload.kind],
      [true, 'nightly'],
    );
    assert.equal((await ask(`${one}/run`, 'POST')).json.is_new, false);
    assert.equal((await ask('schedulers/none')).status, 404);
  });
});
