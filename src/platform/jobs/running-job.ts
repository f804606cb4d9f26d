/** One attempt: what its handler is given, what it says until it is written, and why it is to end. */
import { CancelController, type CancelSignal } from '../../lib/async/cancel.ts';
import type { JsonValue } from '../../lib/json/json-value.ts';
import type { TransactionSql } from '../db/database.ts';
import { JobLost, type JobContext, type JobLogLevel, type JobProgress } from './definition.ts';
import type { ClaimedJob, JobNotes } from './worker-store.ts';

/** Why an attempt was told to end. */
export type Ending = 'cancelled' | 'timed-out' | 'worker-stops' | 'lost';

/** @param sql null: a statement of its own */
type SaveCheckpoint = (
  job: RunningJob,
  checkpoint: JsonValue,
  sql: TransactionSql | null,
) => Promise<void>;

const LINES_MAX = 200;
const LINE_CHARS_MAX = 2000;

export class RunningJob implements JobContext {
  readonly job: ClaimedJob;
  readonly #save: SaveCheckpoint;
  readonly #control = new CancelController();
  #ending: Ending | null = null;
  #progress: JobProgress | null = null;
  #lines: { readonly at: string; readonly level: JobLogLevel; readonly message: string }[] = [];
  #checkpoint: JsonValue;

  constructor(job: ClaimedJob, save: SaveCheckpoint) {
    this.job = job;
    this.#checkpoint = job.checkpoint;
    this.#save = save;
  }

  get id(): string {
    return this.job.id;
  }

  get attempt(): number {
    return this.job.failures + 1;
  }

  get signal(): CancelSignal {
    return this.#control.signal;
  }

  get ending(): Ending | null {
    return this.#ending;
  }

  get checkpoint(): JsonValue {
    return this.#checkpoint;
  }

  // Fields, so that handlers may take them out of the context.
  readonly progress = (progress: JobProgress): void => {
    this.#progress = progress;
  };

  readonly log = (level: JobLogLevel, message: string): void => {
    if (this.#lines.length === LINES_MAX) this.#lines.shift();
    // PostgreSQL has no text with NUL.
    const text = message.slice(0, LINE_CHARS_MAX).replaceAll('\0', ' ');
    this.#lines.push({ at: new Date().toISOString(), level, message: text });
  };

  readonly saveCheckpoint = async (checkpoint: JsonValue): Promise<void> => {
    if (this.#ending === 'lost') throw this.signal.reason;
    await this.#save(this, checkpoint, null);
    this.#checkpoint = checkpoint;
  };

  readonly saveCheckpointIn = async (sql: TransactionSql, checkpoint: JsonValue): Promise<void> => {
    if (this.#ending === 'lost') throw this.signal.reason;
    await this.#save(this, checkpoint, sql);
  };

  /** The first reason counts, but for the loss of the job: after that nothing is written any more. */
  end(ending: Ending, message: string): void {
    if (this.#ending === null || ending === 'lost') this.#ending = ending;
    this.#control.abort(
      ending === 'lost' || ending === 'cancelled' ? new JobLost(message) : new Error(message),
    );
  }

  /** What was said since the last time; null when nothing was. */
  takeNotes(): JobNotes | null {
    if (this.#progress === null && this.#lines.length === 0) return null;
    const { id, lease } = this.job;
    const notes = { id, lease, progress: this.#progress, lines: this.#lines };
    this.#progress = null;
    this.#lines = [];
    return notes;
  }

  /** They could not be written: they go with the next ones. */
  giveBack({ progress, lines }: JobNotes): void {
    this.#progress ??= progress;
    this.#lines = [...lines, ...this.#lines].slice(-LINES_MAX);
  }
}
