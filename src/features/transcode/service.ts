/** Transcodes as those see them who want one: requested, watched, cancelled. */
import { randomUUID } from 'node:crypto';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { RungName } from '../../lib/transcode/ladder.ts';
import type { JobQueue, JobReport } from '../../platform/jobs/queue.ts';
import { TranscodeFolder } from './folder.ts';
import { transcodeJob } from './jobs.ts';
import type { StoredTranscode, TranscodeStore } from './store.ts';

export interface TranscodeServiceParts {
  readonly store: TranscodeStore;
  readonly jobs: JobQueue;
  readonly directory: string;
}

export interface ShownTranscode extends Omit<StoredTranscode, 'jobId'> {
  /** Seconds of the source; null while nothing is known. */
  readonly progress: { readonly doneS: number; readonly totalS: number | null } | null;
  /** As of `2.4x`; empty while it is not running. */
  readonly speed: string;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const LISTED_MAX = 50;

export class TranscodeService {
  readonly #parts: TranscodeServiceParts;

  constructor(parts: TranscodeServiceParts) {
    this.#parts = parts;
  }

  /** The one that there is of these rungs, or a new one; one whose job has failed is made anew. */
  async request(
    recordingId: string,
    rungs: readonly RungName[],
    signal: CancelSignal,
  ): Promise<ShownTranscode> {
    const { store } = this.#parts;
    const first = await store.request(randomUUID(), recordingId, rungs, signal);
    const shown = await this.#withJob(first, signal);
    if (shown.state !== 'failed') return shown;
    await store.setState(first.id, 'failed', { failure: shown.failure }, signal);
    return this.#withJob(await store.request(randomUUID(), recordingId, rungs, signal), signal);
  }

  /** @throws AppError `transcode.not-found` */
  async find(id: string, signal: CancelSignal): Promise<ShownTranscode> {
    const stored = UUID.test(id) ? await this.#parts.store.find(id, signal) : null;
    if (stored === null)
      throw new AppError('transcode.not-found', 'there is no transcode with this id', {
        field: 'id',
      });
    return this.#shown(stored, signal);
  }

  async ofRecording(recordingId: string, signal: CancelSignal): Promise<readonly ShownTranscode[]> {
    const stored = await this.#parts.store.ofRecording(recordingId, LISTED_MAX, signal);
    return Promise.all(stored.map((one) => this.#shown(one, signal)));
  }

  /** Ends it where it runs, and deletes what it made. */
  async remove(id: string, signal: CancelSignal): Promise<void> {
    const { store, jobs, directory } = this.#parts;
    const stored = await store.find(id, signal);
    if (stored === null) return;
    await store.setState(id, 'cancelled', {}, signal);
    if (stored.jobId !== null) await jobs.cancel(stored.jobId, signal);
    await new TranscodeFolder(directory, id).remove();
    await store.remove(id, signal);
  }

  /** A row without a job is one whose process ended in between: it gets one now. */
  async #withJob(stored: StoredTranscode, signal: CancelSignal): Promise<ShownTranscode> {
    if (stored.jobId !== null || stored.state !== 'waiting') return this.#shown(stored, signal);
    const { id } = stored;
    const job = await this.#parts.jobs.enqueue(transcodeJob, { transcodeId: id }, signal, {
      owner: stored.recordingId,
    });
    await this.#parts.store.setJob(id, job.id, signal);
    return shownOf({ ...stored, jobId: job.id }, null);
  }

  async #shown(stored: StoredTranscode, signal: CancelSignal): Promise<ShownTranscode> {
    const { jobId, state } = stored;
    const isOver = state !== 'waiting' && state !== 'running';
    if (jobId === null || isOver) return shownOf(stored, null);
    const job = await this.#parts.jobs.find(jobId, signal);
    const failure = failureOf(job);
    return shownOf(failure === null ? stored : { ...stored, state: 'failed', failure }, job);
  }
}

/** A job that is over without having said so was given up. */
function failureOf(job: JobReport | null): string | null {
  if (job === null) return 'its job is gone';
  if (job.state === 'failed') return job.error ?? 'it failed';
  return job.state === 'cancelled' ? 'its job was cancelled' : null;
}

function shownOf(transcode: StoredTranscode, job: JobReport | null): ShownTranscode {
  const { id, recordingId, rungs, state, failure, bytes, createdAt, finishedAt } = transcode;
  const progress = job?.progress ?? null;
  return {
    id,
    recordingId,
    rungs,
    state,
    failure,
    bytes,
    createdAt,
    finishedAt,
    progress: progress === null ? null : { doneS: progress.done, totalS: progress.total },
    speed: state === 'running' ? (progress?.message ?? '') : '',
  };
}
