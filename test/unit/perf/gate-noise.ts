/** A machine that is not quiet: rounds scatter and drift, some are hit by something else, no two processes are alike. */
import { oneAfterTheOther, type Session } from '../../../perf/gate/compare.ts';
import type { GateSample, MetricName, Side } from '../../../perf/gate/metrics.ts';
import { Random } from '../../../perf/seed/random.ts';

export interface Noise {
  /** Scatter of a round, of all its figures together; 0.1 is ten percent. */
  readonly roundSpread: number;
  /** Scatter of each figure of its own, as a multiple of that. */
  readonly ownSpread: Readonly<Record<MetricName, number>>;
  /** Share of rounds that something else disturbs, by a factor of 1.2 to 2 and more. */
  readonly disturbedShare: number;
  /** How far the machine wanders from one round to the next. */
  readonly drift: number;
  /** How much one process differs from another of the same program for as long as it lives. */
  readonly processSpread: number;
  /** The same of its memory. */
  readonly memorySpread: number;
}

export const USUAL_NOISE: Noise = {
  roundSpread: 0.08,
  ownSpread: { cpu: 0.3, p95: 0.8, p99: 1.5, requestsPerS: 0.3, rss: 0.5 },
  disturbedShare: 0.05,
  drift: 0.02,
  processSpread: 0.02,
  memorySpread: 0.08,
};

const TYPICAL: GateSample = { cpu: 200, p95: 1500, p99: 3000, requestsPerS: 4000, rss: 150e6 };

export class NoisyMachine {
  readonly #random: Random;
  readonly #noise: Noise;
  #wander = 0;

  constructor(seed: number, noise: Noise) {
    this.#random = new Random(seed);
    this.#noise = noise;
  }

  /** @param slowdown of the head: 1.2 costs a fifth more of everything */
  open(slowdown: number): Session {
    const process = () => ({
      speed: this.#normal(this.#noise.processSpread),
      memory: this.#normal(this.#noise.memorySpread),
    });
    const processes: Record<Side, { speed: number; memory: number }> = {
      base: process(),
      head: process(),
    };
    return {
      measurePair: (isBaseFirst) =>
        oneAfterTheOther((side) => {
          const { speed, memory } = processes[side];
          return Promise.resolve(
            this.#round(speed + (side === 'head' ? Math.log(slowdown) : 0), memory),
          );
        }, isBaseFirst),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  #round(offset: number, memory: number): GateSample {
    const { roundSpread, ownSpread, disturbedShare, drift } = this.#noise;
    this.#wander += this.#normal(drift);
    const disturbance =
      this.#random.fraction() < disturbedShare ? 0.2 + Math.abs(this.#normal(0.4)) : 0;
    const shared = offset + this.#wander + disturbance + this.#normal(roundSpread);
    const figure = (name: MetricName, isHigherWorse = true) => {
      const worse = shared + this.#normal(roundSpread * ownSpread[name]);
      return (TYPICAL[name] ?? 1) * Math.exp(isHigherWorse ? worse : -worse);
    };
    return {
      cpu: figure('cpu'),
      p95: figure('p95'),
      p99: figure('p99'),
      requestsPerS: figure('requestsPerS', false),
      rss: figure('rss') * Math.exp(memory),
    };
  }

  #normal(spread: number): number {
    return Math.log(this.#random.logNormal(1, spread));
  }
}
