/** What services that disagree become: one title whose episodes have one numbering. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeFindings } from '../../../../src/features/metadata/merge.ts';
import { nextCheckS } from '../../../../src/features/metadata/next-check.ts';
import { bareTitle, type FoundTitle } from '../../../../src/features/metadata/provider.ts';
import { idsOfPublicId, titleIds } from '../../../../src/features/metadata/public-id.ts';
import { parseTitleId } from '../../../../src/lib/stremio/media-id.ts';
import { publicIdOf } from '../../../../src/lib/stremio/public-id.ts';

const IDS = titleIds('series', { imdbId: 'tt0000001' });

function series(given: Partial<FoundTitle>, ...lengths: readonly number[]): FoundTitle {
  const episodes = lengths.flatMap((length, at) =>
    Array.from({ length }, (_, index) => ({
      season: at + 1,
      episode: index + 1,
      title: '',
      overview: '',
      released: '',
      thumbnailUrl: '',
    })),
  );
  return { ...bareTitle(IDS, 'Name'), episodes, ...given };
}

function merged(cinemeta: FoundTitle, tmdb: FoundTitle) {
  return mergeFindings(
    new Map([
      ['cinemeta', cinemeta],
      ['tmdb', tmdb],
    ] as const),
  );
}

const lengthsOf = ({ episodes }: FoundTitle) => {
  const lengths = new Map<number, number>();
  for (const { season } of episodes) lengths.set(season, (lengths.get(season) ?? 0) + 1);
  return [...lengths.values()];
};

test('texts of TMDB, what it lacks of Cinemeta, every name once', () => {
  const cinemeta = series({
    title: 'Other Name',
    description: 'Theirs.',
    tmdbId: '1',
    runtimeMinutes: 40,
    images: [
      { kind: 'poster', url: 'https://c/p' },
      { kind: 'logo', url: 'https://c/l' },
    ],
  });
  const tmdb = series({
    tmdbId: '2',
    tvdbId: '3',
    description: 'Ours.',
    originalTitle: 'Nom',
    alternativeTitles: ['Other Name', 'Third'],
    images: [{ kind: 'poster', url: 'https://t/p' }],
  });
  const found = merged(cinemeta, tmdb);
  assert.deepEqual(
    [found.title, found.originalTitle, found.alternativeTitles, found.description],
    ['Name', 'Nom', ['Other Name', 'Third'], 'Ours.'],
  );
  assert.deepEqual([found.imdbId, found.tmdbId, found.tvdbId], ['tt0000001', '2', '3']);
  assert.deepEqual(
    [found.runtimeMinutes, found.images.map(({ url }) => url)],
    [40, ['https://t/p', 'https://c/l']],
  );
});

test('episodes are those of Cinemeta; newer ones of TMDB come along where both number alike', () => {
  const cases: readonly (readonly [
    what: string,
    cinemeta: number[],
    tmdb: number[],
    both: number[],
  ])[] = [
    ['the same', [10, 10], [10, 10], [10, 10]],
    ['a season that grows', [10, 5], [10, 8], [10, 8]],
    ['a season that is new', [10, 10], [10, 10, 2], [10, 10, 2]],
    ['a season that TMDB lacks', [10, 10, 3], [10, 10], [10, 10, 3]],
    ['one season there, two here', [12, 12], [24], [12, 12]],
    ['two seasons there, one here', [24], [12, 12], [24]],
    ['seasons of other lengths', [12, 13, 3], [13, 12, 4], [12, 13, 3]],
    ['nothing here', [], [3], [3]],
    ['nothing there', [3], [], [3]],
  ];
  for (const [what, cinemeta, tmdb, both] of cases)
    assert.deepEqual(lengthsOf(merged(series({}, ...cinemeta), series({}, ...tmdb))), both, what);
  const [filled] = merged(series({}, 1), {
    ...series({}),
    episodes: [
      {
        season: 1,
        episode: 1,
        title: 'One',
        overview: '',
        released: '2020-01-01',
        thumbnailUrl: '',
      },
    ],
  }).episodes;
  assert.deepEqual([filled?.title, filled?.released], ['One', '2020-01-01']);
});

test('numbers are those of whoever gave the episodes', () => {
  assert.equal(merged(series({}, 1), series({}, 1)).numbering, 'tvdb');
  assert.equal(merged(series({}), series({}, 1)).numbering, 'tmdb');
});

test('our ids are made of the surest one, and say what they were made of', () => {
  const cases = [
    [{ imdbId: 'tt0063350', tmdbId: '10331' }, 'sl:movie-tt0063350', { imdbId: 'tt0063350' }],
    [{ tmdbId: '10331', tvdbId: '5' }, 'sl:movie-tmdb-10331', { tmdbId: '10331' }],
    [{ tvdbId: '5' }, 'sl:movie-tvdb-5', { tvdbId: '5' }],
  ] as const;
  for (const [known, id, said] of cases) {
    assert.equal(publicIdOf(titleIds('movie', known)), id);
    assert.deepEqual(idsOfPublicId(parseTitleId('movie', id)), titleIds('movie', said));
    assert.equal(idsOfPublicId(parseTitleId('series', id)), null);
  }
  assert.equal(idsOfPublicId(parseTitleId('movie', 'sl:big-buck-bunny')), null);
});

test('what still changes is looked at daily, what does not monthly, what is incomplete within the hour', () => {
  const nowMs = Date.parse('2026-06-01');
  const days = (given: Partial<FoundTitle>, isPartial = false) =>
    nextCheckS({ title: { ...series(given), numbering: 'tvdb' }, isPartial }, nowMs) / 86_400;
  assert.equal(days({ isRunning: true }), 1);
  assert.equal(days({ isRunning: false }), 30);
  assert.equal(days({ type: 'movie', released: '2026-05-01' }), 1);
  assert.equal(days({ type: 'movie', released: '2027-05-01' }), 1);
  assert.equal(days({ type: 'movie', released: '2020-05-01' }), 30);
  assert.equal(days({ type: 'movie', released: '' }), 1, 'nobody knows when it comes out');
  assert.equal(days({}, true), 1 / 24);
});
