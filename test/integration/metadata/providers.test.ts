/** What metadata services say, read from real answers, over real sockets; and what they must not do to us. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import type {
  FoundTitle,
  MetadataProvider,
  TitleIds,
} from '../../../src/features/metadata/provider.ts';
import { Cinemeta } from '../../../src/features/metadata/providers/cinemeta.ts';
import { Tmdb } from '../../../src/features/metadata/providers/tmdb.ts';
import { titleIds } from '../../../src/features/metadata/public-id.ts';
import type { MediaType } from '../../../src/lib/stremio/types.ts';
import { createFetcher } from '../../../src/platform/fetch/fetcher.ts';
import { createUpstreams } from '../../../src/platform/upstream/upstreams.ts';
import { silentLogger } from '../../support/cache-parts.ts';
import { fails, never } from '../../support/fetch-parts.ts';
import { startCinemeta } from '../../support/upstreams/cinemeta.ts';
import {
  FakeUpstream,
  json,
  type Answer,
  type Asked,
} from '../../support/upstreams/fake-upstream.ts';
import type { Fault } from '../../support/upstreams/fault.ts';
import { startTmdb } from '../../support/upstreams/tmdb.ts';

const CALL = { signal: never, timeoutMs: 20_000 };
const KEY = 'abcdef0123456789abcdef0123456789';
const IMAGES = 'https://image.tmdb.org/t/p';
const MOVIE = titleIds('movie', { imdbId: 'tt1254207' });

type Name = MetadataProvider['name'];

function open(t: TestContext, name: Name, { url }: FakeUpstream, apiKey = KEY): MetadataProvider {
  const fetcher = createFetcher({ allowPrivate: ['127.0.0.1'] });
  const upstreams = createUpstreams({ fetcher, redis: null, processes: 1, logger: silentLogger });
  t.after(() => fetcher[Symbol.asyncDispose]());
  const upstream = upstreams.open({
    name,
    credential: '',
    callsPerMinute: 6000,
    burst: 100,
    concurrencyMax: 8,
    proxyUrl: null,
    isPersonal: false,
  });
  return name === 'cinemeta'
    ? new Cinemeta(upstream, url)
    : new Tmdb(upstream, { url: `${url}/3`, imageUrl: IMAGES, apiKey });
}

/** A server that answers by path; anything else is a 404. */
async function serve(
  t: TestContext,
  answers: Readonly<Record<string, Answer | undefined>>,
): Promise<FakeUpstream> {
  const server = await FakeUpstream.start({ answer: ({ path }: Asked) => answers[path] });
  t.after(() => server[Symbol.asyncDispose]());
  return server;
}

const FOLDER = `${process.cwd()}/../shared/data/metadata`;
const skip = existsSync(FOLDER) ? false : 'the answers of real services are not here';
const real = (file: string): Answer => ({
  contentType: 'application/json; charset=utf-8',
  body: readFileSync(`${FOLDER}/${file}`),
});

