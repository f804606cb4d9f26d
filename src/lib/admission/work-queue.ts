/**
 * Titles and episodes whose streams are being looked for, bounded at the door. A look-up has two steps, and the second one's own
 * bound refused requests that had waited for the first: at five times the capacity of the database p95 of refusals was 177 ms.
 */
import { AT_THE_LIMIT } from '../at-the-limit.ts';
import { HighChurnMap } from '../high-churn-map.ts';
import type { Brownout } from './brownout.ts';

/** Fewer are never a queue: 32 keep the database as busy as 256. */
const QUEUE_SHARE = 1 / 8;
/**
 * Of a queue that stays, so many are let in as are served in this time. 64 clients that always ask wait for 16 ms where Redis
 * answers, 25 where PostgreSQL does.
 */
const WAIT_MS = 50;
/** Of the fewest, in a brownout: each of them takes a millisecond of the loop, and all may be ready at once. */
const SPARING_SHARE = 1 / 4;
/** Once a queue has stayed, so many may wait for each title that there may be: 2 measured best (docs/overload.md). */
const WAITING_PER_TITLE = 2;
/** A longer wait is borne for this time: a burst of many titles, a pause of the database. */
const PATIENCE_MS = 300;
/** A queue after this time without one is borne again. */
const CALM_MS = 500;
/** Of the way to what a sample asks for: one look-up that was lucky is no proof. */
const GAIN = 1 / 4;

/** One of a queue, to see how long it takes. */
interface Sample {
  readonly key: string;
  readonly startedAtMs: number;
  /** With itself. */
  readonly queued: number;
}

export class WorkQueue {
  readonly #keysMax: number;
  readonly #brownout: Pick<Brownout, 'isSparing'>;
  readonly #queueMin: number;
  readonly #now: () => number;
  /** Requests by what they ask for. */
  readonly #requests = new HighChurnMap<string, number>();
  /** From `#queueMin` to `#keysMax`. */
  #bound: number;
  /** Those who wait, for whatever it is. */
  #waiting = 0;
  #sample: Sample | null = null;
  /** When there last was one: the end of a sample, a refusal. */
  #queuedAtMs = -Infinity;
  /** The start of the first of the samples that took longer than `WAIT_MS`, up to the last; negative when that did not. */
  #longSinceMs = -1;

  /**
   * @param keysMax different ones at a time; as few as an eighth of it when they have waited for more than 50 ms for a while
   * @param now milliseconds, on any clock that only goes forward
   */
  constructor(
    keysMax: number,
    brownout: Pick<Brownout, 'isSparing'>,
    now: () => number = () => performance.now(),
  ) {
    this.#brownout = brownout;
    this.#keysMax = keysMax;
    this.#queueMin = Math.ceil(keysMax * QUEUE_SHARE);
    this.#now = now;
    this.#bound = keysMax;
  }

  /**
   * Who asks for what is under way shares its work and is let in, unless a queue has stayed and too many wait.
   * @throws AppError `server.overloaded`, always the same one
   */
  enter(key: string): void {
    const present = this.#requests.get(key) ?? 0;
    const isRefused =
      present === 0 ? this.#isTooMany(key, this.#requests.size + 1) : this.#isFull();
    if (isRefused) {
      this.#queuedAtMs = this.#now();
      throw AT_THE_LIMIT;
    }
    this.#requests.set(key, present + 1);
    this.#waiting += 1;
  }

  /** Once for each `enter` that did not throw. */
  leave(key: string): void {
    const present = this.#requests.get(key) ?? 0;
    this.#waiting -= 1;
    if (present > 1) this.#requests.set(key, present - 1);
    else this.#requests.delete(key);
    // The first who leaves: a title that is always asked for again may stay under way for ever.
    if (this.#sample !== null && this.#sample.key === key) this.#learn(this.#sample);
  }

  #isTooMany(key: string, queued: number): boolean {
    if (this.#brownout.isSparing && queued > this.#queueMin * SPARING_SHARE) return true;
    if (queued < this.#queueMin) return false;
    this.#forgetIfCalm();
    if (this.#isFull() || queued > this.#bound) return true;
    this.#sample ??= { key, startedAtMs: this.#now(), queued };
    return false;
  }

  #isFull(): boolean {
    if (this.#waiting < this.#keysMax * WAITING_PER_TITLE) return false;
    this.#forgetIfCalm();
    return this.#bound < this.#keysMax;
  }

  #forgetIfCalm(): void {
    if (this.#sample !== null || this.#now() - this.#queuedAtMs < CALM_MS) return;
    this.#bound = this.#keysMax;
    this.#longSinceMs = -1;
  }

  /** By Little's law: a queue whose last one waited twice as long as it should is twice as long as it should be. */
  #learn({ startedAtMs, queued }: Sample): void {
    const nowMs = this.#now();
    const waitMs = nowMs - startedAtMs;
    const wanted = (queued * WAIT_MS) / waitMs;
    this.#sample = null;
    this.#queuedAtMs = nowMs;
    if (waitMs <= WAIT_MS) {
      this.#longSinceMs = -1;
      this.#bound = Math.min(this.#keysMax, Math.max(this.#bound, this.#towards(wanted)));
      return;
    }
    if (this.#longSinceMs < 0) this.#longSinceMs = startedAtMs;
    const isFirst = this.#bound === this.#keysMax;
    if (isFirst && startedAtMs - this.#longSinceMs < PATIENCE_MS) return;
    this.#bound = Math.max(this.#queueMin, isFirst ? wanted : this.#towards(wanted));
  }

  #towards(wanted: number): number {
    return this.#bound + (wanted - this.#bound) * GAIN;
  }
}
