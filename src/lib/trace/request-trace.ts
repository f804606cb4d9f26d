/**
 * What a request did that had to wait: look-ups, statements, commands, calls, tasks. Code below finds the trace of the request
 * that it works for by the async context; requests that are answered at once have none, and pay nothing.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

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
    const startMs = startedAtMs - this.#startedAtMs;
    this.steps.push({ kind, name, startMs, tookMs: performance.now() - startedAtMs, outcome });
  }
}

const current = new AsyncLocalStorage<RequestTrace | undefined>();

/** Of the request that this code works for, while it waits for its answer; undefined for all other work. */
export function currentTrace(): RequestTrace | undefined {
  const trace = current.getStore();
  return trace?.isOpen === true ? trace : undefined;
}

/** From here on, and in everything that is begun here, until `leaveTrace`. */
export function enterTrace(trace: RequestTrace): void {
  current.enterWith(trace);
}

/** Callbacks of the server all run in one context: whoever entered a trace in one leaves it there. */
export function leaveTrace(): void {
  current.enterWith(undefined);
}

/** Notes how `work` ended in the trace of the request that asks for it. */
export function followed<T>(
  kind: StepKind,
  name: string,
  work: Promise<T>,
  outcomeOf: (value: T) => string = () => 'ok',
): Promise<T> {
  const trace = currentTrace();
  if (trace === undefined) return work;
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
