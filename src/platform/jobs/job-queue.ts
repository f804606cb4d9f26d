/** `JobQueue` over the database. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { JsonValue } from '../../lib/json/json-value.ts';
import type { JobDefinition } from './definition.ts';
import type { JobStore, StoredJob, StoredLine } from './job-store.ts';
import type { EnqueuedJob, EnqueueOptions, JobLogLine, JobQueue, JobReport } from './queue.ts';

const ATTEMPTS_MAX = 5;
const ID = /^[1-9]\d{0,17}$/;

export class StoredJobQueue implements JobQueue {
  readonly #store: JobStore;

  constructor(store: JobStore) {
    this.#store = store;
  }

  async enqueue<P>(
    definition: JobDefinition<P>,
    payload: NoInfer<P>,
    signal: CancelSignal,
    options: EnqueueOptions = {},
  ): Promise<EnqueuedJob> {
    const [job] = await this.enqueueMany(definition, [payload], signal, options);
    if (job === undefined) throw new Error(`no ${definition.name} was made`);
    return job;
  }

  async enqueueMany<P>(
    definition: JobDefinition<P>,
    payloads: readonly NoInfer<P>[],
    signal: CancelSignal,
    { queue = definition.queue, runAt, owner }: EnqueueOptions = {},
  ): Promise<readonly EnqueuedJob[]> {
    if (payloads.length === 0) return [];
    const jobs = payloads.map((payload) => {
      const read = definition.payload.safeParse(payload);
      if (!read.success)
        throw new Error(`not a payload of ${definition.name}`, { cause: read.error });
      // As it was given: what the schema makes of it is for the handler, which reads it again.
      return { payload: payload as JsonValue, key: definition.dedupeKey?.(read.data) ?? null };
    });
    return this.#store.enqueue(
      {
        name: definition.name,
        queue,
        owner: owner ?? null,
        attemptsMax: attemptsMaxOf(definition),
        runAt: runAt ?? null,
        jobs,
      },
      signal,
    );
  }

  async find(id: string, signal: CancelSignal): Promise<JobReport | null> {
    if (!ID.test(id)) return null;
    const job = await this.#store.find(id, signal);
    return job === null ? null : reportOf(job, await this.#store.log(id, signal));
  }

  async cancel(id: string, signal: CancelSignal): Promise<boolean> {
    return ID.test(id) && (await this.#store.cancel([id], signal)).length > 0;
  }
}

export function attemptsMaxOf({
  attemptsMax = ATTEMPTS_MAX,
}: Pick<JobDefinition<unknown>, 'attemptsMax'>): number {
  return attemptsMax;
}

/** What owners of a job may see of it. */
function reportOf(job: StoredJob, lines: readonly StoredLine[]): JobReport {
  const { id, name, queue, state, owner, attempts, progress, error, result } = job;
  const { createdAt, runAt, startedAt, finishedAt } = job;
  return {
    id,
    name,
    queue,
    state,
    owner,
    attempts,
    progress,
    error,
    result,
    createdAt,
    runAt,
    startedAt,
    finishedAt,
    log: lines.filter((line): line is JobLogLine => line.level !== 'event'),
  };
}
