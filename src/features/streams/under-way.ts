/**
 * Titles and episodes whose streams are being looked for, bounded at the door. A look-up has two steps, and the second one's own
 * bound refused requests that had waited for the first: at five times the capacity of the database p95 of refusals was 177 ms.
 */
import { AT_THE_LIMIT } from '../../lib/at-the-limit.ts';
import { TurnoverMap } from '../../lib/turnover-map.ts';

/** So many are a queue, when it stays: 32 keep the database as busy as 256, and who is served waits a third as long. */
const STANDING_SHARE = 1 / 8;
/** A queue is borne for this time: a title that everybody asks for, a pause of the database. */
const PATIENCE_MS = 300;
/** The lower bound holds until nobody had to be refused for this time. */
const CALM_MS = 500;

export class UnderWay {
  readonly #keysMax: number;
  readonly #standingMax: number;
  readonly #now: () => number;
  /** Requests by what they ask for. */
  readonly #requests = new TurnoverMap<string, number>();
  /** Since when there has been a queue; negative while there is none. */
  #standingSinceMs = -1;
  #isOverloaded = false;
  #refusedAtMs = 0;

  /**
   * @param keysMax different ones at a time; an eighth of it once that many have been waited for without a pause
   * @param now milliseconds, on any clock that only goes forward
   */
  constructor(keysMax: number, now: () => number = () => performance.now()) {
    this.#keysMax = keysMax;
    this.#standingMax = Math.ceil(keysMax * STANDING_SHARE);
    this.#now = now;
  }

  /**
   * Requests for what is under way are always let in: they share its work.
   * @throws AppError `server.overloaded`, always the same one
   */
  enter(key: string): void {
    const present = this.#requests.get(key) ?? 0;
    if (present === 0 && !this.#hasRoom()) throw AT_THE_LIMIT;
    this.#requests.set(key, present + 1);
  }

  /** Once for each `enter` that did not throw. */
  leave(key: string): void {
    const present = this.#requests.get(key) ?? 0;
    if (present > 1) this.#requests.set(key, present - 1);
    else this.#requests.delete(key);
  }

  #hasRoom(): boolean {
    const isStanding = this.#requests.size >= this.#standingMax;
    if (!isStanding && this.#standingSinceMs < 0) return true;
    const nowMs = this.#now();
    if (this.#isOverloaded) this.#isOverloaded = nowMs - this.#refusedAtMs < CALM_MS;
    if (!isStanding) {
      if (!this.#isOverloaded) this.#standingSinceMs = -1;
      return true;
    }
    if (this.#standingSinceMs < 0) this.#standingSinceMs = nowMs;
    this.#isOverloaded ||= nowMs - this.#standingSinceMs >= PATIENCE_MS;
    if (!this.#isOverloaded && this.#requests.size < this.#keysMax) return true;
    this.#refusedAtMs = nowMs;
    return false;
  }
}
