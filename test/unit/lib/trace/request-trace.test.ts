/** Traces follow the async context, and nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../../src/lib/errors.ts';
import {
  currentTrace,
  enterTrace,
  followed,
  leaveTrace,
  RequestTrace,
} from '../../../../src/lib/trace/request-trace.ts';

const tick = () => new Promise((resolve) => setImmediate(resolve));

async function work(trace: RequestTrace): Promise<void> {
  await followed('query', `of ${trace.requestId}`, tick());
  assert.equal(currentTrace(), trace);
  await followed(
    'upstream',
    'tmdb',
    Promise.reject(new AppError('upstream.open', 'it is left alone')),
  ).catch(() => undefined);
}

test('requests at the same time keep apart, and whoever comes between has none', async () => {
  const traces = ['one', 'two'].map((id) => new RequestTrace(id, performance.now()));
  const running = traces.map((trace) => {
    enterTrace(trace);
    const result = work(trace);
    leaveTrace();
    return result;
  });
  assert.equal(currentTrace(), undefined);
  await Promise.all(running);
  for (const trace of traces) {
    assert.deepEqual(
      trace.steps.map(({ kind, name, outcome }) => [kind, name, outcome]),
      [
        ['query', `of ${trace.requestId}`, 'ok'],
        ['upstream', 'tmdb', 'upstream.open'],
      ],
    );
    assert.ok(trace.steps.every(({ startMs, tookMs }) => startMs >= 0 && tookMs >= 0));
  }
});

test('after the answer the request is nobody any more', async () => {
  const trace = new RequestTrace('one', 0);
  enterTrace(trace);
  const later = tick().then(() => currentTrace());
  leaveTrace();
  trace.isOpen = false;
  assert.equal(await later, undefined);
});
