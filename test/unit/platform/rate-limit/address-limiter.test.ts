/** The limiter of one process: prices, refilling, what is told of it, and who counts as one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  AddressLimiter,
  type Allowance,
} from '../../../../src/platform/rate-limit/address-limiter.ts';

function limiterAt(tokensPerMinute: number) {
  let nowMs = 1_800_000_000_000;
  const limiter = new AddressLimiter({ tokensPerMinute, redis: null, now: () => nowMs });
  const take = (address: string, price = 1): Allowance => {
    const allowance = limiter.take(address, price);
    assert.ok(!(allowance instanceof Promise));
    return allowance;
  };
  const grantedOf = (address: string, count: number) =>
    Array.from({ length: count }, () => take(address)).filter(({ isGranted }) => isGranted).length;
  return { take, grantedOf, wait: (ms: number) => (nowMs += ms) };
}

test('as many as the limit at once, then as many as come again with time', () => {
  const { grantedOf, wait } = limiterAt(60);
  assert.equal(grantedOf('192.0.2.1', 100), 60);
  wait(5000);
  assert.equal(grantedOf('192.0.2.1', 100), 5);
  wait(3_600_000);
  assert.equal(grantedOf('192.0.2.1', 100), 60);
});

test('a dear request takes its price, and a refused one nothing', () => {
  const { take } = limiterAt(60);
  assert.equal(take('192.0.2.1', 50).remaining, 10);
  assert.equal(take('192.0.2.1', 20).isGranted, false);
  assert.equal(take('192.0.2.1', 10).isGranted, true);
  const refused = take('192.0.2.1', 5);
  assert.deepEqual(
    [refused.isGranted, refused.remaining, Math.round(refused.retryAfterMs)],
    [false, 0, 5000],
  );
});

test('addresses are counted apart, those of one IPv6 network together', () => {
  const { grantedOf } = limiterAt(10);
  assert.equal(grantedOf('192.0.2.1', 20), 10);
  assert.equal(grantedOf('192.0.2.2', 20), 10);
  assert.equal(grantedOf('2001:db8:1:2::1', 6) + grantedOf('2001:db8:1:2:ffff::9', 6), 10);
  assert.equal(grantedOf('2001:db8:1:3::1', 20), 10);
});
