/**
 * When a process is beyond its capacity, told from how long turns of its event loop take (CoDel's idea of a standing queue,
 * RFC 8289, with a turn for the queue's delay). It begins when turns have been long for a while. It ends when the work that was
 * asked for, refused work with it, would have left the process idle time; and now and then on trial, because clients that are
 * refused and ask again at once look like more than they are.
 */

/** Long turns are borne for this time: a pause for garbage, a thousand clients at the same moment. */
const PATIENCE_MS = 300;
/**
 * For this time after an overload a long turn is not borne again. Patience anew let in 10,000 requests at 36,000 a second, every
 * second or two, and p95 of refusals was 490 ms.
 */
const WARY_MS = 5000;
/** Over so long it is looked at how much work was asked for. */
const WINDOW_MS = 500;
/** An overload ends when less than this share of a window would have been work. */
const DEMAND_CALM = 0.9;
/**
 * A first trial comes after this time without long turns, the next ones four times as late each, up to the maximum. At twice the
 * capacity of `stream-distinct` a trial every half second was a turn of 50 ms each: p95 54 ms instead of 5 to 19.
 */
const TRIAL_AFTER_MS = 500;
const TRIAL_FACTOR = 4;
const TRIAL_AFTER_MS_MAX = 8000;

export class OverloadWatch {
  readonly #longMs: number;
  #isOverloaded = false;
  /** Since when turns have been long; negative while they are not. */
  #longSinceMs = -1;
  /** When the process was last seen beyond its capacity: a long turn that was cut, a refusal by a handler. */
  #seenAtMs = -Infinity;
  #endedAtMs = -Infinity;
  #trialAfterMs = TRIAL_AFTER_MS;
  #windowAtMs = 0;
  #askedMs = 0;

  /** @param longMs from which on a turn is long */
  constructor(longMs: number) {
    this.#longMs = longMs;
  }

  get isOverloaded(): boolean {
    return this.#isOverloaded;
  }

  /** Whether every turn is worth a look: the last one was long. */
  get isAlert(): boolean {
    return this.#longSinceMs >= 0;
  }

  /** A turn has gone on for `spentMs`. Returns whether that is an overload. */
  turnGoesOn(nowMs: number, spentMs: number): boolean {
    if (this.#isOverloaded || spentMs < this.#longMs) return this.#isOverloaded;
    if (this.#longSinceMs < 0) this.#longSinceMs = nowMs;
    const isWary = nowMs - Math.max(this.#seenAtMs, this.#endedAtMs) < WARY_MS;
    if (isWary || nowMs - this.#longSinceMs >= PATIENCE_MS) this.#begin(nowMs);
    return this.#isOverloaded;
  }

  /** The first request of a turn is here: after an idle time an overload is over before it. */
  turnBegins(nowMs: number): void {
    if (!this.#isOverloaded) return;
    this.#lookForEnd(nowMs);
    if (!this.#isOverloaded) this.#longSinceMs = -1;
  }

  /** A turn is over that would have taken `wholeMs`, had nobody been refused in it. */
  turnEnded(nowMs: number, wholeMs: number): void {
    const isLong = wholeMs >= this.#longMs;
    if (this.#isOverloaded) {
      if (isLong) this.#seenAtMs = nowMs;
      this.#askedMs += wholeMs;
      this.#lookForEnd(nowMs);
    }
    if (!this.#isOverloaded && !isLong) this.#longSinceMs = -1;
  }

  /** Requests were refused for want of something else than time: beyond capacity, although turns are short. */
  refusedByHandler(nowMs: number): void {
    this.#seenAtMs = nowMs;
  }

  #begin(nowMs: number): void {
    const isBack = nowMs - this.#endedAtMs < WARY_MS;
    this.#trialAfterMs = isBack
      ? Math.min(this.#trialAfterMs * TRIAL_FACTOR, TRIAL_AFTER_MS_MAX)
      : TRIAL_AFTER_MS;
    this.#isOverloaded = true;
    this.#seenAtMs = nowMs;
    this.#windowAtMs = nowMs;
    this.#askedMs = 0;
  }

  #lookForEnd(nowMs: number): void {
    let isOver = nowMs - this.#seenAtMs >= this.#trialAfterMs;
    if (nowMs - this.#windowAtMs >= WINDOW_MS) {
      isOver ||= this.#askedMs < DEMAND_CALM * (nowMs - this.#windowAtMs);
      this.#windowAtMs = nowMs;
      this.#askedMs = 0;
    }
    if (!isOver) return;
    this.#isOverloaded = false;
    this.#endedAtMs = nowMs;
  }
}
