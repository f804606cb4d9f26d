/** When a title is searched for again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  markOf,
  sourcesDue,
  stateAfter,
  type SearchOutcome,
  type SearchState,
} from '../../../../src/features/sources/cooldown.ts';
import { SEARCH_PHASES } from '../../../../src/lib/stream-set/search-mark.ts';

const NOW_MS = Date.parse('2026-05-01T12:00:00Z');
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const IDS = ['a', 'b'];

const FOUND: SearchOutcome = {
  answered: IDS,
  hasFailures: false,
  isEmpty: false,
  releasedAtMs: Date.parse('1968-10-04'),
  foundMaxMs: 72 * HOUR_MS,
};
const EMPTY: SearchOutcome = { ...FOUND, isEmpty: true };

/** Waits after so many searches in a row with this outcome, each as soon as it is due. */
function waits(outcome: SearchOutcome, count: number): number[] {
  const result: number[] = [];
  let state: SearchState | null = null;
  for (let nowMs = NOW_MS; result.length < count; nowMs = state.nextAtMs) {
    state = stateAfter(state, outcome, nowMs);
    result.push(state.nextAtMs - nowMs);
  }
  return result;
}

test('a title that was never searched for is due, and awaited', () => {
  assert.deepEqual(markOf(null, IDS, NOW_MS), { phase: SEARCH_PHASES.due, nextAtS: 0 });
  assert.deepEqual(sourcesDue(null, IDS, NOW_MS), IDS);
});

test('after success it is left alone for three days, or as the operator says', () => {
  assert.deepEqual(waits(FOUND, 2), [72 * HOUR_MS, 72 * HOUR_MS]);
  assert.deepEqual(waits({ ...FOUND, foundMaxMs: HOUR_MS }, 1), [HOUR_MS]);
  const state = stateAfter(null, FOUND, NOW_MS);
  assert.deepEqual(sourcesDue(state, IDS, NOW_MS + 72 * HOUR_MS - 1), []);
  assert.deepEqual(sourcesDue(state, IDS, NOW_MS + 72 * HOUR_MS), IDS);
  assert.equal(markOf(state, IDS, NOW_MS).nextAtS, (NOW_MS + 72 * HOUR_MS) / SECOND_MS);
  assert.equal(markOf(state, IDS, NOW_MS + 72 * HOUR_MS).phase, SEARCH_PHASES.renewal);
});

test('what came out lately is searched for more often', () => {
  const after = (ageMs: number) => waits({ ...FOUND, releasedAtMs: NOW_MS - ageMs }, 1)[0];
  assert.equal(after(HOUR_MS), 30 * MINUTE_MS);
  assert.equal(after(DAY_MS), 6 * HOUR_MS);
  assert.equal(after(30 * DAY_MS), 72 * HOUR_MS);
  assert.equal(waits({ ...FOUND, releasedAtMs: Number.NaN }, 1)[0], 72 * HOUR_MS);
});

test('emptiness is short at first and grows', () => {
  const [first = 0, second = 0, ...later] = waits(EMPTY, 12);
  assert.deepEqual([first, second], [5 * MINUTE_MS, 10 * MINUTE_MS]);
  assert.equal(later.at(-1), DAY_MS);
});

test('within a day of the release it is seconds: 5, 10, 20, … up to five minutes', () => {
  const date = Date.parse('2026-05-01');
  const premiere = waits({ ...EMPTY, releasedAtMs: date }, 8).map((ms) => ms / SECOND_MS);
  assert.deepEqual(premiere, [5, 10, 20, 40, 80, 160, 300, 300]);
  const first = (releasedAtMs: number) => waits({ ...EMPTY, releasedAtMs }, 1)[0];
  assert.equal(first(date + DAY_MS), 5 * SECOND_MS, 'the day before');
  assert.equal(first(date - DAY_MS), 5 * SECOND_MS, 'the day after');
  assert.equal(first(date - 3 * DAY_MS), 5 * MINUTE_MS);
  assert.equal(first(date + 3 * DAY_MS), 5 * MINUTE_MS);
});

test('success after emptiness begins anew', () => {
  const empty = stateAfter(null, EMPTY, NOW_MS);
  const found = stateAfter(empty, FOUND, empty.nextAtMs);
  assert.equal(found.emptyCount, 0);
  assert.equal(found.nextAtMs - empty.nextAtMs, 72 * HOUR_MS);
});

test('a source that failed is asked again soon, alone, and later each time', () => {
  const failing: SearchOutcome = { ...FOUND, answered: ['a'], hasFailures: true };
  const first = stateAfter(null, failing, NOW_MS);
  assert.equal(first.retryAtMs, NOW_MS + 30 * SECOND_MS);
  assert.deepEqual(sourcesDue(first, IDS, NOW_MS + 29 * SECOND_MS), []);
  assert.deepEqual(sourcesDue(first, IDS, first.retryAtMs), ['b']);
  assert.equal(markOf(first, IDS, NOW_MS).nextAtS, first.retryAtMs / SECOND_MS);
  const second = stateAfter(first, { ...failing, answered: [] }, first.retryAtMs);
  assert.equal(second.retryAtMs - first.retryAtMs, 60 * SECOND_MS);
  const third = stateAfter(second, { ...FOUND, answered: ['b'] }, second.retryAtMs);
  assert.deepEqual([...third.answered].sort(), IDS);
  assert.deepEqual(sourcesDue(third, IDS, third.retryAtMs + HOUR_MS), []);
});

test('a source that the operator adds is asked although the others are left alone', () => {
  const state = stateAfter(null, FOUND, NOW_MS);
  assert.deepEqual(sourcesDue(state, [...IDS, 'c'], NOW_MS + HOUR_MS), ['c']);
});

test('a retry that finds nothing is not one more search of nothing', () => {
  const failing: SearchOutcome = { ...EMPTY, answered: ['a'], hasFailures: true };
  const first = stateAfter(null, failing, NOW_MS);
  const retried = stateAfter(first, { ...failing, answered: [] }, first.retryAtMs);
  assert.equal(retried.emptyCount, 1);
  assert.equal(retried.nextAtMs, first.nextAtMs);
});
