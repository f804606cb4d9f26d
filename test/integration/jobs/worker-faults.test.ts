/** Two workers on one database under kill -9, restarts of PostgreSQL and cancels: nothing is lost, nothing done twice. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import postgres, { type Sql } from 'postgres';
import { migrate } from '../../../src/platform/db/migrate.ts';
import { installEngine } from '../../../src/platform/jobs/engine.ts';
import { StoredJobQueue } from '../../../src/platform/jobs/job-queue.ts';
import { JobStore } from '../../../src/platform/jobs/job-store.ts';
import { startFixture, type ChildLines } from '../../support/child-lines.ts';
import { countedJob, RECORD_TABLES } from '../../support/counted-job.ts';
import { NO_ABORT, openDatabase, until } from '../../support/open-database.ts';
import { startTestPostgres } from '../../support/postgres-server.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';
import { createTestLogger } from '../../support/test-logger.ts';

const LIMIT_MS = 240_000;
const STEPS = 5;
const SHORT = { steps: STEPS, stepMs: 20 };
const LONG = { steps: STEPS, stepMs: 4000 };

interface Overlap {
  readonly job: string;
}

/** Runs of one job that went on beside each other; a run without an end ended when its process was killed. */
const OVERLAPS = `
SELECT a.job_id::text AS job FROM run a JOIN run b ON a.job_id = b.job_id AND a.run < b.run
LEFT JOIN killed k ON k.pid = a.pid
WHERE b.began_at < coalesce(a.ended_at, k.at, 'infinity')`;

describe('workers under faults', { skip: skipWithoutPostgres }, () => {
  test('lose nothing and double nothing', { timeout: 2 * LIMIT_MS }, async () => {
    // What was acknowledged has to outlive a crash, or it would be lost by nobody's fault.
    await using server = await startTestPostgres(['synchronous_commit=on']);
    await prepare(server.uri);
    const database = openDatabase({ primaryUri: server.uri, connectionsMax: 4 });
    const queue = new StoredJobQueue(new JobStore(database));
    const sql = postgres(server.uri, { max: 1, onnotice: () => undefined });
    const start = () => startFixture('job-worker', [server.uri]);
    let [one, other] = [start(), start()];
    try {
      await Promise.all([one.firstLine, other.firstLine]);
      const short = Array.from({ length: 200 }, () => SHORT);
      const jobs = [
        ...(await queue.enqueueMany(countedJob, short, NO_ABORT)),
        ...(await queue.enqueueMany(countedJob, [LONG, LONG, LONG, LONG], NO_ABORT)),
      ];
      const begun = async (count: number) => {
        await until(
          async () => (await sql`select distinct job_id from run`).length >= count,
          LIMIT_MS,
        );
      };
      await begun(20);
      await kill(one, sql);
      one = start();
      const cancelled = jobs.slice(100, 110).map(({ id }) => id);
      for (const id of cancelled) await queue.cancel(id, NO_ABORT);
      await begun(100);
      await server.stop('immediate');
      await server.start();
      await begun(190);
      await server.stop('fast');
      await server.start();
      await kill(other, sql);
      other = start();
      const unfinished = () =>
        sql`select 1 from job where finished_at is null`.then((rows) => rows.length);
      await until(async () => (await unfinished().catch(() => 1)) === 0, LIMIT_MS);

      const states = await sql<{ id: string; state: string; steps: number; effects: number }[]>`
        select job_id::text as id, state, (select count(distinct step)::int from effect e where e.job_id = j.job_id) as steps,
          (select count(*)::int from effect e where e.job_id = j.job_id) as effects
        from job j`;
      assert.equal(states.length, jobs.length, 'no job is lost');
      for (const { id, state, steps, effects } of states) {
        assert.equal(effects, steps, `job ${id}: no step is done twice`);
        if (state === 'cancelled') assert.ok(cancelled.includes(id), `job ${id} was cancelled`);
        else assert.deepEqual([state, steps], ['succeeded', STEPS], `job ${id} is done`);
      }
      assert.deepEqual(
        [...(await sql.unsafe<Overlap[]>(OVERLAPS))],
        [],
        'no job ran twice at once',
      );
      const carried = () =>
        sql`select 1 from graphile_worker.jobs where attempts < max_attempts`.then(
          (rows) => rows.length,
        );
      await until(async () => (await carried()) === 0, LIMIT_MS);
    } finally {
      for (const worker of [one, other]) worker.child.kill('SIGKILL');
      await Promise.all([one.exited, other.exited]);
      await sql.end({ timeout: 2 });
      await database[Symbol.asyncDispose]();
    }
  });
});

async function prepare(uri: string): Promise<void> {
  const limits = { deadlineMs: LIMIT_MS, lockTimeoutMs: 10_000, connectTimeoutMs: 10_000 };
  await migrate({ uri, directory: 'migrations', ...limits, signal: NO_ABORT }, createTestLogger());
  await installEngine({ uri, connectTimeoutMs: 10_000 }, createTestLogger());
  const sql = postgres(uri, { max: 1, onnotice: () => undefined });
  await sql.unsafe(`${RECORD_TABLES}; CREATE TABLE killed (pid int, at timestamptz)`);
  await sql.end();
}

async function kill(worker: ChildLines, sql: Sql): Promise<void> {
  worker.child.kill('SIGKILL');
  await worker.exited;
  await until(
    () =>
      sql`insert into killed values (${worker.child.pid ?? 0}, clock_timestamp())`.then(
        () => true,
        () => false,
      ),
    LIMIT_MS,
  );
}
