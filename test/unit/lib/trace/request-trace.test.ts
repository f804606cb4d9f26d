/** Traces go with the signal of the wait, and note nothing after the answer. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CancelController, type CancelSignal } from '../../../../src/lib/async/cancel.ts';
import { Deadline } from '../../../../src/lib/async/deadline.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { followed, RequestTrace } from '../../../../src/lib/trace/request-trace.ts';

const tick = () => new Promise((resolve) => setImmediate(resolve));
const stepsOf = ({ steps }: RequestTrace) =>
  steps.map(({ kind, name, outcome }) => [kind, name, outcome]);

async function work(parent: CancelSignal): Promise<void> {
  using limit = new Deadline({ timeoutMs: 5000, parent, failure: () => new Error() });
  const { trace, requestId } = limit.signal;
  await followed(trace, { kind: 'query', name: `of ${requestId}` }, tick());
  const failing = Promise.reject(new AppError('upstream.open', 'it is left alone'));
  await followed(trace, { kind: 'upstream', name: 'tmdb' }, failing).catch(() => undefined);
}

test('requests at the same time keep apart, and work of nobody has none', async () => {
  const traces = ['one', 'two'].map((id) => new RequestTrace(id, performance.now()));
  await Promise.all([
    ...traces.map((trace) => work(new CancelController(trace).signal)),
    work(new CancelController().signal),
  ]);
  for (const trace of traces) {
    assert.deepEqual(stepsOf(trace), [
      ['query', `of ${trace.requestId}`, 'ok'],
      ['upstream', 'tmdb', 'upstream.open'],
    ]);
    assert.ok(trace.steps.every(({ startMs, tookMs }) => startMs >= 0 && tookMs >= 0));
  }
});

test('what goes on after the answer is no step of the request', async () => {
  const trace = new RequestTrace('one', 0);
  const late = followed(trace, { kind: 'task', name: 'poster' }, tick());
  trace.isOpen = false;
  await late;
  assert.deepEqual(trace.steps, []);
});
