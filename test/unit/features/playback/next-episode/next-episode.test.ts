/** Which episode follows another one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nextEpisode } from '../../../../../src/features/playback/next-episode/next-episode.ts';

const TODAY = '2026-11-30';
const EPISODES = [
  [1, 2, '2026-01-02'],
  [1, 1, '2026-01-01'],
  [1, 4, ''],
  [2, 2, '2026-12-24'],
  [2, 1, '2026-11-30'],
  [0, 1, '2026-01-01'],
].map(([season, episode, released]) => ({
  season: Number(season),
  episode: Number(episode),
  absolute: 0,
  released: String(released),
}));

const after = (season: number, episode: number, episodes = EPISODES) => {
  const next = nextEpisode({ season, episode }, episodes, TODAY);
  return next === null ? null : [next.season, next.episode];
};

test('the next of the season, also where numbers are missing, then the first of the season after', () => {
  assert.deepEqual(after(1, 1), [1, 2]);
  assert.deepEqual(after(1, 2), [1, 4]);
  assert.deepEqual(after(1, 4), [2, 1]);
});

test('nothing follows the last one, what is yet to be shown, and specials', () => {
  assert.equal(after(2, 1), null);
  assert.equal(after(2, 2), null);
  assert.equal(after(0, 1), null);
  assert.equal(after(7, 1), null);
});

test('where no episodes are known, numbers go on', () => {
  assert.deepEqual(after(3, 9, []), [3, 10]);
});
