/** Queued jobs for operators: listed, looked at, cancelled and started again. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { JobDefinition } from '../../platform/jobs/definition.ts';
import type { JobFilter, JobStore } from '../../platform/jobs/job-store.ts';
import { shownCounts, shownTask, shownTaskInFull } from './shown-task.ts';
import type { TaskCounts } from './task-counts.ts';

export type TaskChange = 'cancel' | 'retry';

export class Tasks {
  readonly #store: JobStore;
  readonly #counts: TaskCounts;
  readonly #definitions: ReadonlyMap<string, JobDefinition<unknown>>;

  constructor(
    store: JobStore,
    counts: TaskCounts,
    definitions: ReadonlyMap<string, JobDefinition<unknown>>,
  ) {
    this.#store = store;
    this.#counts = counts;
    this.#definitions = definitions;
  }

  /** Newest first; the next page is before the last one of this. */
  async list(filter: JobFilter, limit: number, signal: CancelSignal): Promise<object> {
    const [jobs, counts] = await Promise.all([
      this.#store.list(filter, limit, signal),
      this.#counts.get(signal),
    ]);
    const isMore = jobs.length === limit;
    return {
      items: jobs.map(shownTask),
      next_before: isMore ? (jobs.at(-1)?.id ?? null) : null,
      ...shownCounts(counts),
    };
  }

  /** @throws AppError `job.not-found` */
  async find(id: string, signal: CancelSignal): Promise<object> {
    const job = await this.#store.find(id, signal);
    if (job === null) throw notFound();
    const lines = await this.#store.log(id, signal);
    return shownTaskInFull(job, lines, this.#definitions.get(job.name)?.secretFields ?? []);
  }

  /** @throws AppError `job.not-found`; `job.busy` where its state does not allow it */
  async change(change: TaskChange, id: string, signal: CancelSignal): Promise<object> {
    const { changed } = await this.changeAll(change, [id], signal);
    const task = await this.find(id, signal);
    if (changed.length === 0)
      throw new AppError(
        'job.busy',
        change === 'cancel'
          ? 'the job is over, or was told to end already'
          : 'the job has not failed, or another one with its key waits or runs',
      );
    return task;
  }

  /** Those that can be; the others stay as they are. */
  async changeAll(
    change: TaskChange,
    ids: readonly string[],
    signal: CancelSignal,
  ): Promise<{ readonly changed: readonly string[]; readonly unchanged: readonly string[] }> {
    const changed = await this.#store[change](ids, signal);
    const known = new Set(changed);
    return { changed, unchanged: ids.filter((id) => !known.has(id)) };
  }
}

export function notFound(): AppError {
  return new AppError('job.not-found', 'there is no job with this id');
}
