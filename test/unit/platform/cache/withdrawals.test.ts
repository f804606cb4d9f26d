import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Withdrawals } from '../../../../src/platform/cache/withdrawals.ts';
import { eventually, pause } from '../../../support/cache-parts.ts';

describe('Withdrawals', () => {
  it('a key is owed until it was sent, and sent again in order by itself', async () => {
    let up = false;
    const sent: string[] = [];
    await using withdrawals = new Withdrawals(async (key) => {
      if (!up) throw new Error('down');
      sent.push(key);
    });
    await withdrawals.withdraw('a');
    await withdrawals.withdraw('b');
    await withdrawals.withdraw('a');
    assert.equal(withdrawals.has('a'), true);
    await pause(600);
    assert.equal(withdrawals.size, 2, 'still down');
    up = true;
    await eventually('both keys', () => withdrawals.size === 0);
    assert.deepEqual(sent, ['b', 'a']);
  });

  it('owes 10,000 keys at most', async () => {
    await using withdrawals = new Withdrawals(() => Promise.reject(new Error('down')));
    for (let index = 0; index < 10_005; index++) await withdrawals.withdraw(String(index));
    assert.equal(withdrawals.size, 10_000);
    assert.equal(withdrawals.has('4'), false);
    assert.equal(withdrawals.has('10004'), true);
  });

  it('sends nothing after disposal', async () => {
    let attempts = 0;
    const withdrawals = new Withdrawals(() => {
      attempts++;
      return Promise.reject(new Error('down'));
    });
    await withdrawals.withdraw('a');
    await withdrawals[Symbol.asyncDispose]();
    await pause(600);
    assert.equal(attempts, 1);
  });
});
