/** Protects the attributes of the demo's streams: users filter and sort by them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { releaseAttributes } from '../../../../src/lib/release-title/release-attributes.ts';

test("the demo's titles and file names", () => {
  const night = releaseAttributes('Night.Of.The.Living.Dead.1968.720p.BluRay.x264-[YTS.AM].mp4');
  assert.deepEqual([night.resolution, night.quality, night.codec], ['720p', 'BluRay', 'avc']);
  const pioneer = releaseAttributes('Pioneer.One.S01E01.720p.x264-VODO');
  assert.deepEqual(
    [pioneer.resolution, pioneer.quality, pioneer.codec],
    ['720p', 'unknown', 'avc'],
  );
  assert.equal(releaseAttributes('BigBuckBunny_320x180.mp4').resolution, '180p');
  assert.deepEqual(releaseAttributes('big_buck_bunny_720p_surround.mp4').channels, ['5.1']);
  assert.deepEqual(releaseAttributes('sintel-2048-stereo_512kb.mp4').channels, ['2.0']);
});

test('spellings of one thing are one name', () => {
  const is = (title: string) => releaseAttributes(title);
  for (const title of ['Movie Blu-Ray', 'Movie.BluRay'])
    assert.equal(is(title).quality, 'BluRay', title);
  for (const title of ['x265', 'H.265', 'h265', 'HEVC'])
    assert.equal(is(`A ${title} b`).codec, 'hevc', title);
  for (const title of ['WEB-DL', 'WEBDL', 'web.dl'])
    assert.equal(is(title).quality, 'WEB-DL', title);
  assert.equal(is('A.2160p.BluRay.REMUX').quality, 'BluRay REMUX');
  const full = is('Movie.2020.4K.WEB-DL.DV.HDR10+.DDP5.1.Atmos.10bit.HEVC-GRP');
  assert.deepEqual(full, {
    resolution: '2160p',
    quality: 'WEB-DL',
    codec: 'hevc',
    hdr: ['DV', 'HDR10+'],
    audio: ['Atmos', 'EAC3'],
    channels: ['5.1'],
    bitDepth: 10,
    subtitleLanguages: [],
  });
});

test('words inside of other words do not count', () => {
  const plain = releaseAttributes('Spiderweb and the Archdruid, 1080 pages');
  assert.deepEqual(plain, {
    resolution: 'unknown',
    quality: 'unknown',
    codec: 'unknown',
    hdr: [],
    audio: [],
    channels: [],
    bitDepth: 0,
    subtitleLanguages: [],
  });
});

test('property: every text gives an answer', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (title) => {
      assert.equal(typeof releaseAttributes(title).resolution, 'string');
    }),
  );
});
