/** Protects the demo: every work is imported with its permanent id, real attributes and the file that plays. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseDemoCatalog, readDemoCatalog } from '../../../../src/features/library/demo-catalog.ts';
import { demoPublicId, demoWorks } from '../../../../src/features/library/demo-works.ts';
import { parseTitleId } from '../../../../src/lib/stremio/media-id.ts';
import { assertGolden } from '../../../support/golden.ts';

const source = parseDemoCatalog(await readDemoCatalog());
const works = demoWorks(source);

function work(title: string) {
  const found = works.find((entry) => entry.title === title);
  assert.ok(found, title);
  return found;
}

test('all 67 works come in, with every stream and episode of the data', () => {
  assert.equal(works.length, 67);
  assert.equal(works.filter((entry) => entry.type === 'series').length, 4);
  for (const [index, entry] of works.entries()) {
    const { streams = [], videos = [] } = source[index] ?? {};
    const expected = [...streams, ...videos.flatMap((video) => video.streams)];
    assert.deepEqual(
      entry.streams.map((stream) => stream.infohash ?? stream.locator),
      expected.map((stream) => (stream.kind === 'torrent' ? stream.infohash : stream.url)),
    );
    assert.equal(entry.episodes.length, videos.length);
    assert.ok(entry.isAlwaysListed, 'works without streams are listed, too');
  }
});

test('our ids never change: they live in users\' libraries', async () => {
  const ids = source.map(demoPublicId);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.equal(parseTitleId('movie', id).id, id);
  await assertGolden(join(process.cwd(), 'test/unit/features/library/demo-public-ids.txt'), `${ids.join('\n')}\n`);
});

test('the video file of a torrent is found, with its attributes', () => {
  const torrent = work('Night of the Living Dead').streams.find((stream) => stream.kind === 'torrent');
  assert.ok(torrent);
  assert.deepEqual(torrent.placements, [{
    season: 0, episodeFrom: 0, episodeTo: 0, fileIndex: 0, fileSizeBytes: 828_760_756,
    filename: 'Night.Of.The.Living.Dead.1968.720p.BluRay.x264-[YTS.AM].mp4',
  }]);
  assert.equal(torrent.totalSizeBytes, 828_760_756 + 58_132);
  assert.deepEqual([torrent.resolution, torrent.quality, torrent.codec], ['720p', 'BluRay', 'avc']);
});

test('quality hints of direct links become resolutions', () => {
  const bunny = work('Big Buck Bunny').streams;
  assert.deepEqual(bunny.map((stream) => stream.resolution), ['unknown', '720p', '180p', '720p']);
  assert.deepEqual(bunny[0]?.flags, ['webSeed']);
  assert.equal(bunny[0]?.trackers.length, 8);
  assert.equal(bunny[1]?.placements[0]?.filename, 'big_buck_bunny_720p_h264.mov');
  assert.equal(work('His Girl Friday').streams[0]?.resolution, '480p', 'SD');
});

test('languages are names, none for works without speech; the licence is told', () => {
  assert.deepEqual(work('Big Buck Bunny').languages, []);
  assert.deepEqual(work('Sintel').languages, ['English']);
  assert.match(work('Sintel').description, /\n\nLicence: CC BY 3\.0\. /);
});

test('streams of episodes are placed on their episode, which has a date where the data has a year', () => {
  const [stream] = work('Why We Fight').streams;
  const placed = stream?.placements.map(({ season, episodeFrom, episodeTo }) => [season, episodeFrom, episodeTo]);
  assert.deepEqual(placed, [[1, 1, 1]]);
  assert.equal(work('Why We Fight').episodes[1]?.released, '1943-01-01');
  assert.equal(work('Pioneer One').episodes[1]?.released, '2010-12-14');
  assert.equal(work('The Phantom Empire').episodes[0]?.released, '');
});

test('a broken catalogue is refused with the place named', () => {
  assert.throws(() => parseDemoCatalog('{"items":[{"id":"tt1"}]}'), /items/);
  assert.throws(() => parseDemoCatalog('not json'), SyntaxError);
});
