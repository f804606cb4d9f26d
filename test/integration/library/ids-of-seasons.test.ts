/** What ids of anime lead to: an entry of theirs is a season of a series, or a part of one. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { ImportedTitle } from '../../../src/features/library/contract.ts';
import { parseTitleId } from '../../../src/lib/stremio/media-id.ts';
import { importedTitle } from '../../support/imported-titles.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';
import { openTestLibrary, type TestLibrary } from '../../support/test-library.ts';

const { signal } = new AbortController();
const entry = { overview: '', released: '', thumbnailUrl: '' };
const episodes = [
  { ...entry, season: 0, episode: 1, title: 'Special' },
  { ...entry, season: 1, episode: 1, title: 'One' },
  { ...entry, season: 2, episode: 1, title: 'Two', released: '2014-01-05' },
  { ...entry, season: 2, episode: 2, title: 'Three' },
  { ...entry, season: 2, episode: 3, title: 'Four' },
];
const SERIES: ImportedTitle = importedTitle({
  type: 'series',
  publicId: 'sl:lantern-guild',
  imdbId: 'tt7700001',
  title: 'Lantern Guild',
  originalTitle: '灯組',
  alternativeTitles: ['Tomoshibi-gumi', 'Lantern Guild'],
  year: 2013,
  endYear: 2014,
  released: '2013-04-07',
  episodes,
  otherIds: [
    { provider: 'tvdb', id: '267440', season: -1, episodeOffset: 0 },
    { provider: 'kitsu', id: '11', season: 1, episodeOffset: 0 },
    { provider: 'kitsu', id: '12', season: 2, episodeOffset: 0 },
    { provider: 'kitsu', id: '13', season: 2, episodeOffset: 2 },
    { provider: 'mal', id: '21', season: 2, episodeOffset: 0 },
  ],
});

describe('ids of seasons', { skip: skipWithoutPostgres }, () => {
  let opened: TestLibrary;

  before(async () => {
    opened = await openTestLibrary();
  });
  beforeEach(() => opened.empty());
  after(() => opened[Symbol.asyncDispose]());

  const details = (id: string) => opened.library.titleDetails(parseTitleId('series', id), signal);
  const resolved = async (id: string) => {
    const media = await opened.streams.resolveMedia(parseTitleId('series', id), signal);
    return [media?.idSeason, media?.idEpisodeOffset];
  };

  test('an id leads to its season, and to the first episode that is its own', async () => {
    await opened.library.importTitles([SERIES], signal);
    assert.deepEqual(await resolved('tt7700001'), [-1, 0]);
    assert.deepEqual(await resolved('tvdb:267440'), [-1, 0]);
    assert.deepEqual(await resolved('kitsu:11'), [1, 0]);
    assert.deepEqual(await resolved('kitsu:13'), [2, 2]);
    const seasons = async (id: string) =>
      (await opened.streams.resolveMedia(parseTitleId('series', id), signal))?.idSeasons;
    assert.deepEqual(await seasons('kitsu:11'), [
      [1, 1, 1],
      [2, 1, 3],
    ]);
    assert.deepEqual(await seasons('mal:21'), [[2, 1, 3]]);
    assert.deepEqual(await seasons('tt7700001'), []);
    assert.deepEqual(await resolved('anilist:13'), [undefined, undefined]);
  });

  test('details of an id have its own episodes, counted from one, up to where the next one begins', async () => {
    await opened.library.importTitles([SERIES], signal);
    const shown = async (id: string) =>
      (await details(id))?.episodes.map(
        (found) => `${found.season}:${found.episode} ${found.title}`,
      );
    assert.deepEqual(await shown('kitsu:11'), ['1:1 One']);
    assert.deepEqual(await shown('kitsu:12'), ['1:1 Two', '1:2 Three']);
    assert.deepEqual(await shown('kitsu:13'), ['1:1 Four']);
    assert.deepEqual(await shown('mal:21'), ['1:1 Two', '1:2 Three', '1:3 Four']);
    assert.equal((await shown('tvdb:267440'))?.length, episodes.length);
    assert.deepEqual(
      [(await details('mal:21'))?.isEntry, (await details('tt7700001'))?.isEntry],
      [true, false],
    );
  });

  test('where an id stands within its title may change; a repeated import changes nothing', async () => {
    const { library } = opened;
    await library.importTitles([SERIES], signal);
    const nothing = { titlesAdded: 0, titlesChanged: 0, streamsAdded: 0, linksAdded: 0 };
    assert.deepEqual(await library.importTitles([SERIES], signal), nothing);
    const moved = SERIES.otherIds.map((id) => (id.id === '13' ? { ...id, episodeOffset: 1 } : id));
    const counts = await library.importTitles([{ ...SERIES, otherIds: moved }], signal);
    assert.equal(counts.titlesChanged, 1);
    assert.deepEqual(await resolved('kitsu:13'), [2, 1]);
  });

  test('an id that two titles claim stays with the first, whether they come together or not', async () => {
    const { library } = opened;
    const other = importedTitle({
      type: 'series',
      publicId: 'sl:other',
      otherIds: [{ provider: 'kitsu', id: '11', season: 3, episodeOffset: 0 }],
    });
    await library.importTitles([SERIES, other], signal);
    assert.equal((await details('kitsu:11'))?.title, 'Lantern Guild');
    await library.importTitles([other], signal);
    assert.deepEqual(await resolved('kitsu:11'), [1, 0]);
  });

  test('a search for streams knows all names and ids, and every episode by date and by its number over all seasons', async () => {
    await opened.library.importTitles([SERIES], signal);
    const media = await opened.streams.resolveMedia(parseTitleId('series', 'tt7700001'), signal);
    const target = { mediaId: media?.mediaId ?? 0, season: 2, episode: 1 };
    assert.deepEqual(await opened.library.searchSubject(target, signal), {
      ...target,
      type: 'series',
      imdbId: 'tt7700001',
      tmdbId: '',
      tvdbId: '267440',
      names: ['Lantern Guild', '灯組', 'Tomoshibi-gumi'],
      year: 2013,
      endYear: 2014,
      country: SERIES.country,
      isAdult: false,
      isAnime: true,
      released: '2013-04-07',
      episodes: [
        { season: 0, episode: 1, absolute: 0, released: '' },
        { season: 1, episode: 1, absolute: 1, released: '' },
        { season: 2, episode: 1, absolute: 2, released: '2014-01-05' },
        { season: 2, episode: 2, absolute: 3, released: '' },
        { season: 2, episode: 3, absolute: 4, released: '' },
      ],
    });
    assert.equal(await opened.library.searchSubject({ ...target, mediaId: 999 }, signal), null);
  });

  test('what is animated and Japanese is anime without an id of anime; a film has no episodes', async () => {
    const film = importedTitle({ publicId: 'sl:film', genres: ['Animation'], country: 'JP' });
    const drawn = importedTitle({ publicId: 'sl:drawn', genres: ['Animation'], country: 'FR' });
    await opened.library.importTitles([film, drawn], signal);
    for (const [id, isAnime] of [
      ['sl:film', true],
      ['sl:drawn', false],
    ] as const) {
      const media = await opened.streams.resolveMedia(parseTitleId('movie', id), signal);
      const target = { mediaId: media?.mediaId ?? 0, season: 0, episode: 0 };
      const subject = await opened.library.searchSubject(target, signal);
      assert.deepEqual([subject?.isAnime, subject?.episodes, subject?.names], [isAnime, [], [id]]);
    }
  });
});
