/** Leaves failing servers alone and finds out by itself that they work again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  FailureRateBreaker,
  UPSTREAM_BREAKER,
} from '../../../../src/platform/upstream/failure-rate-breaker.ts';

function breakerAt() {
  const clock = { ms: 0 };
  const breaker = new FailureRateBreaker(UPSTREAM_BREAKER, () => clock.ms);
  const call = (isFailure: boolean) => {
    const admission = breaker.admit();
    return admission === null ? 'refused' : breaker.record(admission, isFailure);
  };
  return { clock, breaker, call };
}

test('opens within 20 calls of a server that only fails, and not at the first failures', () => {
  const { breaker, call } = breakerAt();
  const changes = Array.from({ length: 20 }, () => call(true));
  assert.deepEqual(changes.slice(0, 5), [null, null, null, null, 'opened']);
  assert.ok(changes.slice(5).every((change) => change === 'refused'));
  assert.equal(breaker.state, 'open');
});

test('a server that worked for long opens it within 20 calls, too', () => {
  const { call } = breakerAt();
  for (let i = 0; i < 100; i++) call(false);
  const changes = Array.from({ length: 20 }, () => call(true));
  assert.ok(changes.indexOf('opened') > 0 && changes.indexOf('opened') < 20);
});

test('failures below the rate, or old ones, do not open it', () => {
  const { clock, breaker, call } = breakerAt();
  for (let i = 0; i < 100; i++) call(i % 3 === 0);
  assert.equal(breaker.state, 'closed');
  for (let i = 0; i < 20; i++) {
    clock.ms += 100_000;
    call(true);
  }
  assert.equal(breaker.state, 'closed', 'one failure every 100 s: never five in five minutes');
});

test('one probe at a time; a success closes it, failures make probes rarer, but not than 4 s', () => {
  const { clock, breaker, call } = breakerAt();
  for (let i = 0; i < 5; i++) call(true);
  assert.equal(breaker.opensInMs, 1000);
  clock.ms += 1000;
  assert.equal(breaker.state, 'half-open');
  assert.equal(call(true), null);
  assert.equal(call(true), 'refused');
  for (const waitMs of [2000, 4000, 4000]) {
    assert.equal(breaker.opensInMs, waitMs);
    clock.ms += waitMs - 1;
    assert.equal(call(true), 'refused');
    clock.ms += 1;
    assert.equal(call(true), null);
  }
  clock.ms += 4000;
  assert.equal(call(false), 'closed');
  assert.equal(call(true), null, 'what was before is forgotten');
  assert.equal(breaker.state, 'closed');
});

test('a probe that hangs holds up none of the next ones; late answers of ordinary calls change nothing', () => {
  const { clock, breaker } = breakerAt();
  const late = breaker.admit();
  for (let i = 0; i < 5; i++) breaker.record({ isProbe: false }, true);
  assert.ok(late !== null);
  assert.equal(breaker.record(late, false), null);
  assert.equal(breaker.state, 'open');
  clock.ms += 1000;
  const hanging = breaker.admit();
  clock.ms += 2000;
  const next = breaker.admit();
  assert.ok(hanging?.isProbe === true && next?.isProbe === true);
  assert.equal(breaker.record(next, false), 'closed');
});
