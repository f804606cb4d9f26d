/** What becomes of a job whose attempt has ended. */
import { JobRefused, type JobDefinition, type JobResult } from './definition.ts';
import type { RunningJob } from './running-job.ts';
import type { JobOutcome } from './worker-store.ts';

export type Settled = { readonly result: JobResult } | { readonly error: unknown };

const BACKOFF = { firstMs: 5000, maxMs: 600_000 };
const ERROR_CHARS_MAX = 2000;

/** Null: the job is another worker's by now, and nothing is to be written of it. */
export function outcomeOf(
  running: RunningJob,
  settled: Settled,
  { backoff = BACKOFF }: Pick<JobDefinition<unknown>, 'backoff'>,
): JobOutcome | null {
  const { ending, job } = running;
  if (ending === 'lost') return null;
  const { id, lease } = job;
  const common = { id, lease, isFailure: false, delayMs: 0, error: null, result: null };
  if ('result' in settled) return { ...common, state: 'succeeded', result: settled.result ?? null };
  if (ending === 'cancelled') return { ...common, state: 'cancelled', error: 'cancelled' };
  if (ending === 'worker-stops') return { ...common, state: 'queued' };
  const error = textOf(ending === 'timed-out' ? running.signal.reason : settled.error);
  const isLast = settled.error instanceof JobRefused || job.failures + 1 >= job.attemptsMax;
  const state = isLast ? 'failed' : 'queued';
  const delayMs = Math.min(backoff.maxMs, backoff.firstMs * 2 ** Math.min(job.failures, 20));
  return { ...common, state, isFailure: true, delayMs: isLast ? 0 : spread(delayMs), error };
}

/** Jobs that failed together do not come again together. */
function spread(delayMs: number): number {
  return Math.round(delayMs * (0.8 + 0.4 * Math.random()));
}

function textOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.slice(0, ERROR_CHARS_MAX).replaceAll('\0', ' ');
}
