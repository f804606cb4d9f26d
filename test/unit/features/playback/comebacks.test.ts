/** When a player that comes back says that its link does not play. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Comebacks } from '../../../../src/features/playback/comebacks.ts';

const BEGINNING = 'bytes=0-';
const MIDDLE = 'bytes=5000000-';

function watched() {
  let nowMs = 1000;
  const comebacks = new Comebacks({ now: () => nowMs });
  /** @param afterMs since the request before */
  return (afterMs: number, range: string, key = 'film'): boolean => {
    nowMs += afterMs;
    return comebacks.isDoubtful(key, range);
  };
}

test('who comes once, and the burst with which a player begins, doubt nothing', () => {
  const comes = watched();
  assert.equal(comes(0, ''), false);
  for (const range of ['', BEGINNING, BEGINNING, MIDDLE, BEGINNING])
    assert.equal(comes(150, range), false);
});

test('who begins again some seconds later is not content', () => {
  const comes = watched();
  comes(0, BEGINNING);
  comes(300, BEGINNING);
  assert.equal(comes(2500, BEGINNING), true);
});

test('a burst that never ends is a player that cannot begin', () => {
  const comes = watched();
  const doubts = Array.from({ length: 30 }, () => comes(100, BEGINNING));
  assert.deepEqual([doubts.slice(0, 20).includes(true), doubts.includes(true)], [false, true]);
});

test('seeks are no doubts, and a connection that broke is one when it breaks again', () => {
  const comes = watched();
  comes(0, BEGINNING);
  for (const at of [1000, 2000, 3000]) assert.equal(comes(30_000, `bytes=${at}-`), false);
  assert.equal(comes(60_000, MIDDLE), false);
  assert.equal(comes(3000, MIDDLE), true);
});

test('a link is doubted once a minute at most, and who comes later watches again', () => {
  const comes = watched();
  comes(0, '');
  assert.equal(comes(5000, ''), true);
  assert.equal(comes(5000, ''), false);
  assert.equal(comes(50_000, ''), false);
  assert.equal(comes(6000, ''), true);
  assert.equal(comes(700_000, ''), false);
  assert.equal(comes(5000, '', 'another film'), false);
});
