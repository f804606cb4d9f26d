/** The Torznab output: what is in the database is found by ids, words and categories, page by page, and read by our own source. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { parseOfferQuery } from '../../src/features/indexer/query.ts';
import { IndexerService } from '../../src/features/indexer/service.ts';
import { IndexerStore } from '../../src/features/indexer/store.ts';
import type { MediaType } from '../../src/lib/stremio/types.ts';
import { LAST_EPISODE } from '../../src/lib/title-match/title-facts.ts';
import { importedStream, importedTitle } from '../support/imported-titles.ts';
import { NO_ABORT } from '../support/open-database.ts';
import { skipWithoutPostgres } from '../support/template-db.ts';
import { openTestLibrary, type TestLibrary } from '../support/test-library.ts';
import { createTestLogger, type LoggedLine } from '../support/test-logger.ts';

const placed = (season: number, episodeFrom: number, episodeTo = episodeFrom) => [
  { season, episodeFrom, episodeTo, fileIndex: -1, filename: '', fileSizeBytes: 0 },
];

describe('the indexer', { skip: skipWithoutPostgres }, () => {
  let opened: TestLibrary;
  let service: IndexerService;
  const lines: LoggedLine[] = [];

  before(async () => {
    opened = await openTestLibrary();
    service = new IndexerService(new IndexerStore(opened.database), createTestLogger(lines));
  });
  after(() => opened[Symbol.asyncDispose]());

  const page = (query: string, type: MediaType | null = null) =>
    service.page(parseOfferQuery(new URLSearchParams(query), type), NO_ABORT);
  const names = async (query: string, type: MediaType | null = null) =>
    (await page(query, type)).torrents.map(({ title }) => title);

  test('an instance without torrents offers samples of each kind, and says nothing of others', async () => {
    assert.equal((await page('')).torrents.length, 2);
    assert.deepEqual(
      (await page('', 'series')).torrents.map(({ categories }) => categories),
      [[5000, 5040]],
    );
    assert.deepEqual(await names('cat=3000'), []);
    assert.deepEqual(await names('q=anything'), []);
    assert.deepEqual(await names('imdbid=tt0000001', 'movie'), []);
  });

  test('torrents are found by ids, words, season and category; private and blocked ones are not', async () => {
    await opened.library.importTitles(
      [
        importedTitle({
          publicId: 'sl:night',
          imdbId: 'tt0063350',
          tmdbId: '10331',
          title: 'Night of the Living Dead',
          year: 1968,
          streams: [
            importedStream({
              name: 'Night.of.the.Living.Dead.1968.1080p.BluRay',
              resolution: '1080p',
              totalSizeBytes: 4_000_000_000,
              seeders: 7,
              addedAtS: 1_500_000_000,
              trackers: ['udp://t.test:1', 'udp://t.test:2'],
            }),
            importedStream({ name: 'Night.of.the.Living.Dead.1968.2160p', resolution: '2160p' }),
            importedStream({ name: 'Night.Private.1968', flags: ['private'] }),
            importedStream({
              kind: 'http',
              infohash: null,
              locator: 'https://v.test/n.mp4',
              name: 'Night.web',
            }),
          ],
        }),
        importedTitle({
          publicId: 'sl:pioneer',
          type: 'series',
          imdbId: 'tt1748166',
          tmdbId: '35044',
          title: 'Pioneer One',
          episodes: [1, 2].map((episode) => ({
            season: 1,
            episode,
            title: '',
            overview: '',
            released: '',
            thumbnailUrl: '',
          })),
          streams: [
            importedStream({
              name: 'Pioneer.One.S01E01.720p',
              resolution: '720p',
              placements: placed(1, 1),
            }),
            importedStream({
              name: 'Pioneer.One.S01E02.480p',
              resolution: '480p',
              placements: placed(1, 2),
            }),
            importedStream({
              name: 'Pioneer.One.S01.1080p',
              resolution: '1080p',
              placements: placed(1, 0, LAST_EPISODE),
            }),
            importedStream({
              name: 'Pioneer.One.Complete',
              placements: placed(-1, 0, LAST_EPISODE),
            }),
          ],
        }),
        importedTitle({
          publicId: 'sl:irony',
          title: 'Ирония судьбы',
          streams: [importedStream({ name: 'Ирония.судьбы.1975.DVDRip' })],
        }),
        importedTitle({
          publicId: 'sl:adult',
          imdbId: 'tt7777777',
          title: 'Adult Night',
          isAdult: true,
          streams: [importedStream({ name: 'Adult.Night.1080p' })],
        }),
      ],
      NO_ABORT,
    );
    const night = [
      'Night.of.the.Living.Dead.1968.1080p.BluRay',
      'Night.of.the.Living.Dead.1968.2160p',
    ];
    const sorted = async (query: string, type: MediaType | null = null) =>
      (await names(query, type)).toSorted();
    assert.deepEqual(await sorted('imdbid=0063350', 'movie'), night);
    assert.deepEqual(await sorted('tmdbid=10331', 'movie'), night);
    assert.deepEqual(await sorted('tmdbid=10331', 'series'), []);
    assert.deepEqual(await sorted('imdbid=tt0063350&q=2160p', 'movie'), [night[1]]);
    assert.deepEqual(await sorted('q=living%20NIGHT'), night);
    assert.deepEqual(await sorted('q=living night', 'series'), []);
    assert.deepEqual(await sorted('q=ирония судьбы'), ['Ирония.судьбы.1975.DVDRip']);
    assert.deepEqual(await sorted('q=100%25'), []);
    assert.deepEqual(await sorted('q=night&cat=2045'), [night[1]]);
    assert.deepEqual(await sorted('cat=2040', 'movie'), [night[0]]);
    assert.deepEqual(await names('imdbid=tt7777777', 'movie'), ['Adult.Night.1080p']);
    const episode1 = ['Pioneer.One.Complete', 'Pioneer.One.S01.1080p', 'Pioneer.One.S01E01.720p'];
    assert.deepEqual(await sorted('imdbid=tt1748166&season=1&ep=1', 'series'), episode1);
    assert.deepEqual(await sorted('q=pioneer one&season=1&ep=1', 'series'), episode1);
    assert.equal((await names('tmdbid=35044&season=1', 'series')).length, 4);
    assert.deepEqual(await sorted('q=pioneer&season=2', 'series'), ['Pioneer.One.Complete']);
    assert.deepEqual(await sorted('q=Pioneer.One.S01E02'), ['Pioneer.One.S01E02.480p']);
    assert.equal((await names('', 'series')).length, 4, 'the newest of the kind');
    const [found] = (await page('q=1968 1080p')).torrents;
    assert.deepEqual(
      { ...found, infohash: found?.infohash.length },
      {
        title: night[0],
        infohash: 40,
        trackers: ['udp://t.test:1', 'udp://t.test:2'],
        sizeBytes: 4_000_000_000,
        seeders: 7,
        publishedAtS: 1_500_000_000,
        categories: [2000, 2040],
        imdbId: 'tt0063350',
        tmdbId: '10331',
        season: null,
        episode: null,
      },
    );
    const [one] = (await page('q=S01E02')).torrents;
    assert.deepEqual([one?.season, one?.episode, one?.categories], [1, 2, [5000, 5030]]);
  });

  test('pages follow each other without gap or repetition, whatever the limit', async () => {
    const all = await names('limit=100');
    assert.ok(all.length >= 7);
    for (const limit of [1, 2, 3]) {
      const paged: string[] = [];
      for (let offset = 0; ; offset += limit) {
        const { torrents, total } = await page(`limit=${limit}&offset=${offset}`);
        assert.equal(total, all.length);
        if (torrents.length === 0) break;
        paged.push(...torrents.map(({ title }) => title));
      }
      assert.deepEqual(paged, all);
    }
  });

  test('without pg_trgm titles are searched, the operator is told once, and a new index is found', async () => {
    await opened.database.sql`DROP EXTENSION pg_trgm CASCADE`;
    const bare = new IndexerService(new IndexerStore(opened.database), createTestLogger(lines));
    const found = async (query: string, type: MediaType | null = null) =>
      (await bare.page(parseOfferQuery(new URLSearchParams(query), type), NO_ABORT)).torrents
        .map(({ title }) => title)
        .toSorted();
    assert.equal((await found('q=Night of the Living Dead 1968')).length, 2);
    assert.deepEqual(await found('q=Pioneer One S01E02'), [
      'Pioneer.One.Complete',
      'Pioneer.One.S01.1080p',
      'Pioneer.One.S01E02.480p',
    ]);
    assert.equal((await found('q=pioneer&season=1', 'series')).length, 4);
    assert.deepEqual(await found('q=!!!'), []);
    assert.equal(lines.filter(({ message }) => message.includes('pg_trgm')).length, 1);
  });
});
