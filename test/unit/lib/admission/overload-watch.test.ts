/** Protects when a process counts as beyond its capacity: patience at first, wariness after, an end that is seen, and trials that get rare. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { OverloadWatch } from '../../../../src/lib/admission/overload-watch.ts';

const LONG_MS = 50;
const TURN_MS = 5;

/** Turns of 5 ms one after the other for `forMs`, each of which would have taken `wholeMs`. Returns when the overload ended, or null. */
function turns(
  watch: OverloadWatch,
  fromMs: number,
  forMs: number,
  wholeMs: number,
): number | null {
  for (let nowMs = fromMs + TURN_MS; nowMs <= fromMs + forMs; nowMs += TURN_MS) {
    watch.turnEnded(nowMs, wholeMs);
    if (!watch.isOverloaded) return nowMs;
  }
  return null;
}

/** A watch that has been overloaded since `atMs`. */
function overloaded(atMs = 1000): OverloadWatch {
  const watch = new OverloadWatch(LONG_MS);
  watch.refusedByHandler(atMs);
  assert.ok(watch.turnGoesOn(atMs, LONG_MS));
  return watch;
}

describe('OverloadWatch', () => {
  test('long turns are an overload after 0.3 s, and a short one between them starts the time anew', () => {
    const watch = new OverloadWatch(LONG_MS);
    for (const nowMs of [1000, 1200]) {
      assert.equal(watch.turnGoesOn(nowMs, 60), false);
      watch.turnEnded(nowMs, 60);
    }
    watch.turnEnded(1250, 10);
    assert.equal(watch.isAlert, false);
    assert.equal(watch.turnGoesOn(1400, 60), false);
    watch.turnEnded(1400, 60);
    assert.equal(watch.isAlert, true);
    assert.equal(watch.turnGoesOn(1699, 60), false);
    assert.equal(watch.turnGoesOn(1700, 60), true);
  });

  test('a handler that refuses ends the patience for five seconds', () => {
    const watch = new OverloadWatch(LONG_MS);
    watch.refusedByHandler(1000);
    assert.equal(watch.turnGoesOn(6000, 60), false);
    assert.equal(overloaded().isOverloaded, true);
  });

  test('when less is asked than can be done it ends after half a second, however late the next trial is', () => {
    const watch = overloaded();
    assert.equal(turns(watch, 1000, 2000, TURN_MS * 2), 1500, 'the first trial');
    assert.ok(watch.turnGoesOn(1600, LONG_MS), 'wary');
    assert.equal(turns(watch, 1600, 1000, TURN_MS * 0.8), 2100);
  });

  test('while more is asked than can be done trials come after 0.5, 2, 8 and 8 seconds', () => {
    const watch = overloaded();
    let atMs = 1000;
    for (const trialAfterMs of [500, 2000, 8000, 8000]) {
      assert.equal(turns(watch, atMs, 10_000, TURN_MS * 2), atMs + trialAfterMs);
      atMs += trialAfterMs + 100;
      assert.ok(watch.turnGoesOn(atMs, LONG_MS));
    }
  });

  test('a trial that went well for five seconds makes the next one early again', () => {
    const watch = overloaded();
    assert.equal(turns(watch, 1000, 3000, TURN_MS * 2), 1500);
    assert.ok(watch.turnGoesOn(1600, LONG_MS));
    assert.equal(turns(watch, 1600, 3000, TURN_MS * 2), 3600);
    watch.refusedByHandler(9000);
    assert.ok(watch.turnGoesOn(9000, LONG_MS));
    assert.equal(turns(watch, 9000, 3000, TURN_MS * 2), 9500);
  });

  test('after an idle time it is over before the next turn begins, a moment after the last one it is not', () => {
    const watch = overloaded();
    watch.turnBegins(1010);
    assert.equal(watch.isOverloaded, true);
    watch.turnEnded(1060, LONG_MS);
    watch.turnBegins(3000);
    assert.equal(watch.isOverloaded, false);
    assert.equal(watch.isAlert, false);
  });

  test('a turn that would have been long puts a trial off', () => {
    const watch = overloaded();
    assert.equal(turns(watch, 1000, 400, TURN_MS * 2), null);
    watch.turnEnded(1405, LONG_MS);
    assert.equal(turns(watch, 1405, 3000, TURN_MS * 2), 1905);
  });
});
