/** What a test file did, read from the events that it wrote; complete or cut off alike. */

export type TestFileEvent =
  | { readonly kind: 'queued' | 'begun'; readonly name: string; readonly nesting: number }
  | {
      readonly kind: 'ended';
      readonly name: string;
      readonly nesting: number;
      readonly isSuite: boolean;
      readonly durationMs: number;
      readonly outcome: 'passed' | 'failed' | 'skipped' | 'subtests-failed';
      readonly detail: string;
    }
  | { readonly kind: 'note'; readonly text: string };

/** A test by its path of names, with its error or the reason why it was skipped. */
export interface NamedTest {
  readonly path: string;
  readonly detail: string;
}

export interface FileReport {
  readonly passed: number;
  readonly failed: readonly NamedTest[];
  readonly skipped: readonly NamedTest[];
  /** Begun and never ended, innermost only. */
  readonly unfinished: readonly string[];
  /** Announced and never begun. Tests inside a suite are announced when their suite begins. */
  readonly notBegun: readonly string[];
  readonly notes: readonly string[];
}

/** A line that was cut in the middle of its writing is left out. */
export function readFileReport(eventLines: string): FileReport {
  const events = eventLines
    .split('\n')
    .map(parseEvent)
    .filter((event) => event !== null);
  const reading = new Reading();
  for (const event of events) reading.take(event);
  return reading.report();
}

function parseEvent(line: string): TestFileEvent | null {
  try {
    return JSON.parse(line) as TestFileEvent;
  } catch {
    return null;
  }
}

class Reading {
  readonly #counts = { passed: 0 };
  readonly #failed: NamedTest[] = [];
  readonly #skipped: NamedTest[] = [];
  readonly #notes: string[] = [];
  /** Names of the tests that run now, by nesting. */
  readonly #running: string[] = [];
  /** Path → how often: names need not be unique. */
  readonly #queued = new Map<string, number>();
  readonly #begun = new Map<string, number>();

  take(event: TestFileEvent): void {
    if (event.kind === 'note') {
      this.#notes.push(event.text);
      return;
    }
    const path = [...this.#running.slice(0, event.nesting), event.name].join(' › ');
    if (event.kind === 'queued') change(this.#queued, path, 1);
    else if (event.kind === 'begun') this.#begin(event, path);
    else if (event.kind === 'ended') this.#end(event, path);
  }

  #begin(event: { readonly name: string; readonly nesting: number }, path: string): void {
    this.#running.length = event.nesting;
    this.#running.push(event.name);
    change(this.#queued, path, -1);
    change(this.#begun, path, 1);
  }

  #end(event: Extract<TestFileEvent, { kind: 'ended' }>, path: string): void {
    if (this.#begun.has(path)) change(this.#begun, path, -1);
    else change(this.#queued, path, -1);
    if (event.outcome === 'failed') this.#failed.push({ path, detail: event.detail });
    else if (event.outcome === 'skipped') this.#skipped.push({ path, detail: event.detail });
    else if (event.outcome === 'passed' && !event.isSuite) this.#counts.passed += 1;
  }

  report(): FileReport {
    const begun = [...this.#begun.keys()];
    return {
      passed: this.#counts.passed,
      failed: this.#failed,
      skipped: this.#skipped,
      notes: this.#notes,
      unfinished: begun.filter((path) => !begun.some((other) => other.startsWith(`${path} › `))),
      notBegun: [...this.#queued.keys()],
    };
  }
}

function change(counts: Map<string, number>, path: string, by: number): void {
  const count = (counts.get(path) ?? 0) + by;
  if (count > 0) counts.set(path, count);
  else counts.delete(path);
}
