/** Which renditions a source gets, what players see of interrupted runs, and what ffmpeg says of its progress. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  masterPlaylist,
  planRungs,
  RUNG_NAMES,
  Unsuitable,
  type RungName,
  type ScannedMedia,
} from '../../../../src/lib/transcode/ladder.ts';
import { ProgressReader } from '../../../../src/lib/transcode/progress.ts';
import { endRun, joinRuns, readRun } from '../../../../src/lib/transcode/runs.ts';

const FILM: ScannedMedia = {
  durationS: 60,
  video: { codec: 'h264', width: 1280, height: 720 },
  audio: { codec: 'aac' },
  bitsPerSecond: 3_000_000,
};
const plan = (media: Partial<ScannedMedia>, wanted: readonly RungName[]) =>
  planRungs({ ...FILM, ...media }, wanted).map(
    ({ name, video, audio }) =>
      `${name} ${typeof video === 'string' ? video : `${video.width}x${video.height}`} ${audio}`,
  );

test('a picture is never made larger, and one that is smaller than all rungs keeps its size', () => {
  assert.deepEqual(plan({}, RUNG_NAMES), [
    'copy copy copy',
    '720p 1280x720 aac',
    '480p 854x480 aac',
    'audio none copy',
  ]);
  const small = { video: { codec: 'vp9', width: 321, height: 181 }, audio: { codec: 'opus' } };
  assert.deepEqual(plan(small, ['copy', '1080p', '720p']), ['720p 322x182 aac']);
  assert.deepEqual(plan({ video: null }, ['720p', 'audio']), ['audio none copy']);
  assert.deepEqual(plan({ audio: null }, ['480p', 'audio']), ['480p 854x480 none']);
});

test('what cannot be made is said', () => {
  const vp9 = { codec: 'vp9', width: 1280, height: 720 };
  assert.throws(() => plan({ video: vp9 }, ['copy']), /vp9 cannot be copied/);
  assert.throws(() => plan({ video: null }, ['720p']), /no picture/);
  assert.throws(() => plan({ video: null, audio: null }, ['audio']), Unsuitable);
});

test('any source gets sizes that encoders take, and a list with a line for each rendition', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 8000 }),
      fc.integer({ min: 0, max: 8000 }),
      fc.subarray([...RUNG_NAMES], { minLength: 1 }),
      (width, height, wanted) => {
        const rungs = planRungs({ ...FILM, video: { codec: 'h264', width, height } }, wanted);
        for (const { video } of rungs)
          if (typeof video === 'object')
            assert.ok(video.width >= 2 && video.width % 2 === 0 && video.height % 2 === 0);
        const addresses = masterPlaylist(rungs).match(/^\w+\.m3u8$/gm);
        assert.deepEqual(
          addresses,
          rungs.map(({ name }) => `${name}.m3u8`),
        );
      },
    ),
  );
});

const listed = (run: number, durations: readonly number[]) =>
  ['#EXTM3U', '#EXT-X-MAP:URI="a"']
    .concat(durations.flatMap((one, at) => [`#EXTINF:${one.toFixed(6)},`, `a_${run}_0${at}.m4s`]))
    .join('\n');

test('an interrupted run counts as far as all renditions have come', () => {
  const ended = endRun({ '720p': listed(0, [2, 2, 2]), '480p': listed(0, [2, 2, 2, 2, 2]) });
  assert.deepEqual(ended, { counts: { '720p': 3, '480p': 3 }, durationS: 6 });
  const uneven = endRun({ copy: listed(0, [5, 5]), audio: listed(0, [2, 2, 2, 2]) });
  assert.deepEqual(uneven, { counts: { copy: 1, audio: 4 }, durationS: 5 });
  assert.deepEqual(endRun({ '720p': '', '480p': listed(0, [2]) }).durationS, 0);
});

test('players get all runs one behind the other, without what was made twice', () => {
  const runs = [listed(0, [2, 2, 2]), '', listed(2, [2, 1])];
  const ended = [
    { counts: { a: 2 }, durationS: 4 },
    { counts: { a: 0 }, durationS: 0 },
  ];
  const text = joinRuns('a', runs, ended, true) ?? '';
  assert.deepEqual(
    readRun(text).map(({ name }) => name),
    ['a_0_00.m4s', 'a_0_01.m4s', 'a_2_00.m4s', 'a_2_01.m4s'],
  );
  assert.equal(text.match(/DISCONTINUITY\n#EXT-X-MAP:URI="a_2_init.mp4"/g)?.length, 1);
  assert.match(text, /PLAYLIST-TYPE:VOD[^]*ENDLIST\n$/);
  assert.doesNotMatch(joinRuns('a', runs, ended, false) ?? '', /ENDLIST|VOD/);
  assert.equal(joinRuns('a', ['', ''], [], false), null);
});

test('progress is what the last whole block said, however it was cut', () => {
  const written =
    'frame=1\nout_time_us=1500000\nspeed=1.5x\nprogress=continue\nout_time_us=N/A\nspeed=N/A\nprogress=end\n';
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 }), (cuts) => {
      const reader = new ProgressReader();
      const said = [];
      let at = 0;
      for (const length of [...cuts, written.length]) {
        const progress = reader.read(written.slice(at, at + length));
        at += length;
        if (progress !== null) said.push(progress);
      }
      assert.deepEqual(said.at(-1), { doneS: 1.5, speed: 0 });
    }),
  );
});