test('a film and a series of Cinemeta', { skip }, async (t) => {
  const server = await serve(t, {
    '/meta/movie/tt1254207.json': real('cinemeta-meta-movie.json'),
    '/meta/series/tt1748166.json': real('cinemeta-meta-series.json'),
    '/meta/movie/tt0000001.json': real('cinemeta-empty.json'),
    '/catalog/movie/top/search=big buck?.json': real('cinemeta-catalog.json'),
  });
  const cinemeta = open(t, 'cinemeta', server);
  const film = await cinemeta.find(MOVIE, CALL);
  assert.deepEqual(film && pick(film, 'title', 'year', 'released', 'runtimeMinutes', 'genres'), {
    title: 'Big Buck Bunny',
    year: 2008,
    released: '2008-01-01',
    runtimeMinutes: 10,
    genres: ['Animation', 'Short', 'Comedy'],
  });
  assert.deepEqual(
    film?.images.map(({ kind }) => kind),
    ['poster', 'background', 'logo'],
  );
  assert.deepEqual(film.ratings, [{ provider: 'imdb', value: 6.5, votes: 0 }]);
  const series = await cinemeta.find(titleIds('series', { imdbId: 'tt1748166' }), CALL);
  assert.deepEqual(
    series && pick(series, 'title', 'year', 'endYear', 'isRunning', 'runtimeMinutes'),
    { title: 'Pioneer One', year: 2010, endYear: 2011, isRunning: false, runtimeMinutes: 30 },
  );
  assert.equal(series?.episodes.length, 6);
  assert.deepEqual(series.episodes.at(-1), {
    season: 1,
    episode: 6,
    title: 'War of the World',
    overview: '',
    released: '2011-12-13',
    thumbnailUrl: 'https://episodes.metahub.space/tt1748166/1/6/w780.jpg',
  });
  assert.equal(await cinemeta.find(titleIds('movie', { imdbId: 'tt0000001' }), CALL), null);
  assert.equal(await cinemeta.find(titleIds('movie', { imdbId: 'tt0000002' }), CALL), null, '404');
  const found = await cinemeta.search('movie', 'big buck?', CALL);
  assert.deepEqual(
    found.map(({ imdbId, title, year }) => [imdbId, title, year]),
    [
      ['tt1254207', 'Big Buck Bunny', 2008],
      ['tt1727587', 'Sintel', 2010],
    ],
  );
});

test('a film of TMDB by its number and by that of IMDb; lists; errors', { skip }, async (t) => {
  const server = await serve(t, {
    '/3/movie/10378': real('tmdb-movie-details.json'),
    '/3/find/tt1254207': real('tmdb-find-by-imdb.json'),
    '/3/search/tv': real('tmdb-search-tv.json'),
    '/3/tv/66732/external_ids': real('tmdb-tv-external-ids.json'),
  });
  const tmdb = open(t, 'tmdb', server);
  for (const ids of [MOVIE, titleIds('movie', { tmdbId: '10378' })]) {
    const film = await tmdb.find(ids, CALL);
    assert.deepEqual(
      film && pick(film, 'title', 'imdbId', 'tmdbId', 'released', 'country', 'website', 'isAdult'),
      {
        title: 'Big Buck Bunny',
        imdbId: 'tt1254207',
        tmdbId: '10378',
        released: '2008-04-10',
        country: 'NL',
        website: 'https://peach.blender.org/',
        isAdult: false,
      },
    );
    assert.deepEqual(film?.genres, ['Animation', 'Comedy', 'Family']);
    assert.deepEqual(film.images, [], 'null is no picture');
  }
  assert.equal(await tmdb.find(titleIds('series', { imdbId: 'tt1254207' }), CALL), null);
  const found = await tmdb.search('series', 'stranger things', CALL);
  assert.deepEqual(
    found.map(({ tmdbId, title, year, languages }) => [tmdbId, title, year, languages]),
    [
      ['66732', 'Stranger Things', 2016, ['English']],
      ['74851', 'Beyond Stranger Things', 2017, ['English']],
    ],
  );
  assert.equal(found[0]?.images[0]?.url, `${IMAGES}/w500/x2LSRK2Cm7MZhjluni1msVJ3wDF.jpg`);
});

test('the errors that TMDB answers', { skip }, async (t) => {
  const errors = JSON.parse(readFileSync(`${FOLDER}/tmdb-errors.json`, 'utf8')) as {
    http: number;
    body: object;
  }[];
  for (const { http, body } of errors) {
    const server = await serve(t, { '/3/movie/7': json(body, http) });
    const asked = open(t, 'tmdb', server).find(titleIds('movie', { tmdbId: '7' }), CALL);
    if (http === 404) assert.equal(await asked, null);
    else if (http === 401) await fails(asked, 'metadata.bad-answer', /TMDB_API_KEY/);
    else await fails(asked, 'upstream.limited');
  }
});

