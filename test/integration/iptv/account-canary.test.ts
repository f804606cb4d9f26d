/** The account of a provider, in every place where a list, a guide or an API may have it: kept sealed, told to nobody but the provider. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import postgres, { type Sql } from 'postgres';
import { AccountSeals } from '../../../src/features/iptv/accounts/account-seals.ts';
import { ProviderAccounts } from '../../../src/features/iptv/accounts/provider-accounts.ts';
import { AccountStore } from '../../../src/features/iptv/accounts/store.ts';
import { poll } from '../../../src/lib/async/wait.ts';
import { KeyRing } from '../../../src/lib/install-token/key-ring.ts';
import { xmltvTime } from '../../../src/lib/xmltv/time.ts';
import { canaryIn, CANARY } from '../../support/canaries.ts';
import { NO_ABORT, openDatabase } from '../../support/open-database.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';

const KEY = 'a-key-of-this-test';
const USER = `${CANARY}user`;
/** Written in several ways in addresses. */
const PASSWORD = `${CANARY}pa%s&w rd`;
const ENCODED = encodeURIComponent(PASSWORD);
const LOGIN = `username=${USER}&password=${ENCODED}`;

const catchUpOf = (base: string) =>
  `${base}/timeshift/${USER}/${ENCODED}/{duration}/{Y}-{m}-{d}/1.ts`;
const listOf = (
  base: string,
  ending = 'ts',
) => `#EXTM3U x-tvg-url="${base}/xmltv.php?${LOGIN},${base}/xmltv.php?second&${LOGIN}"
#EXTINF:-1 tvg-id="one.uk" tvg-logo="${base}/logo.php?${LOGIN}" catchup="default" catchup-days="2" catchup-source="${catchUpOf(base)}",One
#EXTVLCOPT:http-referrer=${base}/from/${USER}/${ENCODED}
#KODIPROP:inputstream.adaptive.license_key=${base}/licence?${LOGIN}
${base}/live/${USER}/${ENCODED}/1.${ending}
#EXTINF:-1 tvg-logo="http://logos.example/2.png",Two
${base}/live/${USER}/${ENCODED}/2.${ending}
#EXTINF:-1 group-title="Films",A Film (2008)
${base}/movie/${USER}/${ENCODED}/3.mp4`;

/** Of a provider that takes the account in the query. */
const queriedList = (base: string) =>
  listOf(base, 'm3u8').replaceAll(`/live/${USER}/${ENCODED}/`, `/play?${LOGIN}&id=`);

function apiOf(base: string): Readonly<Record<string, unknown>> {
  const picture = `${base}/images/${USER}/${ENCODED}/cover.jpg`;
  return {
    login: {
      user_info: { auth: 1, status: 'Active', username: USER, password: PASSWORD },
      server_info: { url: base },
    },
    get_live_categories: [{ category_id: '1', category_name: 'News' }],
    get_live_streams: [
      { num: 1, name: 'Three', stream_id: 11, category_id: '1', stream_icon: picture },
    ],
    get_vod_categories: [],
    get_vod_streams: [
      {
        name: 'Another Film (2010)',
        stream_id: 21,
        stream_icon: picture,
        backdrop_path: [picture],
      },
    ],
    get_series_categories: [],
    get_series: [{ name: 'A Series', series_id: 31, cover: picture, backdrop_path: picture }],
    get_series_info: {
      episodes: {
        '1': [{ id: '311', episode_num: 1, title: 'Pilot', info: { movie_image: picture } }],
      },
    },
  };
}

function guideOf(base: string): string {
  const atMs = Date.now() - 60_000;
  const span = `start="${xmltvTime(atMs)}" stop="${xmltvTime(atMs + 3_600_000)}"`;
  const icon = `<icon src="${base}/icon.php?username=${USER}&amp;password=${ENCODED}"/>`;
  return (
    `<tv><channel id="one.uk"><display-name>One</display-name>${icon}</channel>` +
    `<programme ${span} channel="one.uk"><title>Shown now</title>${icon}</programme></tv>`
  );
}

