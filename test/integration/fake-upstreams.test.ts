/** Protects the fakes themselves: each fault is what it says, and each protocol answers what its real servers answer. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test, type TestContext } from 'node:test';
import { eventually } from '../support/processes.ts';
import { startAddon } from '../support/upstreams/addon.ts';
import { startCinemeta } from '../support/upstreams/cinemeta.ts';
import { FakeUpstream, json, type Script } from '../support/upstreams/fake-upstream.ts';
import { BOMB_BYTES, type Fault } from '../support/upstreams/fault.ts';
import { startJackett } from '../support/upstreams/jackett.ts';
import { startPeer } from '../support/upstreams/peer.ts';
import { downloadedInfohash, startProwlarr } from '../support/upstreams/prowlarr.ts';
import { startTmdb } from '../support/upstreams/tmdb.ts';
import { startTorznab } from '../support/upstreams/torznab.ts';
import { WORKS } from '../support/upstreams/works.ts';
import { startZilean } from '../support/upstreams/zilean.ts';
import { readTorrent } from '../../src/lib/torrent/torrent-file.ts';

const KEY = 'canary';
const API = '../shared/data/torznab/prowlarr-openapi-subset.json';
const BODY = { some: 'x'.repeat(1000) };

function disposed<T extends AsyncDisposable>(t: TestContext, upstream: T): T {
  t.after(() => upstream[Symbol.asyncDispose]());
  return upstream;
}

async function faulty(t: TestContext, script: Script): Promise<FakeUpstream> {
  return disposed(t, await FakeUpstream.start({ answer: () => json(BODY), script }));
}

const get = async (url: string, init: RequestInit = {}) => {
  const response = await fetch(url, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const getJson = async (url: string, init: RequestInit = {}) =>
  JSON.parse((await get(url, init)).text) as never;

test('faults that end in an answer', async (t) => {
  const of = async (fault: Fault) => get((await faulty(t, { fault })).url, { redirect: 'manual' });
  const limited = await of({ kind: 'limited', retryAfterS: 7 });
  assert.deepEqual([limited.status, limited.headers.get('retry-after')], [429, '7']);
  assert.equal((await of({ kind: 'status', status: 500 })).status, 500);
  const half = (await of({ kind: 'truncated' })).text;
  assert.ok(half.startsWith('{"some":"xxx') && !half.endsWith('}'));
  assert.match((await of({ kind: 'web-page' })).text, /^<!doctype html>/);
  const garbage = await of({ kind: 'garbage' });
  assert.match(garbage.headers.get('content-type') ?? '', /json/);
  assert.throws(() => JSON.parse(garbage.text) as unknown);
  const redirect = await of({ kind: 'redirect', location: 'http://127.0.0.1:1/' });
  assert.deepEqual(
    [redirect.status, redirect.headers.get('location')],
    [302, 'http://127.0.0.1:1/'],
  );
  const drip = await of({ kind: 'slow-drip', pieceBytes: 100, pauseMs: 1 });
  assert.deepEqual(JSON.parse(drip.text), BODY);
  const bomb = await of({ kind: 'gzip-bomb', bytes: BOMB_BYTES });
  assert.equal(bomb.text.length, BOMB_BYTES);
});

test('faults that end in no answer', async (t) => {
  const faults: readonly Fault[] = [{ kind: 'reset' }, { kind: 'cut' }];
  for (const fault of faults) await assert.rejects(get((await faulty(t, { fault })).url));
  for (const fault of [{ kind: 'hang' }, { kind: 'hang-body' }] as const) {
    const upstream = await faulty(t, { fault });
    const control = new AbortController();
    const answer = get(upstream.url, { signal: control.signal });
    let isSettled = false;
    void answer.catch(() => {}).finally(() => (isSettled = true));
    await eventually('the request arrives', 60_000, () => upstream.asked.length === 1);
    assert.deepEqual([isSettled, upstream.underWay], [false, 1]);
    control.abort();
    await assert.rejects(answer);
  }
});

test('a script decides for each request; what was asked is kept', async (t) => {
  const upstream = await faulty(t, ({ path, query }) =>
    path === '/bad'
      ? { fault: { kind: 'status', status: 503 } }
      : { latency: Number(query.get('ms')) },
  );
  assert.equal((await get(`${upstream.url}/bad`)).status, 503);
  const started = performance.now();
  await get(`${upstream.url}/a%20b?ms=40`, {
    method: 'POST',
    body: 'text',
    headers: { 'x-key': KEY },
  });
  assert.ok(performance.now() - started >= 39);
  const [, second] = upstream.asked;
  assert.deepEqual(
    [second?.method, second?.path, second?.body, second?.headers['x-key']],
    ['POST', '/a b', 'text', KEY],
  );
  upstream.script = { latency: { medianMs: 2, p99Ms: 8 } };
  await Promise.all(Array.from({ length: 20 }, () => get(upstream.url)));
  assert.ok(upstream.mostUnderWay > 1);
});

test('a torznab indexer searches by id and by words, pages, and refuses a wrong key', async (t) => {
  const { url } = disposed(
    t,
    await startTorznab({ apiKey: KEY, limitMax: 2, errorAttribute: 'error' }),
  );
  const ask = async (query: string) => (await get(`${url}/api?apikey=${KEY}&${query}`)).text;
  const titles = (feed: string) =>
    [...feed.matchAll(/<item>\n<title>([^<]*)/g)].map(([, title]) => title);
  assert.match(await ask('t=caps'), /<limits max="2"/);
  assert.equal(titles(await ask('t=movie&imdbid=0063350')).length, 2);
  assert.equal(titles(await ask('t=movie&imdbid=tt0063350&offset=2')).length, 1);
  assert.equal(titles(await ask('t=search&q=night+living+dead+1968')).length, 2);
  assert.deepEqual(titles(await ask('t=tvsearch&q=pioneer+one&season=1&ep=2')), [
    'Pioneer.One.S01E02.720p.x264-VODO',
    'Pioneer.One.S01.1080p.WEB-DL.AAC.H264-VODO',
  ]);
  assert.match(await ask('t=book'), /<error error="203"/);
  assert.match((await get(`${url}/api?t=search&apikey=x`)).text, /<error error="100"/);
});

test('prowlarr lists indexers with their states; a download is a torrent file', async (t) => {
  const till = '2999-01-01T00:00:00Z';
  const { url } = disposed(
    t,
    await startProwlarr({
      apiKey: KEY,
      indexers: [
        { id: 1, name: 'One', hashIn: 'download' },
        { id: 2, name: 'Two', disabledTill: till },
      ],
    }),
  );
  const headers = { 'x-api-key': KEY };
  assert.equal((await get(`${url}/api/v1/indexer`)).status, 401);
  assert.equal(((await getJson(`${url}/api/v1/indexer`, { headers })) as unknown[]).length, 2);
  assert.deepEqual(
    ((await getJson(`${url}/api/v1/indexerstatus`, { headers })) as { indexerId: number }[]).map(
      ({ indexerId }) => indexerId,
    ),
    [2],
  );
  const feed = (await get(`${url}/1/api?t=movie&imdbid=tt1727587&apikey=${KEY}`)).text;
  const link = /<link>(.*?)<\/link>/.exec(feed)?.[1]?.replaceAll('&amp;', '&') ?? '';
  assert.ok(link.startsWith(`${url}/1/download/`) && link.includes(KEY));
  const file = await (await fetch(link)).arrayBuffer();
  const [sintel] = WORKS[2]?.releases ?? [];
  assert.ok(sintel !== undefined);
  assert.equal(readTorrent(new Uint8Array(file)).infohash, downloadedInfohash(sintel));
  assert.equal((await get(`${url}/9/api?t=caps&apikey=${KEY}`)).status, 404);
});

interface Schema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly enum?: readonly string[];
}

test(
  'prowlarr answers with what its API document names',
  { skip: existsSync(API) ? false : `${API} is not there` },
  async (t) => {
    const { components } = JSON.parse(await readFile(API, 'utf8')) as {
      readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
    };
    const indexers = [{ id: 1, name: 'One', disabledTill: '2999-01-01T00:00:00Z' }];
    const { url } = disposed(t, await startProwlarr({ apiKey: KEY, indexers }));
    const headers = { 'x-api-key': KEY };
    const check = (value: object, schema: string) => {
      const known = Object.keys(components.schemas[schema]?.properties ?? {});
      for (const name of Object.keys(value)) assert.ok(known.includes(name), `${schema}.${name}`);
    };
    const [indexer] = (await getJson(`${url}/api/v1/indexer`, { headers })) as {
      capabilities: { movieSearchParams: string[]; tvSearchParams: string[] };
    }[];
    assert.ok(indexer !== undefined);
    check(indexer, 'IndexerResource');
    check(indexer.capabilities, 'IndexerCapabilityResource');
    for (const name of indexer.capabilities.movieSearchParams)
      assert.ok(components.schemas['MovieSearchParam']?.enum?.includes(name), name);
    for (const name of indexer.capabilities.tvSearchParams)
      assert.ok(components.schemas['TvSearchParam']?.enum?.includes(name), name);
    const [state] = (await getJson(`${url}/api/v1/indexerstatus`, { headers })) as object[];
    assert.ok(state !== undefined);
    check(state, 'IndexerStatusResource');
    check(await getJson(`${url}/api/v1/system/status`, { headers }), 'SystemResource');
  },
);

test('jackett, zilean, add-ons and peers', async (t) => {
  const jackett = disposed(
    t,
    await startJackett({
      apiKey: KEY,
      indexers: [
        { id: 'one', name: 'One' },
        { id: 'two', name: 'Two', isConfigured: false },
      ],
    }),
  );
  const indexers = `${jackett.url}/api/v2.0/indexers/all/results/torznab/api?t=indexers&configured=true`;
  assert.match((await get(indexers)).text, /error code="100"/);
  assert.deepEqual((await get(`${indexers}&apikey=${KEY}`)).text.match(/indexer id="\w+"/g), [
    'indexer id="one"',
  ]);

  const zilean = disposed(t, await startZilean());
  const [entry] = (await getJson(`${zilean.url}/dmm/filtered?Query=sintel`)) as { size: unknown }[];
  assert.equal(typeof entry?.size, 'string');
  const search = { method: 'POST', body: '{"queryText":"sintel 2010"}' };
  assert.equal((await get(`${zilean.url}/dmm/search`, search)).status, 415);
  const typed = { ...search, headers: { 'content-type': 'application/json' } };
  assert.equal(((await getJson(`${zilean.url}/dmm/search`, typed)) as unknown[]).length, 2);

  const addon = disposed(t, await startAddon({ settings: 'k=canary' }));
  const streams = `${addon.url}/k=canary/stream/series/tt1748166:1:2.json`;
  assert.equal(((await getJson(streams)) as { streams: unknown[] }).streams.length, 2);
  assert.equal((await get(`${streams}?x=1`)).status, 404);

  const peer = disposed(t, await startPeer({ torznab: 'off' }));
  assert.match((await get(`${peer.url}/torznab/api?t=caps`)).text, /code="503"/);
  assert.equal((await get(`${peer.url}/manifest.json`)).status, 200);
});

test('metadata services', async (t) => {
  const cinemeta = disposed(t, await startCinemeta());
  const { meta } = (await getJson(`${cinemeta.url}/meta/series/tt1748166.json`)) as {
    meta: { videos: unknown[] };
  };
  assert.equal(meta.videos.length, 6);
  assert.deepEqual(await getJson(`${cinemeta.url}/meta/movie/tt9999999.json`), { meta: {} });
  const found = (await getJson(`${cinemeta.url}/catalog/movie/top/search=big%20buck.json`)) as {
    metas: unknown[];
  };
  assert.equal(found.metas.length, 1);

  const tmdb = disposed(t, await startTmdb({ apiKey: KEY }));
  assert.equal((await get(`${tmdb.url}/3/movie/10378`)).status, 401);
  const key = `api_key=${KEY}`;
  const details = (await getJson(
    `${tmdb.url}/3/movie/10378?${key}&append_to_response=external_ids,alternative_titles`,
  )) as { external_ids: { imdb_id: string }; alternative_titles: { titles: unknown[] } };
  assert.deepEqual(
    [details.external_ids.imdb_id, details.alternative_titles.titles.length],
    ['tt1254207', 1],
  );
  const season = (await getJson(`${tmdb.url}/3/tv/33765/season/1?${key}`)) as {
    episodes: unknown[];
  };
  assert.equal(season.episodes.length, 6);
  const byImdb = (await getJson(`${tmdb.url}/3/find/tt1254207?external_source=imdb_id&${key}`)) as {
    movie_results: unknown[];
  };
  assert.equal(byImdb.movie_results.length, 1);
  assert.equal((await get(`${tmdb.url}/3/movie/1?${key}`)).status, 404);
});
