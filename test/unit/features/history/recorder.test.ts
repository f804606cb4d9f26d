import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HistoryPlay } from '../../../../src/features/history/contract.ts';
import { HistoryRecorder } from '../../../../src/features/history/recorder.ts';
import { silentLogger } from '../../../support/cache-parts.ts';

const PLAY: HistoryPlay = {
  profileId: 'keeps',
  infohash: 'ab'.repeat(20),
  season: null,
  episode: 0,
  filename: '',
  playedAtMs: 1,
};

function recorder() {
  const written: HistoryPlay[] = [];
  const recording = new HistoryRecorder({
    store: {
      addPlays: (plays) => {
        written.push(...plays);
        return Promise.resolve();
      },
    },
    isKept: (profileId) =>
      profileId === 'gone'
        ? Promise.reject(new Error('no profile'))
        : Promise.resolve(profileId === 'keeps'),
    logger: silentLogger,
  });
  return { written, recording };
}

test('what waits at the end is written: of profiles that keep a history, and of no others', async () => {
  const { written, recording } = recorder();
  for (const profileId of ['', 'keeps', 'keeps-none', 'gone'])
    recording.played({ ...PLAY, profileId });
  recording.played({ ...PLAY, playedAtMs: 2 });
  await recording[Symbol.asyncDispose]();
  assert.deepEqual(written, [{ ...PLAY, playedAtMs: 2 }]);
});
