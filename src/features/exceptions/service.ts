/** What failed, of all processes where they share a Redis that answers, else of this one. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { ExceptionRecord } from '../../lib/exceptions/exception-record.ts';
import type { ExceptionLog } from '../../platform/log/exception-log.ts';
import type { SharedExceptions } from './shared-exceptions.ts';

export interface ExceptionList {
  /** The last seen first. */
  readonly records: readonly ExceptionRecord[];
  /** Whether these are the failures of all processes. */
  readonly isShared: boolean;
}

export class ExceptionsService {
  readonly #log: ExceptionLog;
  readonly #shared: SharedExceptions | null;

  /** @param shared null: this process is all there is */
  constructor(log: ExceptionLog, shared: SharedExceptions | null) {
    this.#log = log;
    this.#shared = shared;
  }

  /** Hands on what was counted since the last time. @throws AppError `redis.unavailable`: the next one has it */
  async flush(signal: CancelSignal): Promise<void> {
    const taken = this.#log.take();
    if (this.#shared === null || taken.length === 0) return;
    try {
      await this.#shared.add(taken, signal);
    } catch (error) {
      this.#log.giveBack(taken);
      throw error;
    }
  }

  async list(signal: CancelSignal): Promise<ExceptionList> {
    if (this.#shared === null) return { records: this.#log.records(), isShared: true };
    try {
      await this.flush(signal);
      return { records: await this.#shared.list(signal), isShared: true };
    } catch {
      // Just then somebody wants to see what fails.
      return { records: this.#log.records(), isShared: false };
    }
  }

  async find(fingerprint: string, signal: CancelSignal): Promise<ExceptionRecord | undefined> {
    const { records } = await this.list(signal);
    return records.find((record) => record.fingerprint === fingerprint);
  }

  /** Forgets one kind, or all. Returns how many there were. @throws AppError `redis.unavailable` */
  async clear(fingerprint: string | null, signal: CancelSignal): Promise<number> {
    if (this.#shared === null) return this.#log.clear(fingerprint);
    await this.flush(signal);
    this.#log.clear(fingerprint);
    return this.#shared.clear(fingerprint, signal);
  }
}
