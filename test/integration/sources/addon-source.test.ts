/** Protects searches of add-ons and of Zilean: what they are asked and how often; with a real add-on and with recorded answers. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { FoundRelease, SearchSubject } from '../../../src/features/sources/contract.ts';
import { addonSource } from '../../../src/features/sources/providers/addon.ts';
import { zileanSource } from '../../../src/features/sources/providers/zilean.ts';
import type { Source } from '../../../src/features/sources/source.ts';
import { AppError } from '../../../src/lib/errors.ts';
import { createFetcher } from '../../../src/platform/fetch/fetcher.ts';
import { createUpstreams } from '../../../src/platform/upstream/upstreams.ts';
import { NEVER, silentLogger } from '../../support/cache-parts.ts';
import { subjectOf } from '../../support/source-kits.ts';
import { startAddon, type AddonOptions } from '../../support/upstreams/addon.ts';
import { FakeUpstream, json } from '../../support/upstreams/fake-upstream.ts';
import { startZilean } from '../../support/upstreams/zilean.ts';

const ZILEAN = '../shared/data/zilean';
const NIGHT = subjectOf('tt0063350');
const EPISODE = subjectOf('tt1748166', 1, 2);
const COMMON = { isPersonal: false, proxyUrl: null } as const;

function upstreamsOf(t: TestContext) {
  const fetcher = createFetcher({ allowPrivate: [] });
  t.after(() => fetcher[Symbol.asyncDispose]());
  return createUpstreams({ fetcher, redis: null, processes: 1, logger: silentLogger });
}

function openAddon(t: TestContext, url: string, kind: 'addon' | 'torrentio' = 'addon') {
  return addonSource({ ...COMMON, kind, id: kind, name: 'host.example', url }, upstreamsOf(t));
}

async function fake(t: TestContext, options: AddonOptions = {}) {
  const upstream = await startAddon(options);
  t.after(() => upstream[Symbol.asyncDispose]());
  return { upstream, source: openAddon(t, `${upstream.url}/manifest.json`) };
}

function openZilean(t: TestContext, upstream: FakeUpstream) {
  t.after(() => upstream[Symbol.asyncDispose]());
  return zileanSource(
    { ...COMMON, kind: 'zilean', id: 'zilean', name: 'Zilean', url: upstream.url },
    upstreamsOf(t),
  );
}

async function found(source: Source, subject: SearchSubject = NIGHT): Promise<FoundRelease[]> {
  const releases: FoundRelease[] = [];
  await source.search(subject, { signal: NEVER, found: (some) => releases.push(...some) });
  return releases;
}

const paths = ({ asked }: FakeUpstream) => asked.map(({ path }) => path);

test('the manifest is asked for once; then it decides, and names the add-on', async (t) => {
  const { source, upstream } = await fake(t, { name: 'Free films' });
  assert.equal(source.name, 'host.example');
  await Promise.all([found(source), found(source, EPISODE)]);
  await found(source);
  assert.deepEqual(paths(upstream).toSorted(), [
    '/manifest.json',
    '/stream/movie/tt0063350.json',
    '/stream/movie/tt0063350.json',
    '/stream/series/tt1748166:1:2.json',
  ]);
  assert.equal(source.name, 'Free films');
  assert.equal(source.canSearch(NIGHT), true);
  assert.equal(source.canSearch({ ...NIGHT, imdbId: '' }), false);
});

test('what the manifest does not offer is not asked for', async (t) => {
  const manifests = [
    { types: ['series'], resources: ['stream'] },
    { idPrefixes: ['kitsu:'], resources: ['stream'] },
    { resources: ['catalog', 'meta'] },
  ];
  for (const manifest of manifests) {
    const { source, upstream } = await fake(t, { manifest });
    assert.equal(source.canSearch(NIGHT), true, 'nothing is known yet');
    assert.deepEqual(await found(source), []);
    assert.deepEqual(paths(upstream), ['/manifest.json']);
    assert.equal(source.canSearch(NIGHT), false);
  }
  const { source } = await fake(t, { manifest: { resources: ['catalog'] } });
  assert.match((await source.test(NEVER)).message, /no streams/);
});

test('an add-on of TMDB ids is asked with one', async (t) => {
  const { source, upstream } = await fake(t, {
    manifest: { resources: [{ name: 'stream', types: ['movie'], idPrefixes: ['tmdb:'] }] },
  });
  await found(source);
  assert.deepEqual(paths(upstream), ['/manifest.json', '/stream/movie/tmdb:10331.json']);
});

test('one that is known needs no manifest; nothing at its address is a mistake', async (t) => {
  const upstream = await startAddon();
  t.after(() => upstream[Symbol.asyncDispose]());
  assert.ok((await found(openAddon(t, upstream.url, 'torrentio'))).length > 0);
  assert.deepEqual(paths(upstream), ['/stream/movie/tt0063350.json']);
  await assert.rejects(
    found(openAddon(t, `${upstream.url}/elsewhere`, 'torrentio')),
    (error) =>
      error instanceof AppError && error.code === 'source.bad-answer' && /404/.test(error.message),
  );
});

interface SdkBuilder {
  defineStreamHandler(handler: (args: { type: string; id: string }) => Promise<unknown>): void;
  getInterface(): unknown;
}

type SdkRouter = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

test('a real add-on, made with the SDK of Stremio', async (t) => {
  const { addonBuilder: AddonBuilder, getRouter } = createRequire(import.meta.url)(
    'stremio-addon-sdk',
  ) as {
    readonly addonBuilder: new (manifest: unknown) => SdkBuilder;
    readonly getRouter: (addon: unknown) => SdkRouter;
  };
  const infoHash = '07a9de9750158471c3302e4e95edb1107f980fa6';
  const asked: string[] = [];
  const builder = new AddonBuilder({
    id: 'org.example.real',
    version: '1.0.0',
    name: 'Real add-on',
    description: '',
    resources: ['stream'],
    types: ['movie', 'series'],
    idPrefixes: ['tt'],
    catalogs: [],
  });
  builder.defineStreamHandler(({ type, id }) => {
    asked.push(`${type} ${id}`);
    const row = {
      name: 'Real',
      title: 'Pioneer.One.S01E02.720p\n👤 4 💾 652 MB',
      infoHash,
      fileIdx: 0,
    };
    return Promise.resolve({
      streams: [row, { externalUrl: 'https://addon.invalid/', name: 'Notice' }],
    });
  });
  const route = getRouter(builder.getInterface());
  const server = createServer((request, response) =>
    route(request, response, () => response.writeHead(404).end()),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const source = openAddon(
    t,
    `http://127.0.0.1:${(server.address() as AddressInfo).port}/manifest.json`,
  );
  const [release, ...others] = await found(source, EPISODE);
  assert.deepEqual(asked, ['series tt1748166:1:2']);
  assert.deepEqual(others, []);
  assert.deepEqual(
    [release?.infohash, release?.name, release?.seeders, release?.fileIndex, release?.origin],
    [infoHash, 'Pioneer.One.S01E02.720p', 4, 0, 'Real add-on'],
  );
  assert.equal(
    (await source.test(NEVER)).message,
    'Real add-on answers: streams of movie and series, ids tt',
  );
});

test(
  'zilean: recorded answers',
  { skip: existsSync(ZILEAN) ? false : `${ZILEAN} is not there` },
  async (t) => {
    const recorded = await readFile(`${ZILEAN}/dmm-filtered.json`, 'utf8');
    const body = JSON.parse(recorded) as readonly {
      info_hash: string;
      raw_title: string;
      size: string;
    }[];
    const upstream = await FakeUpstream.start({ answer: () => json(body) });
    const releases = await found(openZilean(t, upstream), { ...NIGHT, imdbId: '' });
    assert.deepEqual(
      releases.map(({ infohash, name, sizeBytes }) => [infohash, name, String(sizeBytes)]),
      body.map((entry) => [entry.info_hash, entry.raw_title, entry.size]),
    );
    const empty = await FakeUpstream.start({
      answer: () => ({ contentType: 'application/json', body: '[]' }),
    });
    assert.deepEqual(await found(openZilean(t, empty)), []);
  },
);

test('zilean: by name and by id, plainly only when that has nothing', async (t) => {
  const upstream = await startZilean();
  const source = openZilean(t, upstream);
  await found(source);
  await found(source, EPISODE);
  const queries = upstream.asked.map(({ path, query }) => `${path}?${query}`);
  assert.deepEqual(queries.toSorted(), [
    '/dmm/filtered?ImdbId=tt0063350',
    '/dmm/filtered?ImdbId=tt1748166&Season=1&Episode=2',
    '/dmm/filtered?Query=Night+of+the+Living+Dead&Year=1968',
    '/dmm/filtered?Query=Pioneer+One&Season=1&Episode=2',
  ]);
  upstream.asked.length = 0;
  await found(source, subjectOf('tt9999999'));
  assert.deepEqual(paths(upstream), ['/dmm/filtered', '/dmm/filtered', '/dmm/search']);
  upstream.asked.length = 0;
  await found(source, { ...EPISODE, isAnime: true, season: 2 });
  assert.deepEqual(paths(upstream).toSorted(), ['/dmm/filtered', '/dmm/filtered', '/dmm/search']);
});