test('TMDB: a series in one call, with other names, ids, dates and the certificate', async (t) => {
  const names = ['external_ids', 'alternative_titles', 'translations', 'content_ratings'];
  const season = (number: number, episodes: number) => ({
    season_number: number,
    episodes: Array.from({ length: episodes }, (_, at) => ({
      season_number: number,
      episode_number: at + 1,
      name: `E${at + 1}`,
      air_date: '2020-01-02',
      still_path: '/s.jpg',
    })),
  });
  const details = {
    id: 5,
    name: 'Long Road',
    original_name: 'Camino largo',
    original_language: 'es',
    origin_country: ['ES'],
    first_air_date: '2001-05-06',
    status: 'Canceled',
    last_air_date: '2020-01-02',
    episode_run_time: [42],
    seasons: Array.from({ length: 31 }, (_, number) => ({ season_number: number })),
    external_ids: { imdb_id: 'tt0000005', tvdb_id: 55 },
    alternative_titles: {
      results: [{ title: 'Der lange Weg' }, { title: 'Long Road' }, { title: 7 }],
    },
    translations: {
      translations: [{ data: { name: 'La longue route' } }, { data: { name: '' } }, {}],
    },
    content_ratings: {
      results: [
        { iso_3166_1: 'FR', rating: '16' },
        { iso_3166_1: 'US', rating: 'TV-14' },
      ],
    },
  };
  const server = await FakeUpstream.start({
    answer: ({ query }) => {
      const appended = (query.get('append_to_response') ?? '').split(',');
      assert.ok(appended.length <= 20, 'TMDB takes no more');
      const seasons = appended.filter((name) => name.startsWith('season/'));
      const found = seasons.map((name) => [name, season(Number(name.slice(7)), 2)]);
      return json({ ...details, ...Object.fromEntries(found) });
    },
  });
  t.after(() => server[Symbol.asyncDispose]());
  const series = await open(t, 'tmdb', server).find(titleIds('series', { tmdbId: '5' }), CALL);
  assert.deepEqual(
    server.asked.map(({ path }) => path),
    ['/3/tv/5', '/3/tv/5'],
  );
  assert.deepEqual(server.asked[0]?.query.get('append_to_response')?.split(',').slice(0, 4), names);
  assert.equal(series?.episodes.length, 62);
  assert.deepEqual(series.episodes.at(-1), {
    season: 30,
    episode: 2,
    title: 'E2',
    overview: '',
    released: '2020-01-02',
    thumbnailUrl: `${IMAGES}/w300/s.jpg`,
  });
  assert.deepEqual(
    pick(
      series,
      'imdbId',
      'tvdbId',
      'originalTitle',
      'endYear',
      'isRunning',
      'certificate',
      'languages',
    ),
    {
      imdbId: 'tt0000005',
      tvdbId: '55',
      originalTitle: 'Camino largo',
      endYear: 2020,
      isRunning: false,
      certificate: 'Teens',
      languages: ['Spanish'],
    },
  );
  assert.deepEqual(series.alternativeTitles, ['Der lange Weg', 'La longue route']);
});

test('the key of TMDB is a parameter or, where it is a token, a header; and is in no error', async (t) => {
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJhdWQiOiJzbHVpY2UifQ.c2lnbmF0dXJl';
  for (const key of [KEY, token]) {
    const server = await startTmdb({ apiKey: key });
    t.after(() => server[Symbol.asyncDispose]());
    assert.notEqual(await open(t, 'tmdb', server, key).find(MOVIE, CALL), null);
    const sent = server.asked.map(
      ({ query, headers }) => query.get('api_key') ?? headers.authorization,
    );
    assert.ok(sent.every((value) => value === (key === KEY ? key : `Bearer ${key}`)));
    server.script = { fault: { kind: 'status', status: 500 } };
    await assert.rejects(open(t, 'tmdb', server, key).find(MOVIE, CALL), (error) => {
      assert.ok(!JSON.stringify([String(error), error]).includes(key));
      return true;
    });
  }
});

