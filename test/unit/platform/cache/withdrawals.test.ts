import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Withdrawals } from '../../../../src/platform/cache/withdrawals.ts';

const signal = new AbortController().signal;

describe('Withdrawals', () => {
  it('a key is owed until it was sent, and sent again in order on retry', async () => {
    let up = false;
    const sent: string[] = [];
    const withdrawals = new Withdrawals(async (key) => {
      if (!up) throw new Error('down');
      sent.push(key);
    });
    await withdrawals.withdraw('a', signal);
    await withdrawals.withdraw('b', signal);
    await withdrawals.withdraw('a', signal);
    assert.equal(withdrawals.has('a'), true);
    await withdrawals.retry(signal);
    assert.equal(withdrawals.size, 2, 'still down');
    up = true;
    await withdrawals.retry(signal);
    assert.deepEqual(sent, ['b', 'a']);
    assert.equal(withdrawals.size, 0);
  });

  it('owes 10,000 keys at most', async () => {
    const withdrawals = new Withdrawals(() => Promise.reject(new Error('down')));
    for (let index = 0; index < 10_005; index++) await withdrawals.withdraw(String(index), signal);
    assert.equal(withdrawals.size, 10_000);
    assert.equal(withdrawals.has('4'), false);
    assert.equal(withdrawals.has('10004'), true);
  });
});
