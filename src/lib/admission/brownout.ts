/**
 * How much less than everything a process does. Under pressure it first answers with what is at hand, however old, and begins
 * nothing behind; then it refuses, from the least important class up, until the pressure is gone (docs/overload.md).
 */

/** What a class is refused by: 0 last, `RANKS - 1` first. */
export type Rank = 0 | 1 | 2 | 3 | 4 | 5 | 6;
export const RANKS = 7;

/** Something that says when the process cannot keep up. */
export interface PressureSignal {
  /** For metrics and `/ready`. */
  readonly name: string;
  /** 1 and more: too much; below 0.5: at ease. */
  read(): number;
}

export interface BrownoutState {
  readonly stage: 'normal' | 'cached-only' | 'shedding';
  readonly level: number;
  /** Signals that say so now; of a brownout that is ending there may be none. */
  readonly reasons: readonly string[];
}

/** How often the signals are read. */
export const TICK_MS = 100;
/** Pressure is borne for this time, unless there was a brownout lately: garbage, a crowd at the same moment. */
const PATIENCE_MS = 300;
const WARY_MS = 5000;
const AT_EASE = 0.5;
/** Of a level, with each reading under pressure: more where that is great. */
const RISE = 0.25;
const PRESSURE_MAX = 4;
/**
 * Of a level, with each reading at ease, and once more for each one before it: gently where the pressure would come back,
 * and from the highest level in 2.5 s where it does not. Faster where nobody was refused since the last reading.
 */
const FALL = 0.02;
const FALL_UNASKED = 0.5;
/** Until level 1 nothing is refused. Ranks 0 and 1 are left to the turn's budget: they are what the rest makes way for. */
const LEVEL_MAX = 6;

export class Brownout {
  readonly #signals: PressureSignal[] = [];
  #pressures: readonly number[] = [];
  #level = 0;
  #pressedForMs = 0;
  #endedBeforeMs = Infinity;
  #isAsked = false;
  #readingsAtEase = 0;
  /** Of requests of a rank that is refused in part: what is left of one that may pass. */
  readonly #shares = new Float64Array(RANKS);

  add(signal: PressureSignal): void {
    this.#signals.push(signal);
  }

  get level(): number {
    return this.#level;
  }

  /** Whether classes are left that may make way for the first two ranks. */
  get hasOthers(): boolean {
    return this.#level < LEVEL_MAX;
  }

  /** Answers with what is at hand: nothing is refreshed, completed or made better behind. */
  get isSparing(): boolean {
    return this.#level > 0;
  }

  get state(): BrownoutState {
    const level = Math.round(this.#level * 100) / 100;
    const stage = level === 0 ? 'normal' : level <= 1 ? 'cached-only' : 'shedding';
    const reasons = this.pressures
      .filter(([, pressure]) => pressure >= AT_EASE)
      .map(([name]) => name);
    return { stage, level, reasons };
  }

  /** Signals and what they said last. */
  get pressures(): readonly (readonly [name: string, pressure: number])[] {
    return this.#signals.map(({ name }, index) => [name, this.#pressures[index] ?? 0]);
  }

  /** Whether a request of this rank is to be worked on; asked once for each. */
  admits(rank: Rank): boolean {
    if (this.#level <= 1) return true;
    const refusedShare = Math.min(1, Math.max(0, this.#level - 1 - (RANKS - 1 - rank)));
    if (refusedShare === 0) return true;
    this.#isAsked = true;
    const share = (this.#shares[rank] ?? 0) + 1 - refusedShare;
    const isAdmitted = share >= 1;
    this.#shares[rank] = isAdmitted ? share - 1 : share;
    return isAdmitted;
  }

  /** Reads the signals; to be called every `TICK_MS`. */
  tick(): void {
    this.#pressures = this.#signals.map((signal) => signal.read());
    const pressure = Math.max(0, ...this.#pressures);
    if (pressure >= 1) this.#rise(pressure);
    else this.#fall(pressure);
    this.#isAsked = false;
  }

  #rise(pressure: number): void {
    this.#pressedForMs += TICK_MS;
    this.#readingsAtEase = 0;
    const isBorne = this.#level === 0 && this.#endedBeforeMs >= WARY_MS;
    if (isBorne && this.#pressedForMs < PATIENCE_MS) return;
    this.#level = Math.min(LEVEL_MAX, this.#level + RISE * Math.min(PRESSURE_MAX, pressure));
    this.#endedBeforeMs = 0;
  }

  #fall(pressure: number): void {
    this.#pressedForMs = 0;
    if (this.#level === 0) {
      this.#endedBeforeMs += TICK_MS;
      return;
    }
    if (pressure >= AT_EASE) return;
    this.#readingsAtEase += 1;
    const fall = this.#isAsked ? FALL * this.#readingsAtEase : FALL_UNASKED;
    this.#level = Math.max(0, this.#level - fall);
  }
}