describe('accounts of providers', { skip: skipWithoutPostgres }, () => {
  let provider: Server;
  let base: string;
  let app: RunningApp;
  let sql: Sql;
  const asked: string[] = [];
  /** What was answered to anybody, by what was asked. */
  const answers: [string, string][] = [];
  const locations: string[] = [];

  before(async () => {
    provider = createServer(({ url = '' }, response) => {
      asked.push(url);
      const { pathname, searchParams } = new URL(url, 'http://provider');
      if (pathname === '/get.php') return response.end(listOf(base));
      if (pathname === '/xmltv.php') return response.end(guideOf(base));
      if (pathname !== '/player_api.php') return response.writeHead(403).end(`no, ${url}`);
      return response.end(JSON.stringify(apiOf(base)[searchParams.get('action') ?? 'login'] ?? []));
    });
    await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    app = await startApp({
      mode: 'external-1',
      directDatabase: true,
      environment: {
        CINEMETA_URL: 'none',
        ANIME_LIST_URL: 'none',
        REDIS_URL: '',
        WORKER_SINGLE_MODE: 'true',
        API_PASSWORD: KEY,
        ENABLE_METRICS_ENDPOINT: 'true',
        LOG_LEVEL: 'debug',
        FETCH_ALLOW_PRIVATE: '127.0.0.1',
      },
    });
    sql = postgres(app.databaseUri ?? '', { max: 1, onnotice: () => undefined });
  });
  after(async () => {
    await sql.end({ timeout: 5 });
    await app[Symbol.asyncDispose]();
    provider.closeAllConnections();
    await new Promise((resolve) => provider.close(resolve));
  });

  async function get(path: string, init: RequestInit = {}): Promise<string> {
    const url = path.startsWith('http') ? path : app.baseUrl + path;
    const answer = await fetch(url, { redirect: 'manual', ...init });
    const text = await answer.text();
    answers.push([url, text]);
    const location = answer.headers.get('location');
    if (location !== null) locations.push(location);
    return text;
  }

  async function operator(method: string, path: string, body?: object | string) {
    const text = await get(`/api/v1/iptv${path}`, {
      method,
      headers: { 'x-api-key': KEY },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return JSON.parse(text) as Record<string, unknown>;
  }

  async function over(job: unknown): Promise<void> {
    let state = '';
    const isOver = async () => {
      const text = await get(`/api/v1/admin/tasks/${String(job)}`, {
        headers: { 'x-api-key': KEY },
      });
      ({ state } = JSON.parse(text) as { state: string });
      return ['succeeded', 'failed'].includes(state);
    };
    assert.ok(await poll(isOver, { everyMs: 50, timeoutMs: 60_000 }), state);
  }

  async function rowsWithCanary(): Promise<readonly string[]> {
    const tables = await sql<{ name: string }[]>`
      select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`;
    const found: string[] = [];
    for (const { name } of tables) {
      const rows = await sql.unsafe<{ row: string }[]>(
        `select t::text as row from ${name} t limit 10000`,
      );
      for (const { row } of rows) {
        const canary = canaryIn(row);
        if (canary !== null) found.push(`${name}: ${canary}`);
      }
    }
    return found;
  }

  async function everythingOf(viewer: Record<string, unknown>): Promise<void> {
    const own = String(viewer['m3u']).replace('/playlist.m3u', '');
    const { username, password } = viewer['xtream'] as { username: string; password: string };
    const login = `username=${username}&password=${password}`;
    const pages = [
      'playlist.m3u',
      'guide.xml',
      'manifest.json',
      'discover.json',
      'lineup.json',
      'device.xml',
    ];
    pages.push('lineup_status.json');
    for (const page of pages) await get(`${own}/${page}`);
    const manifest = JSON.parse(await get(`${own}/manifest.json`)) as {
      catalogs: { type: string; id: string }[];
    };
    assert.equal(manifest.catalogs.length, 3);
    for (const { type, id: catalog } of manifest.catalogs) {
      const list = await get(`${own}/catalog/${type}/${catalog}.json`);
      for (const { id } of (JSON.parse(list) as { metas?: { id: string }[] }).metas ?? []) {
        const meta = await get(`${own}/meta/${type}/${id}.json`);
        const { videos = [{ id }] } = (JSON.parse(meta) as { meta: { videos?: { id: string }[] } })
          .meta;
        for (const video of videos) {
          const text = await get(`${own}/stream/${type}/${video.id}.json`);
          for (const { url } of (JSON.parse(text) as { streams: { url: string }[] }).streams)
            await get(url);
        }
      }
    }
    const actions = [
      '',
      'get_live_streams',
      'get_vod_streams',
      'get_series',
      'get_live_categories',
    ];
    for (const action of actions) await get(`/player_api.php?${login}&action=${action}`);
    const [series] = await sql<{ id: number }[]>`
      select channel_id::float8 as id from iptv_channel where kind = 'series'`;
    const [film] = await sql<{ id: number }[]>`
      select channel_id::float8 as id from iptv_channel where kind = 'movie'`;
    await get(`/player_api.php?${login}&action=get_series_info&series_id=${series?.id}`);
    await get(`/player_api.php?${login}&action=get_vod_info&vod_id=${film?.id}`);
    await get(`/xmltv.php?${login}`);
    const [one] = await sql<{ id: number; publicId: string }[]>`
      select channel_id::float8 as id, public_id as "publicId" from iptv_channel where name = 'One'`;
    await get(`/live/${username}/${password}/${one?.id}.ts`);
    await get(
      `${own}/catchup/${one?.publicId}?start=${Math.floor(Date.now() / 1000) - 3600}&duration=60`,
    );
  }

  async function everythingOfOperators(): Promise<void> {
    const pages = [
      'providers',
      'channels',
      'groups',
      'figures',
      'health',
      'guides',
      'guides/matches',
    ];
    for (const page of pages) await operator('GET', `/${page}`);
    const { items } = (await operator('GET', '/channels')) as { items: { id: string }[] };
    assert.ok(items.length >= 3);
    for (const { id } of items) await operator('GET', `/channels/${id}`);
    for (const { id } of await sql<{ id: number }[]>`select provider_id as id from iptv_provider`) {
      await operator('GET', `/providers/${id}`);
      await operator('GET', `/providers/${id}/snapshots`);
      await operator('GET', `/providers/${id}/snapshots/1/difference`);
    }
    for (const path of ['/api/v1/admin/tasks', '/api/v1/admin/exceptions', '/metrics'])
      await get(path, { headers: { 'x-api-key': KEY } });
  }

  test('are in no row, answer, log or metric, whatever goes well or badly', async () => {
    const settings = [
      { name: 'list', url: `${base}/get.php?${LOGIN}&type=m3u_plus` },
      { name: 'api', kind: 'xtream', url: `${base}/player_api.php?${LOGIN}` },
    ];
    for (const one of settings) await over((await operator('POST', '/providers', one))['job']);
    const gone = { name: 'gone', url: `${base}/nothing/${USER}.php?${LOGIN}` };
    const { id: goneId } = await operator('POST', '/providers', gone);
    const hasFailed = async () =>
      (await operator('GET', `/providers/${String(goneId)}`))['lastError'] !== '';
    assert.ok(await poll(hasFailed, { everyMs: 50, timeoutMs: 60_000 }));
    const handed = await operator('POST', '/providers', { name: 'handed in' });
    await over(
      (await operator('POST', `/providers/${handed['id']}/playlist`, listOf(base, 'm3u8')))['job'],
    );
    const queried = await operator('POST', '/providers', { name: 'by query' });
    await over(
      (await operator('POST', `/providers/${queried['id']}/playlist`, queriedList(base)))['job'],
    );
    // Guides that the lists name.
    const names = async () =>
      ((await operator('GET', '/guides'))['items'] as { name: string; synced_at: unknown }[])
        .filter((one) => one.synced_at !== null)
        .map((one) => one.name)
        .toSorted();
    const listed = ['by query', 'by query 2', 'handed in', 'handed in 2', 'list', 'list 2'];
    const areIn = async () => JSON.stringify(await names()) === JSON.stringify(listed);
    assert.ok(await poll(areIn, { everyMs: 50, timeoutMs: 60_000 }), String(await names()));
    const guide = { name: 'guide', url: `${base}/xmltv.php?${LOGIN}` };
    await over((await operator('POST', '/guides', guide))['job']);
    const viewer = await operator('POST', '/viewers', { name: 'somebody' });
    await everythingOf(viewer);
    for (const id of [1, 2, 4]) await operator('PUT', `/providers/${id}`, { mode: 'proxy' });
    await everythingOf(viewer);
    await over((await operator('POST', '/health', {}))['job']);
    await everythingOfOperators();

    const texts = new Map(answers);
    assert.match([...texts.values()].join('\n'), /Shown now/);
    for (const [url, text] of answers) assert.equal(canaryIn(text), null, url);
    assert.equal(canaryIn(app.output()), null);
    assert.deepEqual(await rowsWithCanary(), []);
  });

  test('go to the provider as they were written, from players that were sent there', () => {
    for (const path of [`/live/${USER}/${ENCODED}/1.ts`, `/movie/${USER}/${ENCODED}/3.mp4`])
      assert.ok(locations.includes(base + path), `${path} of ${locations.join(' ')}`);
    assert.ok(asked.includes(`/live/${USER}/${ENCODED}/1.m3u8`), 'the health check asks');
    for (const one of [...asked, ...locations]) assert.doesNotMatch(one, /account:/);
  });

  test('are taken out of what older versions kept, whose health, order and splits stay', async () => {
    const clear = `replace(replace(url, '{account:user}', '${USER}'), '{account:password}', '${ENCODED}')`;
    await sql.unsafe(`
      UPDATE iptv_provider SET account_sealed = NULL;
      INSERT INTO iptv_source_order (channel_id, place, provider_id, name, url_hash)
        SELECT channel_id, 1, provider_id, 'other name', md5(${clear})::uuid FROM iptv_source WHERE provider_id = 1 AND name = 'One';
      INSERT INTO iptv_split (provider_id, name, url_hash, channel_id)
        SELECT provider_id, name, md5(${clear})::uuid, channel_id FROM iptv_source WHERE provider_id = 4 AND name = 'Two';
      UPDATE iptv_health h SET url_hash = md5(${clear})::uuid FROM iptv_source s
        WHERE (h.provider_id, h.url_hash) = (s.provider_id, md5(s.url)::uuid);
      UPDATE iptv_source SET logo = 'http://x.example/' || '${ENCODED}', url = ${clear};
      UPDATE iptv_fetched_episode SET url = ${clear};
      UPDATE iptv_channel SET logo = 'http://x.example/?p=${ENCODED}' WHERE name = 'One';`);
    assert.notDeepEqual(await rowsWithCanary(), []);
    const [{ before: before_ } = { before: 0 }] = await sql<{ before: number }[]>`
      select count(*)::int as before from iptv_health`;
    assert.ok(before_ > 0);
    await using database = openDatabase({ primaryUri: app.databaseUri ?? '' });
    const ring = new KeyRing(['a secret of this test, long enough']);
    const accounts = new ProviderAccounts({
      store: new AccountStore(database),
      seals: new AccountSeals(ring),
    });
    // The lists themselves say what the account is, where the address is sealed with another key.
    assert.equal(await accounts.maskOld(() => null, NO_ABORT), 5);
    assert.equal(await accounts.maskOld(() => null, NO_ABORT), 0);
    assert.deepEqual(await rowsWithCanary(), []);
    const [paired] = await sql`
      select
        (select count(*)::int from iptv_health h join iptv_source s
          on (h.provider_id, h.url_hash) = (s.provider_id, md5(s.url)::uuid)) as health,
        (select count(*)::int from iptv_source_order o join iptv_source s using (provider_id)
          where o.url_hash = md5(s.url)::uuid) as ordered,
        (select count(*)::int from iptv_split x join iptv_source s using (provider_id)
          where x.url_hash = md5(s.url)::uuid) as split`;
    assert.deepEqual({ ...paired }, { health: before_, ordered: 1, split: 1 });
  });
});
