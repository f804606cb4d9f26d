/** Protects the shapes that clients read: ids, links, years, and a valid date on every episode. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TitleDetails } from '../../../../src/features/addon/contract.ts';
import { clientId, meta, metaPreview } from '../../../../src/features/addon/present.ts';

const BARE: TitleDetails = {
  type: 'movie',
  publicId: 'sl:spring',
  imdbId: '',
  tmdbId: '',
  title: 'Spring',
  year: 0,
  endYear: 0,
  description: '',
  genres: [],
  rating: 0,
  runtimeMinutes: 0,
  released: '',
  languages: [],
  country: '',
  website: '',
  backgroundUrl: '',
  logoUrl: '',
  episodes: [],
  isEntry: false,
};
const BASE = 'https://sluice.example';

test('titles go out under their IMDb id, and under our own when they have none', () => {
  assert.equal(clientId({ ...BARE, imdbId: 'tt1254207' }), 'tt1254207');
  assert.equal(metaPreview(BARE, BASE).id, 'sl:spring');
  assert.equal(metaPreview(BARE, BASE).poster, 'https://sluice.example/poster/movie/sl:spring.jpg');
});

test('what is unknown is left out', () => {
  assert.deepEqual(meta(BARE, 'sl:spring', BASE), {
    id: 'sl:spring',
    type: 'movie',
    name: 'Spring',
    posterShape: 'poster',
    poster: 'https://sluice.example/poster/movie/sl:spring.jpg',
  });
});

test('a movie with everything', () => {
  const full: TitleDetails = {
    ...BARE,
    imdbId: 'tt0063350',
    year: 1968,
    description: 'Strangers.',
    genres: ['Horror'],
    rating: 7.85,
    runtimeMinutes: 96,
    released: '1968-10-04',
    languages: ['English', 'German'],
    country: 'US',
    website: 'https://example.org',
    backgroundUrl: 'https://example.org/b.jpg',
    logoUrl: 'https://example.org/l.png',
  };
  const shown = meta(full, 'tmdb:10331', BASE);
  assert.equal(shown.id, 'tmdb:10331', 'the id that was asked for comes back');
  assert.equal(shown.releaseInfo, '1968');
  assert.equal(shown.released, '1968-10-04T00:00:00.000Z');
  assert.equal(shown.runtime, '96 min');
  assert.equal(shown.language, 'English, German');
  assert.match(shown.imdbRating ?? '', /^7\.[89]$/);
  assert.equal('videos' in shown, false);
});

test('series show the span of their years', () => {
  const span = (year: number, endYear: number) =>
    metaPreview({ ...BARE, type: 'series', year, endYear }, BASE).releaseInfo;
  assert.deepEqual(
    [span(2010, 2011), span(2010, 0), span(1935, 1935), span(0, 0)],
    ['2010-2011', '2010-', '1935', undefined],
  );
});

test('episodes have ids under the id asked for and always a valid date', () => {
  const episode = { season: 1, overview: '', released: '', title: '', thumbnailUrl: '' };
  const series: TitleDetails = {
    ...BARE,
    type: 'series',
    year: 1942,
    episodes: [
      { ...episode, episode: 1, title: 'Prelude to War', released: '1942-05-27' },
      { ...episode, episode: 2 },
      { ...episode, episode: 3, released: 'soon' },
    ],
  };
  const videos = meta(series, 'sl:why-we-fight', BASE).videos ?? [];
  assert.deepEqual(
    videos.map((video) => [video.id, video.title, video.released]),
    [
      ['sl:why-we-fight:1:1', 'Prelude to War', '1942-05-27T00:00:00.000Z'],
      ['sl:why-we-fight:1:2', 'Episode 2', '1942-01-01T00:00:00.000Z'],
      ['sl:why-we-fight:1:3', 'Episode 3', '1970-01-01T00:00:00.000Z'],
    ],
  );
});

test('episodes of an entry of anime have its id and no season, as its own add-ons send them', () => {
  const thumbnailUrl = 'https://example.org/25.jpg';
  const episode = { season: 1, episode: 25, title: '', overview: '', released: '', thumbnailUrl };
  const series: TitleDetails = { ...BARE, type: 'series', isEntry: true, episodes: [episode] };
  const [video] = meta(series, 'kitsu:7442', BASE).videos ?? [];
  assert.equal(video?.id, 'kitsu:7442:25');
  assert.deepEqual([video.season, video.episode], [1, 25]);
  assert.equal(video.thumbnail, thumbnailUrl);
});
