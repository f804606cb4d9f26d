/** What a `*.bench.ts` file gives to `run.ts`: an exported function `open…Bench` that returns a BenchSuite. */
import type { Bench } from 'tinybench';

export interface BenchSuite extends AsyncDisposable {
  /** Its tasks are run in turns, several rounds; `bench.time` is the time of one task over all rounds. */
  readonly bench: Bench;
  /** Bytes that a task produces or reads, by its name: a column of the table. */
  readonly sizesBytes?: Readonly<Record<string, number>>;
  readonly bars?: readonly Bar[];
}

/** A number that must hold; the run fails when one does not. */
export interface Bar {
  /** Name of the task. */
  readonly task: string;
  /** Median of the rounds' medians in microseconds, or the task's entry in `sizesBytes`. */
  readonly metric: 'p50Us' | 'bytes';
  readonly max: number;
}
