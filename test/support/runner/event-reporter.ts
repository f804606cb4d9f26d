/**
 * A reporter for node:test that writes one JSON line per event, synchronously: what was written is there
 * however the process ends. The file's path is in `SLUICE_TEST_EVENTS`.
 */
import { openSync, writeSync } from 'node:fs';
import { Transform } from 'node:stream';
import { inspect } from 'node:util';
import type { TestFileEvent } from './file-report.ts';

interface NodeTestEvent {
  readonly type: string;
  readonly data: {
    readonly name?: string;
    readonly nesting?: number;
    readonly skip?: string | boolean;
    readonly todo?: string | boolean;
    readonly message?: string;
    readonly details?: {
      readonly type?: string;
      readonly duration_ms?: number;
      readonly error?: Error & { readonly failureType?: string };
    };
  };
}

const SUMMARY_DIAGNOSTIC = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

const file = openSync(process.env['SLUICE_TEST_EVENTS'] ?? '/dev/null', 'a');

// It passes nothing on, so the test's own standard output stays its own.
export default new Transform({
  writableObjectMode: true,
  transform(event: NodeTestEvent, _encoding, done) {
    const line = toLine(event);
    if (line !== null) writeSync(file, `${JSON.stringify(line)}\n`);
    done();
  },
});

function toLine({ type, data }: NodeTestEvent): TestFileEvent | null {
  const { name = '', nesting = 0 } = data;
  if (type === 'test:enqueue') return { kind: 'queued', name, nesting };
  if (type === 'test:dequeue') return { kind: 'begun', name, nesting };
  if (type === 'test:complete') {
    const isSuite = data.details?.type === 'suite';
    return {
      kind: 'ended',
      name,
      nesting,
      isSuite,
      durationMs: data.details?.duration_ms ?? 0,
      ...outcome(data),
    };
  }
  if (type !== 'test:diagnostic' || SUMMARY_DIAGNOSTIC.test(data.message ?? '')) return null;
  return { kind: 'note', text: data.message ?? '' };
}

function outcome(data: NodeTestEvent['data']): {
  outcome: 'passed' | 'failed' | 'skipped' | 'subtests-failed';
  detail: string;
} {
  const putAside = data.skip ?? data.todo;
  if (putAside !== undefined && putAside !== false)
    return { outcome: 'skipped', detail: typeof putAside === 'string' ? putAside : '' };
  const error = data.details?.error;
  if (error === undefined) return { outcome: 'passed', detail: '' };
  // The counts of a parent would repeat those of its subtests.
  if (error.failureType === 'subtestsFailed') return { outcome: 'subtests-failed', detail: '' };
  return { outcome: 'failed', detail: inspect(error.cause ?? error) };
}
