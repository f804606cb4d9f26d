/** SQL of schedules. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { Database, StatementOptions } from '../db/database.ts';
import { enqueueStatement, type NewJobs } from './job-store.ts';
import type { ScheduleChange } from './schedule.ts';

export interface StoredSchedule {
  readonly name: string;
  readonly rule: string;
  readonly nextAt: Date;
  readonly lastAt: Date | null;
  readonly lastJobId: string | null;
  /** What an operator changed; null: nothing. */
  readonly change: ScheduleChange | null;
}

interface ScheduleRow extends Omit<StoredSchedule, 'change'> {
  readonly cron: string | null;
  readonly zone: string | null;
  readonly jitterS: number | null;
  readonly isOff: boolean;
}

const ALL = `
SELECT name, rule, next_at AS "nextAt", last_at AS "lastAt", last_job_id::text AS "lastJobId", own_cron AS cron, own_zone AS zone,
  own_jitter_s AS "jitterS", is_off AS "isOff"
FROM job_schedule ORDER BY name`;

/** A rule that changed begins anew; one that is as it was keeps its tick, the missed one too. */
const KEEP = `
INSERT INTO job_schedule AS s (name, rule, next_at) VALUES ($1, $2, $3::timestamptz)
ON CONFLICT (name) DO UPDATE SET rule = excluded.rule, next_at = excluded.next_at WHERE s.rule <> excluded.rule`;

/** Whoever comes first takes the tick. */
const TAKE = `
UPDATE job_schedule SET last_at = next_at, next_at = $3::timestamptz
WHERE name = $1 AND next_at = $2::timestamptz RETURNING name`;
const TAKEN = 'UPDATE job_schedule SET last_job_id = $2::bigint WHERE name = $1';
const CHANGE = `
UPDATE job_schedule SET own_cron = $2, own_zone = $3, own_jitter_s = $4::int, is_off = $5 WHERE name = $1`;

export class ScheduleStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async all(signal: CancelSignal): Promise<readonly StoredSchedule[]> {
    const rows = await this.#database.write<(ScheduleRow & Record<string, unknown>)[]>(
      rest('jobs.schedules', signal),
      (sql) => sql.unsafe(ALL, [], { prepare: true }),
    );
    return rows.map(({ name, rule, nextAt, lastAt, lastJobId, cron, zone, jitterS, isOff }) => ({
      name,
      rule,
      nextAt,
      lastAt,
      lastJobId,
      change:
        cron === null && zone === null && jitterS === null && !isOff
          ? null
          : { cron, zone, jitterS, isOff },
    }));
  }

  async keep(name: string, rule: string, nextAt: Date, signal: CancelSignal): Promise<void> {
    await this.#database.write(rest('jobs.keep-schedule', signal), (sql) =>
      sql.unsafe(KEEP, [name, rule, nextAt.toISOString()], { prepare: true }),
    );
  }

  /** False: another instance has taken the tick. */
  async take(
    { name, nextAt }: Pick<StoredSchedule, 'name' | 'nextAt'>,
    after: Date,
    jobs: NewJobs,
    signal: CancelSignal,
  ): Promise<boolean> {
    return this.#database.transaction(rest('jobs.take-tick', signal), async (sql) => {
      const values = [name, nextAt.toISOString(), after.toISOString()];
      const taken = await sql.unsafe(TAKE, values, { prepare: true });
      if (taken.length === 0) return false;
      const [job] = await enqueueStatement(jobs)(sql);
      // One that is under way still keeps another one from being made.
      if (job?.id !== undefined && job.id !== null)
        await sql.unsafe(TAKEN, [name, job.id], { prepare: true });
      return true;
    });
  }

  async change(name: string, change: ScheduleChange, signal: CancelSignal): Promise<void> {
    const { cron, zone, jitterS, isOff } = change;
    await this.#database.write(rest('jobs.change-schedule', signal), (sql) =>
      sql.unsafe(CHANGE, [name, cron, zone, jitterS, isOff], { prepare: true }),
    );
  }
}

function rest(name: string, signal: CancelSignal): StatementOptions {
  return { name, lane: 'rest', signal };
}
