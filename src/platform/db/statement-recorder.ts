/** What became of the statements of a process, as plain counters and histograms that a collector reads. */
import { AppError, type ErrorCode } from '../../lib/errors.ts';
import { HistogramSet } from '../../lib/metrics/histogram.ts';
import type { Sample } from '../../lib/metrics/metric-family.ts';
import { StatementCounter } from './statement-counter.ts';
import { toAppError } from './failure.ts';

type Engine = 'primary' | 'replica';

/** Seconds. Most statements take less than a millisecond. */
export const WAIT_BOUNDS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
export const STATEMENT_BOUNDS = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** There from the start, at zero. */
const CODES: readonly ErrorCode[] = [
  'database.exhausted',
  'database.not-writable',
  'database.timeout',
  'database.unavailable',
];
/** SQLSTATEs and the like: constraints, serialization failures. */
const STATEMENT_FAILED = 'statement.failed';

export class StatementRecorder {
  readonly #counter = new StatementCounter();
  readonly #waits: HistogramSet;
  readonly #durations = new HistogramSet(STATEMENT_BOUNDS, []);
  readonly #engines: ReadonlyMap<Engine, { checkouts: number; failures: Map<string, number> }>;

  constructor(engines: readonly Engine[]) {
    this.#waits = new HistogramSet(
      WAIT_BOUNDS,
      engines.map((engine) => [engine]),
    );
    this.#engines = new Map(
      engines.map((engine) => [
        engine,
        { checkouts: 0, failures: new Map([...CODES, STATEMENT_FAILED].map((code) => [code, 0])) },
      ]),
    );
  }

  get total(): number {
    return this.#counter.total;
  }

  byName(): ReadonlyMap<string, number> {
    return this.#counter.byName();
  }

  /** A statement has got its connection. */
  started(engine: Engine, name: string, waitedMs: number): void {
    this.#counter.count(name);
    const counts = this.#engines.get(engine);
    if (counts !== undefined) counts.checkouts++;
    this.#waits.of(engine).observe(waitedMs / 1000);
  }

  /** It gives the connection back, whatever came of it. */
  ended(name: string, tookMs: number): void {
    this.#durations.of(name).observe(tookMs / 1000);
  }

  /** It failed, with a connection or for want of one. Callers that leave are no failures. */
  failed(engine: Engine, name: string, error: unknown): void {
    const known = toAppError(error, name);
    const code = known instanceof AppError ? known.code : STATEMENT_FAILED;
    if (code === 'request.cancelled') return;
    const failures = this.#engines.get(engine)?.failures;
    failures?.set(code, (failures.get(code) ?? 0) + 1);
  }

  engine(engine: Engine): {
    readonly checkouts: number;
    readonly failures: ReadonlyMap<string, number>;
  } {
    return this.#engines.get(engine) ?? { checkouts: 0, failures: new Map() };
  }

  waits(): readonly Sample[] {
    return this.#waits.samples();
  }

  durations(): readonly Sample[] {
    return this.#durations.samples();
  }
}
