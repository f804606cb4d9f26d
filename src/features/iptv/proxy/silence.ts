/** How long bytes of a source are waited for. */
import { Deadline } from '../../../lib/async/deadline.ts';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';

export interface Patience {
  /** Until the first byte has come, in milliseconds. */
  readonly startMs: number;
  /** Without any byte after that. */
  readonly silenceMs: number;
}

/** With another source to go to, a player is to see that one within 3 s. */
const QUICK: Patience = { startMs: 2500, silenceMs: 2000 };
const LAST_RESORT: Patience = { startMs: 8000, silenceMs: 8000 };
const LOOK_MS = 200;

/** @param choices sources of the channel */
export function patienceWith(choices: number): Patience {
  return choices > 1 ? QUICK : LAST_RESORT;
}

/** A signal that aborts when nothing has been heard for too long, when the time is over, or with its parent. */
export class SilenceLimit implements Disposable {
  readonly #deadline: Deadline;
  readonly #timer: NodeJS.Timeout;
  #heardAtMs = performance.now();
  #hasHeard = false;

  /** @param patience asked again and again, as it may change */
  constructor(patience: () => Patience, timeoutMs: number, parent?: CancelSignal) {
    this.#deadline = new Deadline({ timeoutMs, failure: silent, ...(parent && { parent }) });
    this.#timer = setInterval(() => {
      const { startMs, silenceMs } = patience();
      const allowedMs = this.#hasHeard ? silenceMs : startMs;
      if (performance.now() - this.#heardAtMs > allowedMs) this.#deadline.abort(silent());
    }, LOOK_MS);
  }

  get signal(): CancelSignal {
    return this.#deadline.signal;
  }

  heard(): void {
    this.#heardAtMs = performance.now();
    this.#hasHeard = true;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#deadline[Symbol.dispose]();
  }
}

function silent(): AppError {
  return new AppError('iptv.source-failed', 'the provider sent nothing for too long');
}
