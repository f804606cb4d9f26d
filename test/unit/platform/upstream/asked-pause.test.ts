/** What servers say about their limits, as they really write it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { askedPauseMs, PAUSE_MAX_MS } from '../../../../src/platform/upstream/asked-pause.ts';

const NOW_MS = Date.UTC(2026, 10, 30, 12);
const SAID = new Date(NOW_MS).toUTCString();
const inSeconds = (s: number) => new Date(NOW_MS + s * 1000).toUTCString();

const asked = (status: number, headers: Record<string, string>, limitedInRow = 1) =>
  askedPauseMs(status, (name) => headers[name] ?? '', limitedInRow, NOW_MS);

test('Retry-After: seconds, fractions and dates, by the clock of the server', () => {
  assert.equal(asked(429, { 'retry-after': '7' }), 7000);
  assert.equal(asked(429, { 'retry-after': ' 0.5 ' }), 500);
  assert.equal(asked(429, { 'retry-after': inSeconds(30) }), 30_000);
  assert.equal(asked(503, { 'retry-after': '12' }), 12_000);
  const skewed = { date: inSeconds(-600), 'retry-after': inSeconds(-590) };
  assert.equal(asked(429, skewed), 10_000, 'its clock is ten minutes late');
  assert.equal(asked(200, { 'retry-after': '7' }), 0, 'means something else there');
});

test('X-RateLimit: nothing left until a time, a span or a date', () => {
  const left = (remaining: string, reset: string, status = 200) =>
    asked(status, { date: SAID, 'x-ratelimit-remaining': remaining, 'x-ratelimit-reset': reset });
  assert.equal(left('0', '45'), 45_000);
  assert.equal(left('0', String(NOW_MS / 1000 + 60)), 60_000);
  assert.equal(left('0', String(NOW_MS + 90_000)), 90_000);
  assert.equal(left('0', inSeconds(20)), 20_000);
  assert.equal(left('-1', '5'), 5000);
  assert.equal(left('3', '45'), 0);
  assert.equal(left('0', String(NOW_MS / 1000 - 60)), 0, 'over');
  assert.equal(left('', '45'), 0);
  assert.equal(asked(200, { 'ratelimit-remaining': '0', 'ratelimit-reset': '9' }), 9000);
  assert.equal(
    asked(429, { 'retry-after': '2', 'ratelimit-remaining': '0', 'ratelimit-reset': '9' }),
    9000,
  );
});

test('429 without a word: longer with each one, bounded', () => {
  assert.deepEqual(
    [1, 2, 3, 10, 1000].map((inRow) => asked(429, {}, inRow)),
    [5000, 10_000, 20_000, 300_000, 300_000],
  );
  assert.equal(asked(429, { 'retry-after': 'soon' }), 5000);
  assert.equal(asked(500, {}), 0);
});

test('whatever is said, it is a number from 0 to an hour', () => {
  const value = fc.oneof(fc.string(), fc.double().map(String), fc.integer().map(String));
  const names = ['retry-after', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'date'];
  fc.assert(
    fc.property(
      fc.constantFrom(200, 429, 503),
      fc.array(value, { minLength: 4, maxLength: 4 }),
      (status, values) => {
        const headers = Object.fromEntries(names.map((name, i) => [name, values[i] ?? '']));
        const ms = asked(status, headers);
        assert.ok(ms >= 0 && ms <= PAUSE_MAX_MS, String(ms));
      },
    ),
  );
});
