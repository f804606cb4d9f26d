/** Protects the door of the stream path: a bound on titles, not on clients, lower for a queue that stays. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WorkQueue } from '../../../../src/lib/admission/work-queue.ts';

const REFUSED = { code: 'server.overloaded' };

describe('titles under way', () => {
  let clockMs = 0;

  function door(keysMax: number): WorkQueue {
    clockMs = 1000;
    return new WorkQueue(keysMax, { isSparing: false }, () => clockMs);
  }

  /** As many keys that were not there before as are let in, at most `wanted`. */
  function enterNew(underWay: WorkQueue, wanted: number, prefix: string): string[] {
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

  /** The database finishes so many a second, whatever is asked. */
  function floodAtRate(underWay: WorkQueue, perS: number, forMs: number): number {
    let present = enterNew(underWay, 300, `flood ${clockMs} `);
    for (const endsAtMs = clockMs + forMs; clockMs < endsAtMs;) {
      clockMs += 10;
      for (const key of present.splice(0, perS / 100)) underWay.leave(key);
      present = [...present, ...enterNew(underWay, 300, `flood ${clockMs} `)];
    }
    for (const key of present) underWay.leave(key);
    return present.length;
  }

  test('a burst has the whole bound', () => {
    const underWay = door(256);
    assert.equal(enterNew(underWay, 300, 'burst').length, 256);
  });

  test('a queue that stays has as many as are served in 50 ms, an eighth of the whole bound at least', () => {
    assert.equal(floodAtRate(door(256), 10_000, 3000), 256);
    const ordinary = floodAtRate(door(256), 2000, 3000);
    assert.ok(ordinary > 90 && ordinary < 140, `${ordinary} under way at 2,000 a second`);
    assert.equal(floodAtRate(door(256), 100, 10_000), 32);
  });

  test('the bound grows again as soon as the waits are short, while everybody still asks', () => {
    const underWay = door(256);
    assert.equal(floodAtRate(underWay, 100, 10_000), 32);
    assert.equal(floodAtRate(underWay, 10_000, 1000), 256);
  });

  test('one pause of the database is no queue', () => {
    const underWay = door(256);
    const clients = enterNew(underWay, 64, 'client');
    clockMs += 400;
    for (const key of clients) underWay.leave(key);
    assert.equal(enterNew(underWay, 300, 'after').length, 256);
  });

  test('who waits for the same title is bounded, too, once a queue has stayed; half a second later nobody is', () => {
    const underWay = door(256);
    for (let count = 0; count < 1000; count++) underWay.enter('premiere');
    for (let count = 0; count < 1000; count++) underWay.leave('premiere');
    floodAtRate(underWay, 100, 10_000);
    const queue = enterNew(underWay, 300, 'queue');
    let joined = 0;
    assert.throws(() => {
      for (; joined < 1000; joined++) underWay.enter('queue0');
    }, REFUSED);
    assert.equal(joined + queue.length, 512);
    assert.throws(() => underWay.enter('new'), REFUSED);
    for (let count = 0; count < joined; count++) underWay.leave('queue0');
    for (const key of queue) underWay.leave(key);
    clockMs += 501;
    for (let count = 0; count < 1000; count++) underWay.enter('premiere');
    assert.equal(enterNew(underWay, 300, 'burst').length, 255);
  });

  test('a title that somebody always waits for is no queue', () => {
    const underWay = door(256);
    enterNew(underWay, 31, 'still');
    underWay.enter('popular');
    for (let turn = 0; turn < 100; turn++) {
      clockMs += 10;
      underWay.enter('popular');
      underWay.leave('popular');
    }
    underWay.leave('popular');
    underWay.enter('next');
    clockMs += 60;
    underWay.leave('next');
    assert.equal(enterNew(underWay, 300, 'more').length, 225);
  });

  test('many who do not wait for long are no queue', () => {
    const underWay = door(256);
    const clients = enterNew(underWay, 100, 'client');
    // 100 at a time, each for 25 ms: as many as ask, for two seconds.
    for (let turn = 0; turn < 80; turn++) {
      clockMs += 25;
      for (const [index, key] of clients.entries()) {
        underWay.leave(key);
        clients[index] = `client${index} ${turn}`;
        underWay.enter(clients[index]);
      }
    }
    assert.equal(enterNew(underWay, 300, 'more').length, 156);
  });

  test('bursts with pauses between them have the whole bound, however long they wait', () => {
    const underWay = door(256);
    for (let count = 0; count < 20; count++) {
      const keys = enterNew(underWay, 300, `burst ${count} `);
      assert.equal(keys.length, 256);
      clockMs += 400;
      for (const key of keys) underWay.leave(key);
      clockMs += 500;
    }
  });
});
