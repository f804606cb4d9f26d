/** The form of a scenario, and what it is given to run with. */
import type { BenchData } from '../harness/bench-data.ts';
import type { Round } from '../harness/measure.ts';
import type { LoadTick } from '../harness/load-plan.ts';
import type { Check, PhaseResult } from '../result.ts';

/** What is asked for, in turn, or in the given order. */
export interface Requests {
  readonly paths: readonly string[];
  /** Positions in `paths`; in turn when absent. */
  readonly order?: readonly number[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Every request on a connection of its own. */
  readonly newConnectionEach?: boolean;
}

export interface Needs {
  /** Generated titles and streams. */
  readonly seed: boolean;
  readonly redis: boolean;
}

/** A scenario that is one kind of load on one server: throughput, then latency at half of it. The gate runs these, too. */
export interface LoadScenario {
  readonly name: string;
  readonly description: string;
  readonly needs: Needs;
  /** Of the server; addresses of the database and of Redis are added. */
  readonly environment: Readonly<Record<string, string>>;
  requests(data: BenchData): Promise<Requests>;
  /** Long enough for caches to fill, in seconds. */
  readonly warmUpS: number;
  /** Fixed rate of the latency phase; half of the throughput when absent. */
  readonly ratePerS?: number;
  /** What must hold. */
  checks?(phases: readonly PhaseResult[]): readonly Check[];
}

/** A scenario that needs steps of its own. */
export interface SpecialScenario {
  readonly name: string;
  readonly description: string;
  readonly needs: Needs;
  run(bench: Bench): Promise<Outcome>;
}

export type Scenario = LoadScenario | SpecialScenario;

export interface Outcome {
  readonly phases: readonly PhaseResult[];
  readonly checks: readonly Check[];
  readonly warnings: readonly string[];
}

export interface BenchSettings {
  readonly rounds: number;
  readonly roundS: number;
  /** Length of `soak`. */
  readonly soakMinutes: number;
  /** Of the file in `ingest`. */
  readonly lines: number;
  readonly closedLoop: 'wrk' | 'autocannon' | 'sluice';
}

/** What a running scenario works with. */
export interface Bench {
  readonly data: BenchData;
  readonly settings: BenchSettings;
  readonly signal: AbortSignal;
  /** One line that says what is going on. */
  progress(text: string): void;
  tick(phase: string, tick: LoadTick): void;
}

/** Rounds under one heading, and what they executed. */
export interface Phase {
  readonly result: PhaseResult;
  readonly rounds: readonly Round[];
  /** Of the generator's clock, in milliseconds, where it was coarse on purpose. */
  readonly grainMs?: number;
}
