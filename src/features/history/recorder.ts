/** Plays of profiles that keep a history: looked up behind the playback, and written in batches. */
import { BackgroundTasks } from '../../lib/async/background-tasks.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { Deadline } from '../../lib/async/deadline.ts';
import { WriteBuffer } from '../../lib/async/write-buffer.ts';
import { AppError } from '../../lib/errors.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type { HistoryPlay, PlayHistory } from './contract.ts';
import type { HistoryStore } from './store.ts';

export interface HistoryRecorderParts {
  readonly store: Pick<HistoryStore, 'addPlays'>;
  /** Whether the settings of a profile say that it keeps a history. */
  readonly isKept: (profileId: string, signal: CancelSignal) => Promise<boolean>;
  readonly logger: Logger;
}

const WAITING_MAX = 20_000;
/** Of settings that are looked up at a time; plays of others are not kept. */
const LOOKUPS_MAX = 1000;
const LOOKUP_TIMEOUT_MS = 5000;

export class HistoryRecorder implements PlayHistory, AsyncDisposable {
  readonly #parts: HistoryRecorderParts;
  readonly #lookups = new BackgroundTasks();
  readonly #played: WriteBuffer<HistoryPlay>;

  constructor(parts: HistoryRecorderParts) {
    this.#parts = parts;
    this.#played = new WriteBuffer({
      waitingMax: WAITING_MAX,
      merge: (_first, second) => second,
      write: (plays, signal) => parts.store.addPlays([...plays.values()], signal),
      onLost: (plays) => parts.logger.warn({ plays }, 'the last plays are in no history'),
    });
  }

  played(play: HistoryPlay): void {
    if (play.profileId === '' || this.#lookups.size >= LOOKUPS_MAX) return;
    this.#lookups.add(this.#keep(play));
  }

  /** Writes what waits; what cannot be written waits on. */
  flush(signal: CancelSignal): Promise<void> {
    return this.#played.flush(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#lookups.settled();
    await this.#played[Symbol.asyncDispose]();
  }

  /** Never rejects. */
  async #keep(play: HistoryPlay): Promise<void> {
    using deadline = new Deadline({
      timeoutMs: LOOKUP_TIMEOUT_MS,
      failure: () => new AppError('server.timeout', 'the settings of a profile take too long'),
    });
    try {
      if (!(await this.#parts.isKept(play.profileId, deadline.signal))) return;
      const { profileId, infohash, season, episode, filename } = play;
      this.#played.add(JSON.stringify([profileId, infohash, season, episode, filename]), play);
    } catch (error) {
      this.#parts.logger.debug({ err: error }, 'a play is in no history');
    }
  }
}
