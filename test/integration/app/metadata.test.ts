/** Titles that are not in the library yet: made on demand, once for everybody, and remembered where nobody knows them. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import postgres from 'postgres';
import { eventually } from '../../support/cache-parts.ts';
import { appModes, startApp, type RunningApp, type StartOptions } from '../../support/start-app.ts';
import { startCinemeta } from '../../support/upstreams/cinemeta.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { startTmdb } from '../../support/upstreams/tmdb.ts';

const KEY = 'abcdef0123456789abcdef0123456789';
const external = appModes().includes('external-1') ? 'external-1' : 'embedded';

interface Setup {
  readonly app: RunningApp;
  readonly cinemeta: FakeUpstream;
  readonly tmdb: FakeUpstream;
}

async function start(t: TestContext, options: StartOptions = {}): Promise<Setup> {
  const cinemeta = await startCinemeta();
  const tmdb = await startTmdb({ apiKey: KEY });
  for (const upstream of [cinemeta, tmdb]) t.after(() => upstream[Symbol.asyncDispose]());
  const app = await startApp({
    mode: external,
    ...options,
    environment: {
      DEMO_CATALOG: 'false',
      CINEMETA_URL: `${cinemeta.url}/manifest.json`,
      TMDB_URL: `${tmdb.url}/3`,
      TMDB_API_KEY: KEY,
      ANIME_LIST_URL: 'none',
      METADATA_DEADLINE_MS: '14000',
      ...options.environment,
    },
  });
  t.after(() => app[Symbol.asyncDispose]());
  return { app, cinemeta, tmdb };
}

interface Meta {
  readonly id: string;
  readonly name: string;
  readonly releaseInfo: string;
  readonly background: string;
  readonly videos?: readonly { readonly id: string; readonly thumbnail?: string }[];
}

async function get(app: RunningApp, path: string) {
  const response = await fetch(app.baseUrl + path);
  const body = (await response.json()) as {
    meta?: Meta;
    metas?: readonly Meta[];
    error?: { code: string };
  };
  return { status: response.status, ...body };
}

const pathsOf = (upstream: FakeUpstream) => upstream.asked.map(({ path }) => path);

test('an unknown id: asked for, made, shown with episodes and artwork, and never asked for again', async (t) => {
  const { app, cinemeta, tmdb } = await start(t);
  const { meta } = await get(app, '/meta/series/tt1748166.json');
  assert.deepEqual([meta?.name, meta?.releaseInfo], ['Pioneer One', '2010-2011']);
  assert.match(meta?.background ?? '', /backdrop|metahub/);
  assert.deepEqual(meta?.videos?.map(({ id }) => id).slice(0, 2), [
    'tt1748166:1:1',
    'tt1748166:1:2',
  ]);
  assert.match(meta.videos?.[0]?.thumbnail ?? '', /^https:/);
  const asked = [cinemeta.asked.length, tmdb.asked.length];
  for (const id of ['tt1748166', 'sl:series-tt1748166'])
    assert.equal((await get(app, `/meta/series/${id}.json`)).meta?.name, 'Pioneer One', id);
  assert.equal((await get(app, '/meta/movie/tmdb:10378.json')).meta?.name, 'Big Buck Bunny');
  assert.equal((await get(app, '/meta/movie/tt1254207.json')).meta?.id, 'tt1254207');
  assert.equal(cinemeta.asked.length, (asked[0] ?? 0) + 1, pathsOf(cinemeta).join());
  assert.equal(tmdb.asked.length, (asked[1] ?? 0) + 1, pathsOf(tmdb).join());
});

test('posters of unknown titles, and titles that another instance made of the same id', async (t) => {
  const { app } = await start(t);
  const poster = await fetch(`${app.baseUrl}/poster/movie/tt0063350.jpg`);
  assert.deepEqual([poster.status, poster.headers.get('content-type')], [200, 'image/jpeg']);
  const id = 'sl:movie-tmdb-10378';
  const { meta } = await get(app, `/meta/movie/${encodeURIComponent(id)}.json`);
  assert.deepEqual([meta?.id, meta?.name], [id, 'Big Buck Bunny']);
});

test('an id that nobody knows: each service is asked once, however often and by however many', async (t) => {
  const { app, cinemeta, tmdb } = await start(t);
  const ask = () => get(app, '/meta/movie/tt9999998.json');
  for (let round = 0; round < 3; round++) {
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    for (const { status, error } of answers)
      assert.deepEqual([status, error?.code], [404, 'media.not-found']);
  }
  assert.equal((await fetch(`${app.baseUrl}/poster/movie/tt9999998.jpg`)).status, 404);
  assert.deepEqual(pathsOf(cinemeta), ['/meta/movie/tt9999998.json']);
  assert.deepEqual(pathsOf(tmdb), ['/3/find/tt9999998']);
  const wrongType = await get(app, '/meta/series/tt1254207.json');
  assert.equal(wrongType.status, 404);
});

test('services that fail: said so, tried again soon, and nothing is remembered', async (t) => {
  const { app, cinemeta, tmdb } = await start(t);
  cinemeta.script = { fault: { kind: 'web-page' } };
  tmdb.script = { fault: { kind: 'status', status: 403 } };
  const failed = await get(app, '/meta/movie/tt1254207.json');
  assert.deepEqual([failed.status, failed.error?.code], [503, 'metadata.unavailable']);
  cinemeta.script = {};
  await eventually(
    'the title',
    async () => (await get(app, '/meta/movie/tt1254207.json')).meta?.name === 'Big Buck Bunny',
  );
  assert.ok(!app.output().includes(KEY), 'the key is in no log');
});

test('a service that is slow costs the deadline; what it says later is there for the next', async (t) => {
  const { app, cinemeta } = await start(t, {
    environment: { METADATA_DEADLINE_MS: '200', TMDB_API_KEY: '' },
  });
  cinemeta.script = { latency: 1000 };
  const first = await get(app, '/meta/movie/tt1254207.json');
  assert.deepEqual([first.status, first.error?.code], [503, 'metadata.unavailable']);
  await eventually(
    'the title',
    async () => (await get(app, '/meta/movie/tt1254207.json')).status === 200,
  );
  assert.equal(cinemeta.asked.length, 1);
});

test('searches show what is not in the library yet, behind what is; opening it asks for the rest', async (t) => {
  const { app, cinemeta, tmdb } = await start(t);
  await get(app, '/meta/movie/tt1254207.json');
  const names = async (text: string) =>
    (await get(app, `/catalog/movie/search/search=${encodeURIComponent(text)}.json`)).metas?.map(
      ({ id, name }) => `${id} ${name}`,
    );
  assert.deepEqual(await names('sintel'), ['tt1727587 Sintel']);
  assert.deepEqual(await names('bunny'), ['tt1254207 Big Buck Bunny']);
  assert.deepEqual(await names('no such title'), []);
  const before = cinemeta.asked.length;
  assert.deepEqual(await names('sintel'), ['tt1727587 Sintel']);
  assert.equal(cinemeta.asked.length, before, 'remembered');
  const { meta } = await get(app, '/meta/movie/tt1727587.json');
  assert.match(meta?.background ?? '', /^https/, 'a list has no backgrounds');
  assert.ok(pathsOf(tmdb).includes('/3/find/tt1727587'));
});

test(
  'two processes, one id: services are asked once',
  { skip: appModes().includes('external-2') ? false : 'needs Redis and PgBouncer' },
  async (t) => {
    const { app, cinemeta, tmdb } = await start(t, { mode: 'external-2' });
    cinemeta.script = { latency: 300 };
    const ids = ['tt1254207', 'tt9999997'];
    for (const id of ids) {
      const answers = await Promise.all(
        Array.from({ length: 40 }, () => get(app, `/meta/movie/${id}.json`)),
      );
      assert.deepEqual(
        new Set(answers.map(({ status }) => status)),
        new Set([id === 'tt1254207' ? 200 : 404]),
      );
    }
    assert.deepEqual(
      pathsOf(cinemeta),
      ids.map((id) => `/meta/movie/${id}.json`),
    );
    assert.equal(pathsOf(tmdb).filter((path) => path.startsWith('/3/find/')).length, 2);
  },
);

test(
  'a series that runs is asked for again when its time has come, behind the answer',
  { skip: external === 'embedded' ? 'needs a database of its own' : false },
  async (t) => {
    const { app, cinemeta } = await start(t, {
      environment: { TMDB_API_KEY: '', META_CACHE_TTL_SECONDS: '1' },
    });
    await get(app, '/meta/series/tt1748166.json');
    assert.equal(cinemeta.asked.length, 1);
    const sql = postgres(app.databaseUri ?? '', { max: 1 });
    t.after(() => sql.end());
    await sql`UPDATE title_metadata SET next_at = now() - interval '1 minute'`;
    await sql`DELETE FROM episode WHERE episode = 2`;
    const episodes = async () =>
      (await get(app, '/meta/series/tt1748166.json')).meta?.videos?.length;
    await eventually(
      'the episode that was missing',
      async () => (await episodes()) === 6 && cinemeta.asked.length === 2,
    );
  },
);

test('without a source and without a service nobody is asked', async (t) => {
  const { app, cinemeta, tmdb } = await start(t, {
    environment: { CINEMETA_URL: 'none', TMDB_API_KEY: '' },
  });
  assert.equal((await get(app, '/meta/movie/tt1254207.json')).status, 404);
  assert.deepEqual([cinemeta.asked, tmdb.asked], [[], []]);
});
