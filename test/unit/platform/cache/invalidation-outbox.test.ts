import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { InvalidationOutbox } from '../../../../src/platform/cache/invalidation-outbox.ts';
import { eventually, pause } from '../../../support/cache-parts.ts';

describe('InvalidationOutbox', () => {
  it('a key is owed until it was sent, and sent again in order by itself', async () => {
    let up = false;
    const sent: string[] = [];
    await using outbox = new InvalidationOutbox(async (key) => {
      if (!up) throw new Error('down');
      sent.push(key);
    });
    await outbox.send('a');
    await outbox.send('b');
    await outbox.send('a');
    assert.equal(outbox.has('a'), true);
    await pause(600);
    assert.equal(outbox.size, 2, 'still down');
    up = true;
    await eventually('both keys', () => outbox.size === 0);
    assert.deepEqual(sent, ['b', 'a']);
  });

  it('owes 10,000 keys at most', async () => {
    await using outbox = new InvalidationOutbox(() => Promise.reject(new Error('down')));
    for (let index = 0; index < 10_005; index++) await outbox.send(String(index));
    assert.equal(outbox.size, 10_000);
    assert.equal(outbox.has('4'), false);
    assert.equal(outbox.has('10004'), true);
  });

  it('sends nothing after disposal', async () => {
    let attempts = 0;
    const outbox = new InvalidationOutbox(() => {
      attempts++;
      return Promise.reject(new Error('down'));
    });
    await outbox.send('a');
    await outbox[Symbol.asyncDispose]();
    await pause(600);
    assert.equal(attempts, 1);
  });
});
