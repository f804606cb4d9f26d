/** Protects the demo: every title is imported with its permanent id, real attributes and the file that plays. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  parseDemoCatalog,
  readDemoCatalog,
} from '../../../../src/features/library/demo-catalog.ts';
import { demoPublicId, demoTitles } from '../../../../src/features/library/demo-titles.ts';
import { parseTitleId } from '../../../../src/lib/stremio/media-id.ts';
import { assertGolden } from '../../../support/golden.ts';

const source = parseDemoCatalog(await readDemoCatalog());
const titles = demoTitles(source);

function titled(name: string) {
  const found = titles.find((entry) => entry.title === name);
  assert.ok(found, name);
  return found;
}

test('all 67 titles come in, with every stream and episode of the data', () => {
  assert.equal(titles.length, 67);
  assert.equal(titles.filter((entry) => entry.type === 'series').length, 4);
  for (const [index, entry] of titles.entries()) {
    const { streams = [], videos = [] } = source[index] ?? {};
    const expected = [...streams, ...videos.flatMap((video) => video.streams)];
    assert.deepEqual(
      entry.streams.map((stream) => stream.infohash ?? stream.locator),
      expected.map((stream) => (stream.kind === 'torrent' ? stream.infohash : stream.url)),
    );
    assert.equal(entry.episodes.length, videos.length);
    assert.ok(entry.isAlwaysListed, 'titles without streams are listed, too');
  }
});

test("our ids never change: they live in users' libraries", async () => {
  const ids = source.map(demoPublicId);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.equal(parseTitleId('movie', id).id, id);
  await assertGolden(
    join(process.cwd(), 'test/unit/features/library/demo-public-ids.txt'),
    `${ids.join('\n')}\n`,
  );
});

test('the video file of a torrent is found, with its attributes', () => {
  const torrent = titled('Night of the Living Dead').streams.find(
    (stream) => stream.kind === 'torrent',
  );
  assert.ok(torrent);
  assert.deepEqual(torrent.placements, [
    {
      season: 0,
      episodeFrom: 0,
      episodeTo: 0,
      fileIndex: 0,
      fileSizeBytes: 828_760_756,
      filename: 'Night.Of.The.Living.Dead.1968.720p.BluRay.x264-[YTS.AM].mp4',
    },
  ]);
  assert.equal(torrent.totalSizeBytes, 828_760_756 + 58_132);
  assert.deepEqual([torrent.resolution, torrent.quality, torrent.codec], ['720p', 'BluRay', 'avc']);
});

test('quality hints of direct links become resolutions', () => {
  const bunny = titled('Big Buck Bunny').streams;
  assert.deepEqual(
    bunny.map((stream) => stream.resolution),
    ['unknown', '720p', '180p', '720p'],
  );
  assert.deepEqual(bunny[0]?.flags, ['webSeed']);
  assert.equal(bunny[0]?.trackers.length, 8);
  assert.equal(bunny[1]?.placements[0]?.filename, 'big_buck_bunny_720p_h264.mov');
  assert.equal(titled('His Girl Friday').streams[0]?.resolution, '480p', 'SD');
});

test('languages are names, none for titles without speech; the licence is told', () => {
  assert.deepEqual(titled('Big Buck Bunny').languages, []);
  assert.deepEqual(titled('Sintel').languages, ['English']);
  assert.match(titled('Sintel').description, /\n\nLicence: CC BY 3\.0\. /);
});

test('streams of episodes are placed on their episode, which has a date where the data has a year', () => {
  const [stream] = titled('Why We Fight').streams;
  const placed = stream?.placements.map(({ season, episodeFrom, episodeTo }) => [
    season,
    episodeFrom,
    episodeTo,
  ]);
  assert.deepEqual(placed, [[1, 1, 1]]);
  assert.equal(titled('Why We Fight').episodes[1]?.released, '1943-01-01');
  assert.equal(titled('Pioneer One').episodes[1]?.released, '2010-12-14');
  assert.equal(titled('The Phantom Empire').episodes[0]?.released, '');
});

test('a broken catalogue is refused with the place named', () => {
  assert.throws(() => parseDemoCatalog('{"items":[{"id":"tt1"}]}'), /items/);
  assert.throws(() => parseDemoCatalog('not json'), SyntaxError);
});
