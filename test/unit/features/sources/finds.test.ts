/** What becomes of found releases: compared, each stream once, with links for everything that it plays. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FoundRelease, SearchSubject } from '../../../../src/features/sources/contract.ts';
import { Finds } from '../../../../src/features/sources/finds.ts';
import { FakeSource, hangs, release } from '../../../support/fake-source.ts';
import { namedMatcher } from '../../../support/search-process.ts';

const SERIES: SearchSubject = {
  mediaId: 1,
  type: 'series',
  imdbId: 'tt1000001',
  tmdbId: '',
  tvdbId: '',
  names: ['S'],
  year: 2010,
  endYear: 0,
  isAnime: false,
  released: '',
  episodes: [1, 2, 3].map((episode) => ({ season: 1, episode, absolute: episode, released: '' })),
  season: 1,
  episode: 2,
};
const A = new FakeSource('a', hangs);
const B = new FakeSource('b', hangs);

/** Not all is compared yet. */
function findsOf(...given: readonly (readonly [FakeSource, ...FoundRelease[]])[]): Finds {
  const finds = new Finds(SERIES, namedMatcher(SERIES), () => undefined);
  for (const [source, ...releases] of given) finds.add(source, releases);
  return finds;
}

test('releases of other episodes are kept for these, not shown', async () => {
  const finds = findsOf([A, release('S.S01E03.1080p')]);
  await finds.settled();
  assert.deepEqual(finds.rows(), []);
  assert.equal(finds.hasPlayable, false);
  assert.equal(finds.streams().length, 1);
  assert.deepEqual(finds.otherEpisodes(), [SERIES.episodes[2]]);
});

test('a pack plays every episode; the file that the source names plays the one that was searched for', async () => {
  const file = { fileIndex: 7, filename: 'S.S01E02.mkv', fileSizeBytes: 99 };
  const finds = findsOf([A, release('S.S01.1080p', file)]);
  await finds.settled();
  const [row] = finds.rows();
  assert.deepEqual([row?.fileIndex, row?.filename, row?.fileSizeBytes], [7, 'S.S01E02.mkv', 99]);
  const unknown = { fileIndex: -1, filename: '', fileSizeBytes: 0 };
  assert.deepEqual(finds.streams()[0]?.placements, [
    { season: 1, episodeFrom: 0, episodeTo: 99_999, ...unknown },
    { season: 1, episodeFrom: 2, episodeTo: 2, ...file },
  ]);
  assert.equal(finds.otherEpisodes().length, 2);
});

test('one torrent of two sources is one stream, with the file of whoever knows it and the higher seeders', async () => {
  const name = 'S.S01E02.720p';
  const finds = findsOf(
    [A, release(name, { seeders: 40 })],
    [B, release(name, { seeders: 7, fileIndex: 1, filename: 'S.mkv' })],
  );
  await finds.settled();
  const [row, ...more] = finds.rows();
  assert.deepEqual(more, []);
  assert.deepEqual([row?.seeders, row?.fileIndex], [40, 1]);
  assert.deepEqual(
    finds.streams()[0]?.placements.map(({ fileIndex }) => fileIndex),
    [1],
  );
  assert.deepEqual(finds.countOf('b'), { found: 1, accepted: 1 });
});

test('streams are in the order of their keys, whatever order they came in', async () => {
  const releases = ['x', 'y', 'z'].map((name) => release(`S.S01E02.${name}`));
  const keys = async (finds: Finds) => {
    await finds.settled();
    return finds.streams().map(({ row }) => Buffer.from(row.infohash ?? []).toString('hex'));
  };
  const sorted = await keys(findsOf([A, ...releases]));
  assert.deepEqual(sorted, [...sorted].sort());
  assert.deepEqual(await keys(findsOf([A, ...releases.toReversed()])), sorted);
});

test('a refusal has its reason; no more than 200 are kept', async () => {
  const many = Array.from({ length: 300 }, (_, at) => release(`rejected ${at}`));
  const finds = findsOf([A, ...many]);
  await finds.settled();
  assert.equal(finds.rejections.length, 200);
  assert.deepEqual(finds.rejections[0], {
    source: 'a',
    release: 'rejected 0',
    reason: 'is another title',
  });
  assert.deepEqual(finds.countOf('a'), { found: 300, accepted: 0 });
});

test('a long list is worked off in slices: the loop turns meanwhile, and nothing is lost', async () => {
  const many = Array.from({ length: 2000 }, (_, at) => release(`S.S01E02.1080p.WEB.h264-${at}`));
  const finds = findsOf([A, ...many]);
  assert.ok(finds.countOf('a').found < 2000, 'not at once');
  await finds.settled();
  assert.equal(finds.rows().length, 2000);
});

test('a source that sends without end is cut off', async () => {
  const same = release('rejected');
  const finds = findsOf([A, ...Array.from({ length: 25_000 }, () => same)]);
  await finds.settled();
  assert.equal(finds.countOf('a').found, 20_000);
});