const BAD: readonly (readonly [what: string, fault: Fault, code: RegExp])[] = [
  ['a web page', { kind: 'web-page' }, /^metadata\.bad-answer$/],
  ['half a document', { kind: 'truncated' }, /^metadata\.bad-answer$/],
  ['random bytes', { kind: 'garbage' }, /^metadata\.bad-answer$/],
  ['a connection that ends', { kind: 'cut' }, /^fetch\.failed$/],
  ['a connection that is reset', { kind: 'reset' }, /^fetch\.failed$/],
  ['500', { kind: 'status', status: 500 }, /^upstream\.failed$/],
  ['403', { kind: 'status', status: 403 }, /^metadata\.bad-answer$/],
  ['429', { kind: 'limited', retryAfterS: 60 }, /^upstream\.limited$/],
  ['a bomb', { kind: 'gzip-bomb', bytes: 64 * 2 ** 20 }, /^fetch\.too-large$/],
  ['a redirect to itself', { kind: 'redirect' }, /^fetch\.failed$/],
];

for (const name of ['cinemeta', 'tmdb'] as const) {
  test(`${name}: whatever it does wrong has a name`, async (t) => {
    for (const [what, fault, code] of BAD) {
      const server = name === 'cinemeta' ? await startCinemeta() : await startTmdb({ apiKey: KEY });
      t.after(() => server[Symbol.asyncDispose]());
      server.script = { fault };
      const provider = open(t, name, server);
      const call = { signal: never, timeoutMs: 10_000 };
      const asked = [
        () => provider.find(MOVIE, call),
        () => provider.search('movie', 'sintel', call),
      ];
      for (const ask of asked)
        await assert.rejects(ask, (error: { code?: string }) => {
          assert.match(error.code ?? String(error), code, what);
          return true;
        });
    }
  });

  test(`${name}: a hanging server costs the time that was given, and no more`, async (t) => {
    const server = name === 'cinemeta' ? await startCinemeta() : await startTmdb({ apiKey: KEY });
    t.after(() => server[Symbol.asyncDispose]());
    server.script = { fault: { kind: 'hang' } };
    await fails(
      open(t, name, server).find(MOVIE, { signal: never, timeoutMs: 50 }),
      'fetch.timeout',
    );
  });
}

test('fields of the wrong kind are unknown, and lose no other', async (t) => {
  const nothing = [null, 7, true, [], {}, 'x'.repeat(20_000), '\u0000'];
  const ids = (type: MediaType): TitleIds => titleIds(type, { imdbId: 'tt1254207', tmdbId: '7' });
  for (const value of nothing) {
    const fields = [
      'description',
      'overview',
      'year',
      'releaseInfo',
      'released',
      'runtime',
      'genres',
      'genre',
      'imdbRating',
      'poster',
      'poster_path',
      'backdrop_path',
      'background',
      'logo',
      'country',
      'videos',
      'aliases',
      'popularities',
      'status',
      'seasons',
      'external_ids',
      'alternative_titles',
      'translations',
      'release_dates',
      'content_ratings',
      'origin_country',
      'adult',
      'vote_average',
      'popularity',
      'original_language',
      'original_title',
      'homepage',
      'season/0',
      'release_date',
    ];
    const document = {
      ...Object.fromEntries(fields.map((field) => [field, value])),
      id: 7,
      imdb_id: value,
      name: 'Kept',
      title: 'Kept',
    };
    const server = await FakeUpstream.start({
      answer: () => json({ meta: document, ...document, metas: [document, value] }),
    });
    t.after(() => server[Symbol.asyncDispose]());
    for (const name of ['cinemeta', 'tmdb'] as const)
      for (const type of ['movie', 'series'] as const) {
        const found = await open(t, name, server).find(ids(type), CALL);
        assert.equal(found?.title, 'Kept', `${name} ${JSON.stringify(value).slice(0, 20)}`);
        assert.ok(!JSON.stringify(found).includes('\\u0000'));
        assert.ok(found.year >= 0 && found.runtimeMinutes >= 0 && found.episodes.length === 0);
      }
  }
});

function pick<K extends keyof FoundTitle>(
  found: FoundTitle,
  ...names: readonly K[]
): Pick<FoundTitle, K> {
  return Object.fromEntries(names.map((name) => [name, found[name]])) as Pick<FoundTitle, K>;
}
