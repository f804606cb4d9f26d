/** Films and series of providers: by Stremio, by the Xtream API, and taken in again from there. */
import assert from 'node:assert/strict';
import { readdir, readFile, rename, rm, mkdtemp, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { poll } from '../../../src/lib/async/wait.ts';
import { probed } from '../../support/probe.ts';
import { makeFilm } from '../../support/seeded-film.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';

const KEY = 'a-key-of-this-test';
const PASSWORD = 'canarypasswordoffilms';
const listAt = (address: string) => `#EXTM3U
#EXTINF:-1 group-title="News" catchup="append" catchup-days="3" catchup-source="?at={utc}",One
#KODIPROP:mimetype=video/mp2t
${address}/live/user/${PASSWORD}/1.ts
#EXTINF:-1 group-title="Films",Big Buck Bunny (2008)
${address}/movie/user/${PASSWORD}/2.mp4
#EXTINF:-1 group-title="Shows",Unheard Of Show S01 E01
${address}/series/user/${PASSWORD}/3.mkv
#EXTINF:-1 group-title="Shows",Unheard Of Show S01 E02
${address}/series/user/${PASSWORD}/4.mkv`;
const ANSWERS: Readonly<Record<string, unknown>> = {
  login: { user_info: { auth: 1, status: 'Active', allowed_output_formats: ['ts'] } },
  get_live_categories: [{ category_id: '1', category_name: 'News' }],
  get_live_streams: [{ num: 1, name: 'Two', stream_id: 11, category_id: '1' }],
  get_vod_categories: [{ category_id: 5, category_name: 'Cinema' }],
  get_vod_streams: [
    {
      name: 'EN - Big Buck Bunny (2008) [4K]',
      stream_id: 21,
      category_id: '5',
      container_extension: 'mkv',
    },
    {
      name: 'Nobody Knows This Film (1999)',
      stream_id: 22,
      category_ids: [5],
      rating: '6.5',
      plot: 'A plot.',
    },
  ],
  get_series_categories: { '0': { category_id: 6, category_name: 'Serials' } },
  get_series: [
    { name: 'Unheard Of Show', series_id: 31, category_id: 6, last_modified: '1700000000' },
  ],
  get_series_info: {
    episodes: {
      '1': [
        { id: '311', episode_num: 1, title: 'Earthfall', container_extension: 'mkv' },
        { id: 313, episode_num: 3, title: 'Alone in the Night', container_extension: 'mp4' },
      ],
    },
  },
};

type Item = Record<string, unknown>;

describe('films and series of providers', { skip: skipWithoutPostgres }, () => {
  let app: RunningApp;
  let server: Server;
  let address: string;
  let base: string;
  let login: { readonly username: string; readonly password: string };
  let folder: string;
  let seriesAsked = 0;
  const seen: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-strm-'));
    const film = await makeFilm(join(folder, 'film.mp4'), 2);
    await rm(join(folder, 'film.mp4'));
    server = createServer(({ url = '' }, response) => {
      if (/^\/(?:movie|series)\//.test(url)) return response.end(film);
      const action = new URL(url, 'http://fake').searchParams.get('action') ?? 'login';
      if (action === 'get_series_info') seriesAsked++;
      return response.end(JSON.stringify(ANSWERS[action]));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const quiet = { CINEMETA_URL: 'none', ANIME_LIST_URL: 'none', REDIS_URL: '' };
    app = await startApp({
      mode: 'external-1',
      directDatabase: true,
      environment: {
        ...quiet,
        WORKER_SINGLE_MODE: 'true',
        API_PASSWORD: KEY,
        LOG_LEVEL: 'debug',
        IPTV_STRM_DIR: folder,
        FETCH_ALLOW_PRIVATE: '127.0.0.1',
      },
    });
    const account = `${address}/player_api.php?username=user&password=${PASSWORD}`;
    const added = await operator('POST', '/providers', { name: 'X', kind: 'xtream', url: account });
    await succeeded(added['job']);
    const list = await operator('POST', '/providers', { name: 'List' });
    await succeeded(
      (await operator('POST', `/providers/${list['id']}/playlist`, listAt(address)))['job'],
    );
    const viewer = await operator('POST', '/viewers', { name: 'all' });
    base = String(viewer['m3u']).replace('/playlist.m3u', '');
    login = viewer['xtream'] as typeof login;
  });
  after(async () => {
    await app[Symbol.asyncDispose]();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true, force: true });
  });

  async function get(path: string, init: RequestInit = {}) {
    const url = path.startsWith('http') ? path : app.baseUrl + path;
    const response = await fetch(url, { redirect: 'manual', ...init });
    const text = await response.text();
    seen.push(text);
    return { status: response.status, text, location: response.headers.get('location') };
  }

  async function json<T>(path: string): Promise<T> {
    const { status, text } = await get(path, { headers: { 'x-api-key': KEY } });
    assert.equal(status, 200, text);
    return JSON.parse(text) as T;
  }

  async function operator(method: string, path: string, body?: object | string): Promise<Item> {
    const { status, text } = await get(`/api/v1/iptv${path}`, {
      method,
      headers: { 'x-api-key': KEY },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    assert.equal(status, 200, text);
    return JSON.parse(text) as Item;
  }

  async function succeeded(job: unknown): Promise<void> {
    let state: unknown;
    const isOver = async () => {
      ({ state } = await json<Item>(`/api/v1/admin/tasks/${String(job)}`));
      return state === 'succeeded' || state === 'failed';
    };
    assert.ok(await poll(isOver, { everyMs: 50, timeoutMs: 60_000 }));
    assert.equal(state, 'succeeded');
  }

  function xtream<T>(action: string): Promise<T> {
    const { username, password } = login;
    return json<T>(`/player_api.php?username=${username}&password=${password}&action=${action}`);
  }

  async function serialOf(action: string, name: string): Promise<number> {
    const items = await xtream<Item[]>(action);
    const found = items.find((item) => item['title'] === name);
    return Number(found?.['stream_id'] ?? found?.['series_id']);
  }

  test('are no channels', async () => {
    const live = await xtream<Item[]>('get_live_streams');
    assert.deepEqual(live.map(({ name }) => String(name)).toSorted(), ['One', 'Two']);
    const { items } = await operator('GET', '/providers');
    assert.deepEqual(
      (items as Item[]).map(({ name, channels, vod }) => [name, channels, vod]),
      [
        ['X', 1, 3],
        ['List', 1, 3],
      ],
    );
  });

  test('are in the Xtream lists, one film of two providers once', async () => {
    const films = await xtream<Item[]>('get_vod_streams');
    assert.deepEqual(
      films.map(({ name, title, year }) => [name, title, year].join('|')).toSorted(),
      [
        'Big Buck Bunny (2008)|Big Buck Bunny|2008',
        'Nobody Knows This Film (1999)|Nobody Knows This Film|1999',
      ],
    );
    const categories = await xtream<Item[]>('get_vod_categories');
    assert.deepEqual(
      categories.map((one) => one['category_name']),
      ['Cinema'],
    );
    const [category] = categories;
    const id = String(category?.['category_id']);
    assert.equal((await xtream<Item[]>(`get_vod_streams&category_id=${id}`)).length, 2);
    assert.deepEqual(await xtream<Item[]>('get_vod_streams&category_id=1'), []);
    assert.equal((await xtream<Item[]>('get_series')).length, 1);
    const serial = await serialOf('get_vod_streams', 'Nobody Knows This Film');
    const { info, movie_data: data } = await xtream<Record<string, Item>>(
      `get_vod_info&vod_id=${serial}`,
    );
    assert.deepEqual(
      [info?.['plot'], info?.['rating'], data?.['stream_id']],
      ['A plot.', 6.5, serial],
    );
  });

  test('have the episodes of all providers, told by one that is asked once', async () => {
    const serial = await serialOf('get_series', 'Unheard Of Show');
    type Info = { readonly seasons: Item[]; readonly episodes: Record<string, Item[]> };
    const { seasons, episodes } = await xtream<Info>(`get_series_info&series_id=${serial}`);
    assert.deepEqual(
      seasons.map(({ id, episode_count: count }) => [id, count]),
      [[1, 3]],
    );
    assert.deepEqual(
      episodes['1']?.map(({ episode_num: number, title }) => [number, title]),
      [
        [1, 'Earthfall'],
        [2, 'Unheard Of Show S01 E02'],
        [3, 'Alone in the Night'],
      ],
    );
    const again = await xtream<Info>(`get_series_info&series_id=${serial}`);
    assert.deepEqual(again.episodes, episodes);
    assert.equal(seriesAsked, 1);
    const { username, password } = login;
    const third = String(episodes['1']?.[2]?.['id']);
    const played = await get(`/series/${username}/${password}/${third}.mp4`);
    assert.equal(played.location, `${address}/series/user/${PASSWORD}/313.mp4`);
  });

  test('play by redirects, with the login of the viewer alone', async () => {
    const serial = await serialOf('get_vod_streams', 'Nobody Knows This Film');
    const { username, password } = login;
    const played = await get(`/movie/${username}/${password}/${serial}.mkv`);
    assert.deepEqual(
      [played.status, played.location],
      [302, `${address}/movie/user/${PASSWORD}/22.mp4`],
    );
    assert.equal((await get(`/movie/${username}/wrong/${serial}.mkv`)).status, 403);
    assert.equal((await get(`/movie/${username}/${password}/999999.mkv`)).status, 404);
    assert.equal((await get(`/series/${username}/${password}/999999.mkv`)).status, 404);
  });

  test('are catalogues of Stremio, with the library’s ids where it knows the title', async () => {
    const { catalogs, types } = await json<{ catalogs: Item[]; types: string[] }>(
      `${base}/manifest.json`,
    );
    assert.deepEqual(types, ['tv', 'movie', 'series']);
    assert.equal(catalogs.length, 3);
    type Streams = { readonly streams: Item[] };
    const { streams } = await json<Streams>(`${base}/stream/movie/tt1254207.json`);
    assert.deepEqual(
      streams.map(({ description }) => description),
      ['EN - Big Buck Bunny (2008) [4K]\nX', 'Big Buck Bunny (2008)\nList'],
    );
    const locations = [];
    for (const { url } of streams) locations.push((await get(String(url))).location);
    assert.deepEqual(locations, [
      `${address}/movie/user/${PASSWORD}/21.mkv`,
      `${address}/movie/user/${PASSWORD}/2.mp4`,
    ]);
    const { metas } = await json<{ metas: Item[] }>(`${base}/catalog/movie/sluice-vod.json`);
    const ids = new Map(metas.map(({ id, name }) => [name, String(id)]));
    assert.equal(ids.get('Big Buck Bunny'), 'tt1254207');
    assert.match(ids.get('Nobody Knows This Film') ?? '', /^slvod:[0-9a-f]{16}$/);
  });

  test('have a page and streams of their own', async () => {
    const { metas } = await json<{ metas: Item[] }>(
      `${base}/catalog/series/sluice-vod/search=unheard.json`,
    );
    const id = String(metas[0]?.['id']);
    const { meta } = await json<{ meta: { videos: Item[] } }>(`${base}/meta/series/${id}.json`);
    const second = String(meta.videos[1]?.['id']);
    assert.equal(second, `${id}:1:2`);
    const { streams } = await json<{ streams: Item[] }>(`${base}/stream/series/${second}.json`);
    const played = await get(String(streams[0]?.['url']));
    assert.equal(played.location, `${address}/series/user/${PASSWORD}/4.mkv`);
  });

  test('and channels, taken in again from here, are the same ones', async () => {
    const lists = async () => {
      const all: unknown[] = [];
      for (const action of ['get_live_streams', 'get_vod_streams', 'get_series']) {
        const items = await xtream<Item[]>(action);
        all.push(
          items.map(({ stream_id: stream, series_id: series, title }) => [stream ?? series, title]),
        );
      }
      return all;
    };
    const before_ = await lists();
    const { username, password } = login;
    const url = `${app.baseUrl}/player_api.php?username=${username}&password=${password}`;
    const own = await operator('POST', '/providers', { name: 'Own', kind: 'xtream', url });
    await succeeded(own['job']);
    const { channels, vod } = await operator('GET', `/providers/${own['id']}`);
    assert.deepEqual([channels, vod], [2, 3]);
    assert.deepEqual(await lists(), before_);
    await operator('DELETE', `/providers/${own['id']}`);
  });

  test('stand beside what channels have shown, in M3U and for Xtream clients', async () => {
    const { text } = await get(`${base}/playlist.m3u`);
    const [, template = ''] =
      /catchup="default" catchup-days="3" catchup-source="([^"]+)"/.exec(text) ?? [];
    assert.match(text, /^#KODIPROP:mimetype=video\/mp2t$/m);
    const startS = Math.floor(Date.now() / 60_000) * 60 - 7200;
    const asked = template
      .replace('{utc}', String(startS))
      .replace('{utcend}', String(startS + 3600));
    const shown = `${address}/live/user/${PASSWORD}/1.ts?at=${startS}`;
    assert.equal((await get(asked)).location, shown);
    assert.equal((await get(asked.replace(/utc=\d+/, 'utc=4000000000'))).status, 400);
    const live = await xtream<Item[]>('get_live_streams');
    const one = live.find(({ name }) => name === 'One');
    assert.deepEqual([one?.['tv_archive'], one?.['tv_archive_duration']], [1, 3]);
    const { username, password } = login;
    const start = new Date(startS * 1000)
      .toISOString()
      .slice(0, 16)
      .replace('T', ':')
      .replace(/:(\d\d)$/, '-$1');
    const path = `/timeshift/${username}/${password}/60/${start}/${String(one?.['stream_id'])}.ts`;
    assert.equal((await get(path)).location, shown);
  });

  async function writeStrm(order: object): Promise<Item> {
    const { job } = await operator('POST', '/strm', { viewer: base, ...order });
    await succeeded(job);
    const { result } = await json<{ result: Item }>(`/api/v1/admin/tasks/${String(job)}`);
    return result;
  }

  async function filesOf(ending: string): Promise<readonly string[]> {
    const all = await readdir(folder, { recursive: true });
    return all.filter((path) => path.endsWith(ending)).toSorted((a, b) => (a < b ? -1 : 1));
  }

  test('become files for media servers, which players open', async () => {
    const preview = await writeStrm({ preview: true });
    assert.deepEqual([preview['films'], preview['episodes'], preview['written']], [2, 3, 11]);
    assert.deepEqual(await filesOf('m'), []);
    assert.equal((await writeStrm({}))['written'], 11);
    const files = await filesOf('.strm');
    assert.deepEqual(files, [
      'Movies/Big Buck Bunny (2008)/Big Buck Bunny (2008).strm',
      'Movies/Nobody Knows This Film (1999)/Nobody Knows This Film (1999).strm',
      'Series/Unheard Of Show/Season 01/Unheard Of Show S01E01.strm',
      'Series/Unheard Of Show/Season 01/Unheard Of Show S01E02.strm',
      'Series/Unheard Of Show/Season 01/Unheard Of Show S01E03.strm',
    ]);
    for (const path of files) {
      const address_ = (await readFile(join(folder, path), 'utf8')).trim();
      assert.ok(address_.startsWith(`${base}/`));
      assert.match((await probed(address_)).join(' '), /h264|mpeg4/);
    }
    const nfo = await readFile(join(folder, files[0]?.replace('.strm', '.nfo') ?? ''), 'utf8');
    assert.match(nfo, /<uniqueid type="imdb" default="true">tt1254207</);
  });

  test('of files change only what differs, and delete nothing that no preview named', async () => {
    const [first = '', second = ''] = await filesOf('.strm');
    const before_ = await stat(join(folder, first));
    await writeFile(join(folder, second), 'something else');
    await writeFile(join(folder, 'Movies/mine.strm'), 'http://elsewhere.example/');
    const again = await writeStrm({});
    assert.deepEqual([again['written'], again['unchanged']], [1, 10]);
    assert.equal((await stat(join(folder, first))).mtimeMs, before_.mtimeMs);
    const films = await xtream<Item[]>('get_vod_streams');
    const limited = await operator('POST', '/viewers', {
      name: 'shows',
      groups: ['Serials', 'Shows'],
    });
    const viewer = String(limited['m3u']).replace('/playlist.m3u', '');
    type Stale = { readonly files: number; readonly deletion: string; readonly first: string[] };
    const { stale } = (await writeStrm({ viewer })) as unknown as { stale: Stale };
    assert.equal(stale.files, 2 * films.length);
    assert.ok(stale.first.includes(first));
    assert.equal((await writeStrm({ viewer, deletion: 'another' }))['deleted'], 0);
    assert.equal((await writeStrm({ viewer, deletion: stale.deletion }))['deleted'], stale.files);
    assert.deepEqual((await filesOf('.strm')).slice(0, 1), ['Movies/mine.strm']);
    assert.deepEqual(await readdir(join(folder, 'Movies')), ['mine.strm']);
  });

  test('are not written again and again into a folder that is not there', async () => {
    await rename(folder, `${folder}-away`);
    const { job } = await operator('POST', '/strm', { viewer: base });
    let task: Item = {};
    const isOver = async () => {
      task = await json<Item>(`/api/v1/admin/tasks/${String(job)}`);
      return task['state'] === 'failed';
    };
    const hasFailed = await poll(isOver, { everyMs: 50, timeoutMs: 20_000 });
    await rename(`${folder}-away`, folder);
    assert.ok(hasFailed, JSON.stringify(task));
    assert.match(JSON.stringify(task), /expected a folder that exists/);
  });

  test('have the password of the account in no answer and no line of the log', () => {
    assert.ok(seen.length > 20);
    for (const text of seen) assert.ok(!text.includes(PASSWORD), text.slice(0, 200));
    assert.ok(!app.output().includes(PASSWORD));
  });
});
