/** Stops calls to a server that fails, lets one through now and then, and closes again when one succeeds. */
import type { BreakerState } from './upstream.ts';

export interface FailureRateBreakerOptions {
  /** The newest outcomes that count. */
  readonly windowCalls: number;
  /** How old they may be. */
  readonly windowMs: number;
  /** Outcomes without which it does not open. */
  readonly callsMin: number;
  /** Share of failures at which it opens, 0 to 1. */
  readonly failureRate: number;
  /** How long it stays open before a probe; doubles with each probe, up to `openMaxMs`. */
  readonly openFirstMs: number;
  readonly openMaxMs: number;
}

/** Opens at the fifth failure of a server that only fails; after its recovery one of the calls of 4 s closes it. */
export const UPSTREAM_BREAKER: FailureRateBreakerOptions = {
  windowCalls: 20,
  windowMs: 300_000,
  callsMin: 5,
  failureRate: 0.5,
  openFirstMs: 1000,
  openMaxMs: 4000,
};

/** That a call may be made; its outcome is told with it. */
export interface Admission {
  readonly isProbe: boolean;
}

interface Outcome {
  readonly atMs: number;
  readonly isFailure: boolean;
}

const ORDINARY: Admission = { isProbe: false };
const PROBE: Admission = { isProbe: true };

export class FailureRateBreaker {
  readonly #options: FailureRateBreakerOptions;
  readonly #now: () => number;
  #outcomes: Outcome[] = [];
  /** 0: closed. */
  #openMs = 0;
  #openUntilMs = 0;

  constructor(options: FailureRateBreakerOptions, now: () => number) {
    this.#options = options;
    this.#now = now;
  }

  /** Half-open: the next call is a probe. */
  get state(): BreakerState {
    if (this.#openMs === 0) return 'closed';
    return this.#now() < this.#openUntilMs ? 'open' : 'half-open';
  }

  /** How long until the next probe; 0 when a call may be made. */
  get opensInMs(): number {
    return this.#openMs === 0 ? 0 : Math.max(0, this.#openUntilMs - this.#now());
  }

  /** Null: no call now. The time until the next probe starts with this one, so a probe that hangs delays nothing. */
  admit(): Admission | null {
    if (this.#openMs === 0) return ORDINARY;
    if (this.#now() < this.#openUntilMs) return null;
    this.#openFor(Math.min(this.#openMs * 2, this.#options.openMaxMs));
    return PROBE;
  }

  /** @returns what the outcome changed */
  record({ isProbe }: Admission, isFailure: boolean): 'opened' | 'closed' | null {
    if (this.#openMs > 0) return isProbe && !isFailure ? this.#close() : null;
    const { windowCalls, windowMs, callsMin, failureRate, openFirstMs } = this.#options;
    const atMs = this.#now();
    this.#outcomes.push({ atMs, isFailure });
    this.#outcomes = this.#outcomes
      .slice(-windowCalls)
      .filter((outcome) => atMs - outcome.atMs <= windowMs);
    const failures = this.#outcomes.filter((outcome) => outcome.isFailure).length;
    if (!isFailure || this.#outcomes.length < callsMin) return null;
    if (failures / this.#outcomes.length < failureRate) return null;
    this.#openFor(openFirstMs);
    return 'opened';
  }

  #openFor(ms: number): void {
    this.#openMs = ms;
    this.#openUntilMs = this.#now() + ms;
  }

  #close(): 'closed' {
    this.#openMs = 0;
    this.#outcomes = [];
    return 'closed';
  }
}
