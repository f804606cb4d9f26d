/** Ids of anime: the list says which season of which series they are, and the episodes of that season are shown and played. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import postgres from 'postgres';
import { eventually } from '../../support/cache-parts.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';
import { startCinemeta } from '../../support/upstreams/cinemeta.ts';
import { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { startTorznab } from '../../support/upstreams/torznab.ts';

const LIST = [
  {
    type: 'TV',
    kitsu_id: 100,
    mal_id: 200,
    imdb_id: ['tt1748166'],
    season: { tvdb: 1 },
    episode_offset: { tvdb: 0 },
  },
  {
    type: 'TV',
    kitsu_id: 101,
    anilist_id: 301,
    imdb_id: ['tt1748166'],
    season: { tvdb: 1 },
    episode_offset: { tvdb: 2 },
  },
  { type: 'MOVIE', kitsu_id: 102, imdb_id: ['tt1254207'] },
  { type: 'TV', kitsu_id: 103, imdb_id: ['tt9999996'] },
];
const ETAG = '"list-1"';

interface Setup {
  readonly app: RunningApp;
  readonly list: FakeUpstream;
}

async function start(t: TestContext): Promise<Setup> {
  const cinemeta = await startCinemeta();
  const torznab = await startTorznab();
  const list = await FakeUpstream.start({
    answer: ({ headers }) =>
      headers['if-none-match'] === ETAG
        ? { status: 304 }
        : {
            contentType: 'text/plain; charset=utf-8',
            headers: { etag: ETAG },
            body: JSON.stringify(LIST),
          },
  });
  for (const upstream of [cinemeta, torznab, list]) t.after(() => upstream[Symbol.asyncDispose]());
  const app = await startApp({
    mode: appModes().includes('external-1') ? 'external-1' : 'embedded',
    environment: {
      DEMO_CATALOG: 'false',
      CINEMETA_URL: cinemeta.url,
      ANIME_LIST_URL: `${list.url}/anime-list-mini.json`,
      METADATA_DEADLINE_MS: '14000',
      LIVE_SEARCH_DEADLINE_MS: '14000',
      TORZNAB_SOURCES: JSON.stringify([{ name: 'Fake', url: `${torznab.url}/api`, apiKey: '' }]),
    },
  });
  t.after(() => app[Symbol.asyncDispose]());
  return { app, list };
}

async function get(app: RunningApp, path: string) {
  const response = await fetch(app.baseUrl + path);
  const body = (await response.json()) as {
    meta?: { id: string; name: string; videos?: readonly { id: string; title: string }[] };
    streams?: readonly { infoHash?: string; description: string }[];
    error?: { code: string };
  };
  return { status: response.status, ...body };
}

test('an entry is the season that the list says, from the episode on that it says', async (t) => {
  const { app, list } = await start(t);
  const shown = async (id: string) =>
    (await get(app, `/meta/series/${encodeURIComponent(id)}.json`)).meta?.videos?.map(
      (video) => video.id,
    );
  assert.deepEqual(await shown('kitsu:101'), [
    'kitsu:101:1',
    'kitsu:101:2',
    'kitsu:101:3',
    'kitsu:101:4',
  ]);
  assert.deepEqual(await shown('kitsu:100'), ['kitsu:100:1', 'kitsu:100:2']);
  assert.equal((await shown('anilist:301'))?.[0], 'anilist:301:1');
  assert.equal((await shown('tt1748166'))?.length, 6);
  assert.equal((await get(app, '/meta/movie/kitsu:102.json')).meta?.name, 'Big Buck Bunny');
  for (const path of [
    '/meta/series/kitsu:999.json',
    '/meta/series/kitsu:103.json',
    '/meta/series/kitsu:102.json',
  ])
    assert.equal((await get(app, path)).status, 404, path);
  assert.equal(list.asked.length, 1);
});

test('what plays an episode of the series plays it by its entry: a cold id is found, searched and listed', async (t) => {
  const { app } = await start(t);
  const hashes = async (path: string) =>
    (await get(app, path)).streams?.flatMap(({ infoHash }) => infoHash ?? []).sort();
  const byEntry = await hashes('/stream/series/kitsu:101:1.json');
  assert.ok(byEntry !== undefined && byEntry.length > 0);
  assert.deepEqual(await hashes('/stream/series/tt1748166:1:3.json'), byEntry);
});

test('a list that does not come: said so; one that is old is renewed behind, and stays when it is the newest', async (t) => {
  const { app, list } = await start(t);
  list.script = { fault: { kind: 'web-page' } };
  const failed = await get(app, '/meta/series/kitsu:100.json');
  assert.deepEqual([failed.status, failed.error?.code], [503, 'metadata.unavailable']);
  if (app.databaseUri === null) return;
  const sql = postgres(app.databaseUri, { max: 1 });
  t.after(() => sql.end());
  const makeDue = () => sql`UPDATE anime_list SET next_at = now() - interval '1 minute'`;
  list.script = {};
  await makeDue();
  await eventually(
    'the title',
    async () => (await get(app, '/meta/series/kitsu:100.json')).status === 200,
  );
  const asked = list.asked.length;
  await makeDue();
  await get(app, '/meta/series/mal:999.json');
  await eventually('the list is asked for', () => list.asked.length === asked + 1);
  assert.equal(list.asked.at(-1)?.headers['if-none-match'], ETAG);
  assert.equal((await get(app, '/meta/movie/kitsu:102.json')).status, 200);
});
