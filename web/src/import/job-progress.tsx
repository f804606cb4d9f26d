/** How far an import of lines is, and which of them were refused. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useId } from 'react';
import { Section } from '../ui/section.tsx';
import { fetchJob, type Audience, type Job } from './calls.ts';

const POLL_MS = 1000;
const OVER: ReadonlySet<string> = new Set(['succeeded', 'failed', 'cancelled']);

interface Props {
  readonly audience: Audience;
  readonly id: string;
  readonly onOver: () => void;
}

export function JobProgress({ audience, id, onOver }: Props) {
  const labelId = useId();
  const { data: job, error } = useQuery({
    queryKey: ['import-job', id],
    queryFn: ({ signal }) => fetchJob(audience, id, signal),
    staleTime: 0,
    refetchInterval: ({ state }) => (OVER.has(state.data?.state ?? '') ? false : POLL_MS),
  });
  const { done = 0, total = null } = job?.progress ?? {};
  const isOver = job !== undefined && OVER.has(job.state);
  useEffect(() => {
    if (isOver) onOver();
  }, [isOver, onOver]);
  return (
    <Section
      id="job"
      title="Import of lines"
      lede={`Job ${id}. It goes on when you leave this page.`}
    >
      {!isOver && (
        <div className="field">
          <span className="field-label" id={labelId}>
            Progress
          </span>
          <progress
            className="progress"
            aria-labelledby={labelId}
            {...(total !== null && total > 0 && { value: done, max: total })}
          />
        </div>
      )}
      <p role="status">{error === null ? textOf(job) : error.message}</p>
      {job?.error != null && (
        <p className="notice is-problem" role="alert">
          {job.error}
        </p>
      )}
      {job !== undefined && job.log.length > 0 && (
        <div className="part">
          <h3>Refused</h3>
          <ul className="links">
            {job.log.map(({ message }, at) => (
              // Lines of a log have nothing else to tell them apart, and never change their place.
              <li key={at}>{message}</li>
            ))}
          </ul>
        </div>
      )}
    </Section>
  );
}

function textOf(job: Job | undefined): string {
  if (job === undefined) return 'Asking…';
  const { state, progress, result } = job;
  if (state === 'queued') return 'It waits for a worker.';
  const done = progress === null ? 0 : progress.done;
  const of = progress?.total == null ? '' : ` of ${progress.total}`;
  if (state === 'running') return `${done}${of} lines; ${progress?.message ?? '0 refused'}.`;
  if (state === 'cancelled') return 'It was cancelled.';
  if (state === 'failed') return `It failed after ${done} lines.`;
  const lines = result?.['lines'] ?? done;
  return `Done: ${lines} lines, ${result?.['refused'] ?? 0} refused.`;
}
