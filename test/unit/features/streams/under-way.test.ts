/** Protects the door of the stream path: a bound on titles, not on clients, lower for a queue that stays. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UnderWay } from '../../../../src/features/streams/under-way.ts';

const REFUSED = { code: 'server.overloaded' };

describe('titles under way', () => {
  let clockMs = 0;

  function door(keysMax: number): UnderWay {
    clockMs = 1000;
    return new UnderWay(keysMax, () => clockMs);
  }

  /** As many keys that were not there before as are let in, at most `wanted`. */
  function enterNew(underWay: UnderWay, wanted: number, prefix: string): string[] {
    const entered: string[] = [];
    for (let count = 0; count < wanted; count++) {
      try {
        underWay.enter(`${prefix}${count}`);
      } catch {
        break;
      }
      entered.push(`${prefix}${count}`);
    }
    return entered;
  }

  test('further titles are refused, further clients of those under way are not; room comes with the last one who leaves', () => {
    const underWay = door(2);
    for (const key of ['a', 'b', 'a', 'a']) underWay.enter(key);
    assert.throws(() => underWay.enter('c'), REFUSED);
    underWay.leave('a');
    underWay.leave('a');
    assert.throws(() => underWay.enter('c'), REFUSED);
    underWay.leave('a');
    underWay.enter('c');
    assert.throws(() => underWay.enter('a'), REFUSED);
  });

  test('a burst has the whole bound, a queue that stays an eighth of it', () => {
    const underWay = door(256);
    const burst = enterNew(underWay, 300, 'burst');
    assert.equal(burst.length, 256);
    for (const key of burst) underWay.leave(key);
    const queue = enterNew(underWay, 32, 'queue');
    clockMs += 10;
    underWay.enter('one more, which makes it a queue');
    clockMs += 300;
    assert.throws(() => underWay.enter('after it stayed'), REFUSED);
    underWay.enter('queue0');
    for (const key of queue.slice(0, 10)) underWay.leave(key);
    underWay.leave('queue0');
    assert.equal(enterNew(underWay, 300, 'again').length, 32 - 23);
  });

  test('a short pause between two queues is no end, half a second without a refusal is', () => {
    const underWay = door(256);
    const first = enterNew(underWay, 33, 'first');
    clockMs += 301;
    assert.throws(() => underWay.enter('x'), REFUSED);
    for (const key of first) underWay.leave(key);
    clockMs += 100;
    const second = enterNew(underWay, 300, 'second');
    assert.equal(second.length, 32);
    for (const key of second) underWay.leave(key);
    clockMs += 501;
    assert.equal(enterNew(underWay, 300, 'third').length, 256);
  });

  test('queues that come and go within the time that is borne have the whole bound', () => {
    const underWay = door(256);
    for (let count = 0; count < 20; count++) {
      const keys = enterNew(underWay, 300, `burst ${count} `);
      assert.equal(keys.length, 256);
      clockMs += 200;
      for (const key of keys) underWay.leave(key);
      underWay.enter('alone');
      underWay.leave('alone');
    }
  });
});
