/**
 * Makes the jobs of schedules when their time comes: every worker looks, one of all takes each tick. A tick that nobody
 * took, because no worker ran, is taken once when one runs again.
 */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { sleep } from '../../lib/async/wait.ts';
import type { CronRule } from '../../lib/cron/cron-rule.ts';
import type { Logger } from '../log/logger.ts';
import { attemptsMaxOf } from './job-queue.ts';
import type { NewJobs } from './job-store.ts';
import type { ScheduleStore, StoredSchedule } from './schedule-store.ts';
import {
  inForce,
  type JobSchedule,
  type ScheduleChange,
  type ScheduleInForce,
} from './schedule.ts';

export interface SchedulerOptions {
  readonly store: ScheduleStore;
  readonly schedules: readonly JobSchedule[];
  /** Of the variable SCHEDULES, by name. */
  readonly configured: ReadonlyMap<string, ScheduleChange>;
  readonly logger: Logger;
}

interface DueSchedule {
  readonly schedule: JobSchedule;
  readonly stored: StoredSchedule;
  readonly valid: ScheduleInForce;
}

/** What operators change is in force after this time at the latest, in every worker. */
const LOOK_EVERY_MS = 15_000;
const LOOK_PAUSE_MS = 250;

export class Scheduler {
  readonly #options: SchedulerOptions;

  constructor(options: SchedulerOptions) {
    this.#options = options;
  }

  /** Until the signal aborts. */
  async run(signal: CancelSignal): Promise<void> {
    const { schedules, logger } = this.#options;
    if (schedules.length === 0) return;
    while (!signal.aborted) {
      let pauseMs = LOOK_EVERY_MS;
      try {
        pauseMs = await this.look(new Date(), signal);
      } catch (error) {
        logger.debug({ err: error }, 'schedules could not be looked at');
      }
      await sleep(pauseMs, signal).catch(() => undefined);
    }
  }

  /** Makes what is due at `now`. Resolves with the pause after which to look again, in milliseconds. */
  async look(now: Date, signal: CancelSignal): Promise<number> {
    let nextMs = LOOK_EVERY_MS;
    for (const due of await this.#known(now, signal)) {
      if (due.valid.isOff) continue;
      const inMs = due.stored.nextAt.getTime() - now.getTime();
      if (inMs <= 0) await this.#take(due, now, signal);
      else nextMs = Math.min(nextMs, inMs);
    }
    return Math.max(LOOK_PAUSE_MS, nextMs);
  }

  /** All of ours, with the rules that are in force. */
  async #known(now: Date, signal: CancelSignal): Promise<readonly DueSchedule[]> {
    const { store, schedules, configured } = this.#options;
    const rows = new Map((await store.all(signal)).map((row) => [row.name, row]));
    const known: DueSchedule[] = [];
    for (const schedule of schedules) {
      const row = rows.get(schedule.name);
      const valid = inForce(schedule, [configured.get(schedule.name), row?.change ?? undefined]);
      const rule = ruleText(valid.rule);
      if (row !== undefined && row.rule === rule) known.push({ schedule, stored: row, valid });
      else await store.keep(schedule.name, rule, valid.rule.next(now) ?? now, signal);
    }
    return known;
  }

  async #take({ schedule, stored, valid }: DueSchedule, now: Date, signal: CancelSignal) {
    const next = valid.rule.next(now);
    if (next === null) return;
    const jobs = scheduledJob(schedule, valid.jitterS, now);
    const isTaken = await this.#options.store.take(stored, next, jobs, signal);
    if (isTaken)
      this.#options.logger.debug({ schedule: schedule.name }, 'a scheduled job was made');
  }
}

/** While one of a schedule waits or runs, another one is made only where that was said. */
export function scheduledJob(
  { name, definition, payload, mayOverlap }: JobSchedule,
  jitterS: number,
  now: Date,
): NewJobs {
  return {
    name: definition.name,
    queue: definition.queue,
    owner: null,
    attemptsMax: attemptsMaxOf(definition),
    runAt: jitterS === 0 ? null : new Date(now.getTime() + Math.random() * jitterS * 1000),
    jobs: [{ payload, key: mayOverlap === true ? null : `schedule ${name}` }],
  };
}

/** What a stored tick was made of: a tick of another rule counts for nothing. */
export function ruleText({ cron, zone }: CronRule): string {
  return `${cron} ${zone}`;
}
