/** What streams play of the title that they were brought for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placementsOf } from '../../../../src/lib/import-line/placements.ts';
import { readStreamLine } from '../../../../src/lib/import-line/stream-line.ts';
import type { JsonValue } from '../../../../src/lib/json/json-value.ts';
import { parseReleaseTitle } from '../../../../src/lib/release-title/parse.ts';
import { LAST_EPISODE, type TitleFacts } from '../../../../src/lib/title-match/title-facts.ts';

const HASH = 'dd8255ecdc7ca55fb0bbf81323d87062db1f6d1c';

function links(
  given: Record<string, JsonValue>,
  changes: Partial<TitleFacts> = {},
): readonly (readonly [season: number, from: number, to: number, file: number])[] {
  const title = { type: 'series', name: 'Pioneer One' };
  const { stream } = readStreamLine({ infoHash: HASH, title, ...given });
  const facts: TitleFacts = {
    type: 'series',
    imdbId: '',
    tmdbId: '',
    names: ['Pioneer One'],
    year: 2010,
    endYear: 0,
    isAnime: false,
    episodes: [],
    ...changes,
  };
  return placementsOf(stream, () => parseReleaseTitle(stream.name), facts).map((link) => [
    link.season,
    link.episodeFrom,
    link.episodeTo,
    link.fileIndex,
  ]);
}

function seasons(...lengths: readonly number[]): TitleFacts['episodes'] {
  let absolute = 0;
  return lengths.flatMap((length, at) =>
    Array.from({ length }, (_, index) => ({
      season: at + 1,
      episode: index + 1,
      absolute: ++absolute,
      released: `20${10 + at}-01-${String(index + 1).padStart(2, '0')}`,
    })),
  );
}

function files(...paths: readonly string[]): JsonValue {
  return paths.map((path) => ({ path, size: 300_000_000 }));
}

test('files of a pack are linked one by one, what is no episode is left out', () => {
  const given = files(
    'Pioneer.One.S01E01.mkv',
    'Pioneer.One.S01E02E03.mkv',
    'Sample/pioneer.one.s01e01.sample.mkv',
    'Pioneer.One.S01E01.srt',
    'Pioneer.One.Trailer.mkv',
  );
  assert.deepEqual(links({ name: 'Pioneer.One.S01', files: given }), [
    [1, 1, 1, 0],
    [1, 2, 3, 1],
  ]);
});

test('numbers without a season are of the season of the torrent, or of the only one', () => {
  const given = files('01.mkv', '02.mkv');
  assert.deepEqual(links({ name: 'Pioneer One S02', files: given }), [
    [2, 1, 1, 0],
    [2, 2, 2, 1],
  ]);
  assert.deepEqual(links({ name: 'Pioneer One', files: given }, { episodes: seasons(6) }), [
    [1, 1, 1, 0],
    [1, 2, 2, 1],
  ]);
});

test('anime that counts over all seasons, and dates, are found by what is known', () => {
  const facts = { isAnime: true, episodes: seasons(12, 12) };
  const counted = files('[G] Pioneer One - 12.mkv', '[G] Pioneer One - 13.mkv');
  assert.deepEqual(links({ name: '[G] Pioneer One', files: counted }, facts), [
    [1, 12, 12, 0],
    [2, 1, 1, 1],
  ]);
  const dated = files('Pioneer.One.2011.01.05.720p.mkv');
  assert.deepEqual(links({ name: 'Pioneer One 2011', files: dated }, { episodes: seasons(6, 6) }), [
    [2, 5, 5, 0],
  ]);
});

test('without files the name says it, and the line before the name', () => {
  assert.deepEqual(links({ name: 'Pioneer.One.S01E04.720p' }), [[1, 4, 4, -1]]);
  assert.deepEqual(links({ name: 'Pioneer.One.S01.720p' }), [[1, 0, LAST_EPISODE, -1]]);
  assert.deepEqual(links({ name: 'Pioneer.One.S01.720p', season: 3, episode: 2 }), [[3, 2, 2, -1]]);
  assert.deepEqual(links({ name: 'x', season: 'all' }), [[-1, 0, LAST_EPISODE, -1]]);
  assert.throws(() => links({ name: 'Pioneer One' }), /does not say which episodes/);
});

test('a film is its largest video, and a torrent without one is refused', () => {
  const movie = { type: 'movie', names: ['Sintel'] } as const;
  const given = [
    { path: 'Sintel/cover.jpg', size: 1000 },
    { path: 'Sintel/Sintel.2010.1080p.mkv', size: 700_000_000 },
    { path: 'Sintel/Extras/Making of.mkv', size: 90_000_000 },
  ];
  assert.deepEqual(links({ name: 'Sintel.2010', files: given }, movie), [[0, 0, 0, 1]]);
  assert.throws(() => links({ name: 'Sintel', files: files('a.txt') }, movie), /none of its files/);
});
