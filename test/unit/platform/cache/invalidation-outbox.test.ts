import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvalidationOutbox } from '../../../../src/platform/cache/invalidation-outbox.ts';
import { eventually, pause } from '../../../support/cache-parts.ts';

describe('InvalidationOutbox', () => {
  it('a key is owed until it was sent, and sent again in order by itself', async () => {
    let up = false;
    const sent: string[] = [];
    await using withdrawals = new InvalidationOutbox(async (key) => {
      if (!up) throw new Error('down');
      sent.push(key);
    });
    await withdrawals.send('a');
    await withdrawals.send('b');
    await withdrawals.send('a');
    assert.equal(withdrawals.has('a'), true);
    await pause(600);
    assert.equal(withdrawals.size, 2, 'still down');
    up = true;
    await eventually('both keys', () => withdrawals.size === 0);
    assert.deepEqual(sent, ['b', 'a']);
  });

  it('owes 10,000 keys at most', async () => {
    await using withdrawals = new InvalidationOutbox(() => Promise.reject(new Error('down')));
    for (let index = 0; index < 10_005; index++) await withdrawals.send(String(index));
    assert.equal(withdrawals.size, 10_000);
    assert.equal(withdrawals.has('4'), false);
    assert.equal(withdrawals.has('10004'), true);
  });

  it('sends nothing after disposal', async () => {
    let attempts = 0;
    const withdrawals = new InvalidationOutbox(() => {
      attempts++;
      return Promise.reject(new Error('down'));
    });
    await withdrawals.send('a');
    await withdrawals[Symbol.asyncDispose]();
    await pause(600);
    assert.equal(attempts, 1);
  });
});
