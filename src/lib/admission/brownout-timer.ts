/** The event loop as a signal: how late it comes to its timers, while it has enough to do to be the reason. */
import { performance, type EventLoopUtilization } from 'node:perf_hooks';
import { TICK_MS, type Brownout, type PressureSignal } from './brownout.ts';

/** So late is too much: a cached list takes 0.1 ms, and waits for this. */
const LATE_MS = 30;
/** A machine that slept is later by hours. */
const LATE_MS_MAX = 8 * LATE_MS;
/** Of a new reading: about three make a change. */
const WEIGHT = 0.4;
/** A loop with time to spare is late because the machine has others to serve: refusing would not help. */
const BUSY_MIN = 0.7;

/** Reads all signals of a brownout again and again; the lateness of that is one of them. */
export class BrownoutTimer implements Disposable {
  readonly #brownout: Brownout;
  readonly #timer: NodeJS.Timeout;
  #dueAtMs = performance.now() + TICK_MS;
  #lateMs = 0;
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();

  constructor(brownout: Brownout) {
    this.#brownout = brownout;
    brownout.add(this.#signal);
    this.#timer = setInterval(() => this.#look(), TICK_MS).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  readonly #signal: PressureSignal = {
    name: 'event loop',
    read: () => this.#lateMs / LATE_MS,
  };

  #look(): void {
    const nowMs = performance.now();
    const lateMs = Math.min(LATE_MS_MAX, Math.max(0, nowMs - this.#dueAtMs));
    this.#dueAtMs = nowMs + TICK_MS;
    const utilization = performance.eventLoopUtilization();
    const { utilization: busy } = performance.eventLoopUtilization(utilization, this.#utilization);
    this.#utilization = utilization;
    this.#lateMs = busy < BUSY_MIN ? 0 : this.#lateMs + WEIGHT * (lateMs - this.#lateMs);
    this.#brownout.tick();
  }
}
