/** Schedules for operators: what is in force, what they changed of it, and running one by hand. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { CronError } from '../../lib/cron/cron-rule.ts';
import { AppError } from '../../lib/errors.ts';
import type { JobStore } from '../../platform/jobs/job-store.ts';
import type { ScheduleStore, StoredSchedule } from '../../platform/jobs/schedule-store.ts';
import { inForce, type JobSchedule, type ScheduleChange } from '../../platform/jobs/schedule.ts';
import { ruleText, scheduledJob } from '../../platform/jobs/scheduler.ts';

export interface SchedulersOptions {
  readonly store: ScheduleStore;
  readonly jobs: JobStore;
  readonly schedules: readonly JobSchedule[];
  readonly configured: ReadonlyMap<string, ScheduleChange>;
}

export const NO_CHANGE: ScheduleChange = { cron: null, zone: null, jitterS: null, isOff: false };

export class Schedulers {
  readonly #options: SchedulersOptions;

  constructor(options: SchedulersOptions) {
    this.#options = options;
  }

  async list(signal: CancelSignal): Promise<readonly object[]> {
    const rows = await this.#rows(signal);
    return this.#options.schedules.map((schedule) =>
      this.#shown(schedule, rows.get(schedule.name)),
    );
  }

  async find(name: string, signal: CancelSignal): Promise<object> {
    const schedule = this.#named(name);
    return this.#shown(schedule, (await this.#rows(signal)).get(name));
  }

  /**
   * In force in every worker within 15 s.
   * @param change what is to be other than now @throws AppError `request.bad-body` for what is no rule
   */
  async change(
    name: string,
    change: Partial<ScheduleChange>,
    signal: CancelSignal,
  ): Promise<object> {
    const before = (await this.#rows(signal)).get(name)?.change ?? NO_CHANGE;
    return this.#keep(name, { ...before, ...change }, signal);
  }

  /** Back to the variable or the default. */
  reset(name: string, signal: CancelSignal): Promise<object> {
    return this.#keep(name, NO_CHANGE, signal);
  }

  /** Also where the schedule is off. */
  async run(name: string, signal: CancelSignal): Promise<object> {
    const job = scheduledJob(this.#named(name), 0, new Date());
    const [made] = await this.#options.jobs.enqueue(job, signal);
    return { task_id: made?.id ?? null, is_new: made?.isNew ?? false };
  }

  async #keep(name: string, change: ScheduleChange, signal: CancelSignal): Promise<object> {
    const { store, configured } = this.#options;
    const schedule = this.#named(name);
    const { rule } = checked(() => inForce(schedule, [configured.get(name), change]));
    await store.keep(name, ruleText(rule), rule.next(new Date()) ?? new Date(), signal);
    await store.change(name, change, signal);
    return this.find(name, signal);
  }

  async #rows(signal: CancelSignal): Promise<ReadonlyMap<string, StoredSchedule>> {
    return new Map((await this.#options.store.all(signal)).map((row) => [row.name, row]));
  }

  /** @throws AppError `schedule.not-found` */
  #named(name: string): JobSchedule {
    const schedule = this.#options.schedules.find((one) => one.name === name);
    if (schedule === undefined)
      throw new AppError('schedule.not-found', 'there is no schedule of this name');
    return schedule;
  }

  #shown(schedule: JobSchedule, row: StoredSchedule | undefined): object {
    const { name, definition, cron, zone = 'UTC', jitterS = 0, mayOverlap = false } = schedule;
    const configured = this.#options.configured.get(name);
    const change = row?.change ?? undefined;
    const valid = inForce(schedule, [configured, change]);
    const next = row?.nextAt ?? valid.rule.next(new Date());
    return {
      name,
      task: definition.name,
      queue: definition.queue,
      cron: valid.rule.cron,
      zone: valid.rule.zone,
      jitter_seconds: valid.jitterS,
      enabled: !valid.isOff,
      may_overlap: mayOverlap,
      set_by: change === undefined ? (configured === undefined ? 'code' : 'variable') : 'api',
      default: { cron, zone, jitter_seconds: jitterS },
      next_at: valid.isOff ? null : next,
      last_at: row?.lastAt ?? null,
      last_task_id: row?.lastJobId ?? null,
    };
  }
}

/** @throws AppError `request.bad-body` in the words of the rule's error */
function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof CronError) throw new AppError('request.bad-body', error.message);
    throw error;
  }
}
