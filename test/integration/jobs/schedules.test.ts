/** Schedules against a real PostgreSQL: each tick makes one job, over any number of instances. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { z } from 'zod';
import { defineJob } from '../../../src/platform/jobs/definition.ts';
import { ScheduleStore } from '../../../src/platform/jobs/schedule-store.ts';
import {
  schedule,
  type JobSchedule,
  type ScheduleChange,
} from '../../../src/platform/jobs/schedule.ts';
import { Scheduler } from '../../../src/platform/jobs/scheduler.ts';
import { createJobKit, type JobKit } from '../../support/job-kit.ts';
import { NO_ABORT, statement } from '../../support/open-database.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';
import { createTestLogger } from '../../support/test-logger.ts';

const tick = defineJob({
  name: 'test.tick',
  queue: 'default',
  payload: z.object({ of: z.string() }),
  timeoutMs: 1000,
});
const hourly = schedule(tick, { of: 'hour' }, { name: 'test.hourly', cron: '0 * * * *' });

describe('schedules', { skip: skipWithoutPostgres }, () => {
  let kit: JobKit;
  before(async () => {
    kit = await createJobKit();
  });
  after(() => kit[Symbol.asyncDispose]());
  beforeEach(async () => {
    await kit.database.write(statement('rest'), (sql) => sql.unsafe('DELETE FROM job_schedule'));
    await kit.database.write(statement('rest'), (sql) => sql.unsafe('DELETE FROM job'));
  });

  const instance = (
    schedules: readonly JobSchedule[] = [hourly],
    configured: ReadonlyMap<string, ScheduleChange> = new Map(),
  ) =>
    new Scheduler({
      store: new ScheduleStore(kit.database),
      schedules,
      configured,
      logger: createTestLogger(),
    });
  const look = (scheduler: Scheduler, at: string) => scheduler.look(new Date(at), NO_ABORT);
  const jobs = async () =>
    (
      await kit.store.list(
        { states: ['queued'], queue: null, name: null, owner: null, before: null },
        100,
        NO_ABORT,
      )
    ).length;
  const allDone = () =>
    kit.database.write(statement('rest'), (sql) =>
      sql.unsafe("UPDATE job SET state = 'succeeded', finished_at = now()"),
    );

  test('make one job for each tick, whoever looks', async () => {
    const many = Array.from({ length: 5 }, () => instance());
    await look(many[0] ?? instance(), '2030-01-01T10:30:00Z');
    assert.equal(await jobs(), 0);
    await Promise.all(many.map((one) => look(one, '2030-01-01T11:00:00Z')));
    assert.equal(await jobs(), 1);
    await allDone();
    await Promise.all(many.map((one) => look(one, '2030-01-01T11:00:01Z')));
    assert.equal(await jobs(), 0);
    assert.equal(await look(instance(), '2030-01-01T11:59:58Z'), 2000);
    await look(instance(), '2030-01-01T12:00:00Z');
    assert.equal(await jobs(), 1);
  });

  test('catch up on missed ticks once', async () => {
    await look(instance(), '2030-01-01T10:30:00Z');
    await look(instance(), '2030-01-03T10:15:00Z');
    assert.equal(await jobs(), 1);
    await allDone();
    await look(instance(), '2030-01-03T10:16:00Z');
    assert.equal(await jobs(), 0);
  });

  test('do not overlap, unless that is said', async () => {
    const overlapping = { ...hourly, name: 'test.overlapping', mayOverlap: true };
    const scheduler = instance([hourly, overlapping]);
    await look(scheduler, '2030-01-01T10:30:00Z');
    await look(scheduler, '2030-01-01T11:00:00Z');
    await look(scheduler, '2030-01-01T12:00:00Z');
    assert.equal(await jobs(), 3);
  });

  test('follow the variable, and operators before it; a zone counts', async () => {
    const berlin = { cron: '30 3 * * *', zone: 'Europe/Berlin', jitterS: null, isOff: false };
    const scheduler = instance([hourly], new Map([['test.hourly', berlin]]));
    await look(scheduler, '2030-07-01T00:00:00Z');
    const store = new ScheduleStore(kit.database);
    const nextAt = async () => (await store.all(NO_ABORT))[0]?.nextAt.toISOString();
    assert.equal(await nextAt(), '2030-07-01T01:30:00.000Z');
    const daily = { cron: '0 5 * * *', zone: null, jitterS: 60, isOff: false };
    await store.change('test.hourly', daily, NO_ABORT);
    await look(scheduler, '2030-07-01T00:00:00Z');
    assert.equal(await nextAt(), '2030-07-01T03:00:00.000Z');
    await store.change('test.hourly', { ...daily, isOff: true }, NO_ABORT);
    await look(scheduler, '2030-07-02T00:00:00Z');
    assert.equal(await jobs(), 0);
  });

  test('with jitter begin a little later', async () => {
    const scheduler = instance([{ ...hourly, jitterS: 3600 }]);
    await look(scheduler, '2030-01-01T10:30:00Z');
    await look(scheduler, '2030-01-01T11:00:00Z');
    const [{ runAt } = { runAt: new Date(0) }] = await kit.store.list(
      { states: ['queued'], queue: null, name: null, owner: null, before: null },
      1,
      NO_ABORT,
    );
    const lateMs = runAt.getTime() - Date.parse('2030-01-01T11:00:00Z');
    assert.ok(lateMs >= 0 && lateMs < 3_600_000, String(lateMs));
  });
});
