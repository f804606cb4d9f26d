/**
 * What a request did that had to wait: look-ups, statements, commands, calls, tasks. It travels on the signal of the wait, which
 * every layer passes on (the async context costs two fifths of the throughput); requests that are answered at once have none.
 */

export type StepKind = 'cache' | 'query' | 'redis' | 'task' | 'upstream';

export interface TraceStep {
  readonly kind: StepKind;
  /** From a table: name of a cache, statement, command, task or upstream. */
  readonly name: string;
  /** Since the request came, in milliseconds. */
  readonly startMs: number;
  readonly tookMs: number;
  /** `ok`, the tier that answered, or an error code. */
  readonly outcome: string;
}

/** Later ones are only counted. */
const STEPS_MAX = 64;

export class RequestTrace {
  readonly requestId: string;
  readonly steps: TraceStep[] = [];
  /** Steps beyond those that are kept. */
  stepsDropped = 0;
  /** False once the answer's head was written: what goes on behind belongs to no request. */
  isOpen = true;
  readonly #startedAtMs: number;

  /** @param startedAtMs on the clock of `performance.now()` */
  constructor(requestId: string, startedAtMs: number) {
    this.requestId = requestId;
    this.#startedAtMs = startedAtMs;
  }

  add(kind: StepKind, name: string, startedAtMs: number, outcome: string): void {
    if (!this.isOpen) return;
    if (this.steps.length >= STEPS_MAX) {
      this.stepsDropped++;
      return;
    }
    const startMs = Math.max(0, startedAtMs - this.#startedAtMs);
    this.steps.push({ kind, name, startMs, tookMs: performance.now() - startedAtMs, outcome });
  }
}

/** Notes in the trace how `work` ended, which goes on when the request is over. */
export function followed<T>(
  trace: RequestTrace | undefined,
  step: { readonly kind: StepKind; readonly name: string },
  work: Promise<T>,
  outcomeOf: (value: T) => string = () => 'ok',
): Promise<T> {
  if (trace?.isOpen !== true) return work;
  const { kind, name } = step;
  const startedAtMs = performance.now();
  return work.then(
    (value) => {
      trace.add(kind, name, startedAtMs, outcomeOf(value));
      return value;
    },
    (error: unknown) => {
      trace.add(kind, name, startedAtMs, failureOf(error));
      throw error;
    },
  );
}

/** The error's code, or its name. */
export function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return 'failed';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
