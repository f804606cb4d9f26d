/** A job as operators see it. */
import { isJsonObject, type JsonValue } from '../../lib/json/json-value.ts';
import type { StateCount, StoredJob, StoredLine } from '../../platform/jobs/job-store.ts';
import { JOB_STATES } from '../../platform/jobs/queue.ts';

const MASK = '***';
const SECRET_NAME = /pass|secret|token|api_?key|credential|authorization/i;

export function shownTask(job: StoredJob) {
  return {
    id: job.id,
    name: job.name,
    queue: job.queue,
    state: job.state,
    owner: job.owner,
    attempts: job.attempts,
    attempts_max: job.attemptsMax,
    failures: job.failures,
    workers_lost: job.losses,
    cancel_requested: job.isCancelled,
    worker: job.workerId,
    progress: job.progress,
    error: job.error,
    created_at: job.createdAt,
    run_at: job.runAt,
    started_at: job.startedAt,
    finished_at: job.finishedAt,
  };
}

/** @param secretFields of the job's definition */
export function shownTaskInFull(
  job: StoredJob,
  lines: readonly StoredLine[],
  secretFields: readonly string[],
) {
  const events = lines
    .filter(({ level }) => level === 'event')
    .map(({ at, message }) => ({ at, event: message }));
  return {
    ...shownTask(job),
    dedupe_key: job.dedupeKey,
    payload: masked(job.payload, new Set(secretFields)),
    result: job.result,
    events: [{ at: job.createdAt, event: 'enqueued' }, ...events, ...endOf(job)],
    log: lines.filter(({ level }) => level !== 'event'),
  };
}

function endOf({ state, finishedAt }: StoredJob) {
  return finishedAt === null ? [] : [{ at: finishedAt, event: state }];
}

function masked(value: JsonValue, secretFields: ReadonlySet<string>): JsonValue {
  if (Array.isArray(value)) return value.map((part: JsonValue) => masked(part, secretFields));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name,
      secretFields.has(name) || SECRET_NAME.test(name) ? MASK : masked(part, secretFields),
    ]),
  );
}

/** By state over all queues, and by queue. */
export function shownCounts(counts: readonly StateCount[]) {
  const none = () => Object.fromEntries(JOB_STATES.map((state) => [state, 0]));
  const all = none();
  const queues: Record<string, Record<string, number>> = {};
  for (const { queue, state, count } of counts) {
    all[state] = (all[state] ?? 0) + count;
    (queues[queue] ??= none())[state] = count;
  }
  return { counts: all, queues };
}
