/** What viewers see of a running instance: as a Stremio add-on, as M3U, and what plays; and what nobody sees. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { poll } from '../../../src/lib/async/wait.ts';
import type { M3uEntry } from '../../../src/lib/m3u/entry.ts';
import { M3uReader } from '../../../src/lib/m3u/reader.ts';
import { xmltvTime } from '../../../src/lib/xmltv/time.ts';
import { LastChanges } from '../../../src/features/iptv/viewers/last-changes.ts';
import { ViewerStore } from '../../../src/features/iptv/viewers/store.ts';
import { rawRequest } from '../../support/http-client.ts';
import { NO_ABORT, openDatabase, statement } from '../../support/open-database.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';

const KEY = 'a-key-of-this-test';
const PASSWORD = 'canary-password-of-an-account';
const LIST = `#EXTM3U
#EXTINF:-1 tvg-id="one.uk" tvg-chno="1" tvg-logo="http://logos.example/1.png" group-title="News",One HD
http://provider.example/user/${PASSWORD}/1.m3u8
#EXTINF:-1 tvg-id="one.uk" group-title="News",One
http://provider.example/user/${PASSWORD}/11.ts
#EXTINF:-1 group-title="Sport",Two "quoted", with comma
#EXTVLCOPT:http-user-agent=Player/1
http://provider.example/user/${PASSWORD}/2.ts
#EXTINF:-1 group-title="Secret",Three
http://provider.example/user/${PASSWORD}/3.ts`;

async function serveText(text: string) {
  const server = createServer((_request, response) => response.end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/guide.xml`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly location: string | null;
}

describe('viewers of channels', { skip: skipWithoutPostgres }, () => {
  let app: RunningApp;
  let everything: string;
  let limited: string;
  const seen: string[] = [];

  before(async () => {
    const quiet = { CINEMETA_URL: 'none', ANIME_LIST_URL: 'none', REDIS_URL: '' };
    app = await startApp({
      mode: 'external-1',
      directDatabase: true,
      environment: {
        ...quiet,
        WORKER_SINGLE_MODE: 'true',
        API_PASSWORD: KEY,
        LOG_LEVEL: 'debug',
        FETCH_ALLOW_PRIVATE: '127.0.0.1',
      },
    });
    const provider = await operator('POST', '/providers', { name: 'Provider' });
    const { job } = await operator('POST', `/providers/${provider['id']}/playlist`, LIST);
    await succeeded(job);
    everything = await addViewer({ name: 'all' });
    limited = await addViewer({ name: 'some', groups: ['News', 'Sport'] });
  });
  after(() => app[Symbol.asyncDispose]());

  async function succeeded(job: unknown): Promise<void> {
    let state: unknown;
    const isOver = async () => {
      ({ state } = await json(`/api/v1/admin/tasks/${String(job)}`));
      return state === 'succeeded' || state === 'failed';
    };
    assert.ok(await poll(isOver, { everyMs: 50, timeoutMs: 60_000 }));
    assert.equal(state, 'succeeded');
  }

  async function get(path: string, init: RequestInit = {}): Promise<Answer> {
    const url = path.startsWith('http') ? path : app.baseUrl + path;
    const response = await fetch(url, { redirect: 'manual', ...init });
    const text = await response.text();
    seen.push(text);
    return { status: response.status, text, location: response.headers.get('location') };
  }

  async function json(path: string): Promise<Record<string, unknown>> {
    const { text } = await get(path, { headers: { 'x-api-key': KEY } });
    return JSON.parse(text) as Record<string, unknown>;
  }

  async function operator(
    method: string,
    path: string,
    body?: object | string,
  ): Promise<Record<string, unknown>> {
    const { status, text } = await get(`/api/v1/iptv${path}`, {
      method,
      headers: { 'x-api-key': KEY },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    assert.equal(status, 200, text);
    return JSON.parse(text) as Record<string, unknown>;
  }

  async function addViewer(said: object): Promise<string> {
    const { m3u } = await operator('POST', '/viewers', said);
    return String(m3u).replace('/playlist.m3u', '');
  }

  async function metas(base: string, extra = ''): Promise<readonly Record<string, unknown>[]> {
    const { status, text } = await get(`${base}/catalog/tv/sluice-tv${extra}.json`);
    assert.equal(status, 200, text);
    return (JSON.parse(text) as { metas: Record<string, unknown>[] }).metas;
  }

  function entriesOf(list: string): readonly M3uEntry[] {
    const entries: M3uEntry[] = [];
    const reader = new M3uReader({
      entry: (entry) => entries.push(entry),
      refused: ({ reason }) => assert.fail(reason),
    });
    reader.write(list);
    reader.end();
    return entries;
  }

  test('have a manifest with the groups that they may see', async () => {
    const of = async (base: string) => {
      const { text } = await get(`${base}/manifest.json`);
      const manifest = JSON.parse(text) as {
        types: string[];
        catalogs: { extra: { name: string; options?: string[] }[] }[];
      };
      assert.deepEqual(manifest.types, ['tv']);
      return manifest.catalogs[0]?.extra.find(({ name }) => name === 'genre')?.options;
    };
    assert.deepEqual(await of(everything), ['News', 'Secret', 'Sport']);
    assert.deepEqual(await of(limited), ['News', 'Sport']);
  });

  test('list, filter and search channels, each once whatever its sources', async () => {
    assert.deepEqual(
      (await metas(everything)).map(({ name }) => name),
      ['One HD', 'Three', 'Two "quoted", with comma'],
    );
    assert.deepEqual((await metas(everything, '/genre=Sport')).length, 1);
    assert.deepEqual((await metas(everything, '/search=thre')).length, 1);
    assert.deepEqual((await metas(everything, '/skip=2')).length, 1);
    assert.deepEqual((await metas(limited)).length, 2);
    assert.deepEqual((await metas(limited, '/genre=Secret')).length, 0);
  });

  test('get a channel, its streams, and are led to the source by their own address', async () => {
    const [one] = await metas(everything);
    const id = String(one?.['id']);
    assert.match(id, /^sliptv:[0-9a-f]{16}$/);
    const { text } = await get(`${everything}/meta/tv/${id}.json`);
    assert.match(text, /logos\.example/);
    const answer = await get(`${everything}/stream/tv/${id}.json`);
    const { streams } = JSON.parse(answer.text) as { streams: { name: string; url: string }[] };
    assert.deepEqual(
      streams.map(({ name }) => name),
      ['TV HD', 'TV'],
    );
    const played = await Promise.all(streams.map(({ url }) => get(url)));
    assert.deepEqual(
      played.map(({ status, location }) => [status, location]),
      [
        [302, `http://provider.example/user/${PASSWORD}/1.m3u8`],
        [302, `http://provider.example/user/${PASSWORD}/11.ts`],
      ],
    );
    assert.equal((await get(`${streams[0]?.url}?source=7`)).status, 404);
    assert.equal((await get(`${streams[0]?.url}?source=x`)).status, 400);
  });

  test('send headers that a source needs', async () => {
    const [two] = await metas(everything, '/genre=Sport');
    const { text } = await get(`${everything}/stream/tv/${String(two?.['id'])}.json`);
    assert.match(text, /"proxyHeaders":\{"request":\{"User-Agent":"Player\/1"\}\}/);
    assert.match(text, /"notWebReady":true/);
  });

  test('get a list that reads back as the same channels, and stays the same', async () => {
    const { text } = await get(`${everything}/playlist.m3u`);
    const entries = entriesOf(text);
    assert.deepEqual(
      entries.map(({ name, group, tvgId, number }) => [name, group, tvgId === '', number]),
      [
        ['One HD', 'News', false, null],
        ['Three', 'Secret', false, null],
        [`Two 'quoted', with comma`, 'Sport', false, null],
      ],
    );
    assert.equal((await get(entries[0]?.url ?? '')).status, 302);
    assert.equal(entriesOf((await get(`${limited}/playlist.m3u`)).text).length, 2);
    const response = await fetch(`${everything}/playlist.m3u`);
    const etag = response.headers.get('etag') ?? '';
    await response.arrayBuffer();
    const again = await get(`${everything}/playlist.m3u`, { headers: { 'if-none-match': etag } });
    assert.equal(again.status, 304);
  });

  async function xtream(login: string, action = ''): Promise<unknown> {
    const { status, text } = await get(`/player_api.php?${login}&action=${action}`);
    assert.equal(status, 200, text);
    return JSON.parse(text);
  }

  test('log in by the Xtream API, which shows what they may see and plays it', async () => {
    const added = await operator('POST', '/viewers', { name: 'xtream', groups: ['News', 'Sport'] });
    const { username, password } = added['xtream'] as { username: string; password: string };
    const login = `username=${username}&password=${password}`;
    const { user_info: user } = (await xtream(login)) as { user_info: Record<string, unknown> };
    assert.deepEqual([user['auth'], user['status'], user['username']], [1, 'Active', username]);
    const categories = (await xtream(login, 'get_live_categories')) as Record<string, unknown>[];
    assert.deepEqual(
      categories.map((category) => category['category_name']),
      ['News', 'Sport'],
    );
    const streams = (await xtream(login, 'get_live_streams')) as Record<string, unknown>[];
    assert.deepEqual(
      streams.map((stream) => [stream['title'], stream['category_id']]),
      [
        ['One HD', categories[0]?.['category_id']],
        ['Two "quoted", with comma', categories[1]?.['category_id']],
      ],
    );
    const sport = `get_live_streams&category_id=${String(categories[1]?.['category_id'])}`;
    assert.deepEqual(await xtream(login, sport), [streams[1]]);
    assert.deepEqual(await xtream(login, 'get_live_streams&category_id=1'), []);
    assert.deepEqual(await xtream(login, 'get_series'), []);
    const id = String(streams[0]?.['stream_id']);
    for (const method of ['GET', 'HEAD']) {
      const answer = await get(`/live/${username}/${password}/${id}.ts`, { method });
      assert.equal(answer.location, `http://provider.example/user/${PASSWORD}/1.m3u8`, method);
    }
    const { text } = await get(`/get.php?${login}&type=m3u_plus&output=ts`);
    assert.equal(entriesOf(text).length, 2);
    // The third channel, which this viewer may not see.
    const all = (await operator('GET', '/channels'))['items'] as { serial: number; name: string }[];
    const three = all.find(({ name }) => name === 'Three')?.serial ?? 0;
    assert.ok(three > 0);
    for (const file of [`${three}.ts`, '999999.ts', 'x.ts'])
      assert.equal((await get(`/live/${username}/${password}/${file}`)).status, 404, file);
    const wrong = `username=viewer0&password=${password}`;
    for (const path of [`player_api.php?${wrong}`, `get.php?${wrong}`, 'player_api.php'])
      assert.equal((await get(`/${path}`)).status, 403, path);
    assert.ok(!app.output().includes(password));
  });

  test('are a network tuner with a line for each channel', async () => {
    const device = JSON.parse((await get(`${limited}/discover.json`)).text) as {
      BaseURL: string;
      LineupURL: string;
    };
    assert.equal(device.BaseURL, limited);
    const lines = JSON.parse((await get(device.LineupURL)).text) as Record<string, string>[];
    assert.deepEqual(
      lines.map((line) => line['GuideName']),
      ['One HD', 'Two "quoted", with comma'],
    );
    assert.deepEqual(
      [lines[0]?.['GuideNumber'], new Set(lines.map((l) => l['GuideNumber'])).size],
      ['1', 2],
    );
    assert.equal((await get(lines[0]?.['URL'] ?? '')).status, 302);
    const { text } = await get(`${limited}/lineup_status.json`);
    assert.match(text, /"ScanPossible":0/);
    const scan = await get(`${limited}/lineup.post?scan=start&source=Cable`, { method: 'POST' });
    assert.equal(scan.status, 200);
    const xml = await get(`${limited}/device.xml`);
    assert.match(xml.text, /^<\?xml.*<UDN>uuid:[0-9A-F]{8}<\/UDN>/s);
    const unknown = `/iptv/${'x'.repeat(22)}`;
    assert.equal((await get(`${unknown}/lineup.post`, { method: 'POST' })).status, 403);
    assert.equal((await get(`${unknown}/device.xml`)).status, 403);
    assert.equal((await get(`/iptv/${'x'.repeat(22)}/lineup.json`)).status, 403);
  });

  test('are told how many streams they may have: their own limit, or what the accounts allow', async () => {
    const told = async (streamsMax: number) => {
      const added = await operator('POST', '/viewers', { name: 'm', streams_max: streamsMax });
      const { username, password } = added['xtream'] as { username: string; password: string };
      const login = `username=${username}&password=${password}`;
      const { user_info: user } = (await xtream(login)) as { user_info: Record<string, unknown> };
      const tuner = JSON.parse((await get(`${String(added['hdhomerun'])}/discover.json`)).text) as {
        TunerCount: number;
      };
      return [user['max_connections'], user['active_cons'], tuner.TunerCount];
    };
    const { items } = (await operator('GET', '/providers')) as { items: { id: number }[] };
    const slots = (most: number) =>
      operator('PUT', `/providers/${items[0]?.id}`, { slots_max: most });
    assert.deepEqual(await told(0), ['0', '0', 6]);
    assert.deepEqual(await told(3), ['3', '0', 3]);
    await slots(2);
    assert.deepEqual(await told(0), ['2', '0', 2]);
    assert.deepEqual(await told(3), ['2', '0', 2]);
    assert.deepEqual(await told(1), ['1', '0', 1]);
    await slots(0);
  });

  test('get the guide of their channels, which is put under the ids of the list', async () => {
    const atMs = Date.now() - 60_000;
    const span = `start="${xmltvTime(atMs)}" stop="${xmltvTime(atMs + 3_600_000)}"`;
    const past = `start="${xmltvTime(atMs - 7_200_000)}" stop="${xmltvTime(atMs - 3_600_000)}"`;
    const programme =
      `<programme ${past} channel="one.uk"><title>Shown before</title></programme>` +
      `<programme ${span} channel="one.uk"><title>Shown now</title></programme>`;
    await using origin = await serveText(
      `<tv><channel id="one.uk"><display-name>One</display-name></channel>` +
        `<channel id="late.uk"><display-name>Late</display-name></channel>${programme}</tv>`,
    );
    const { job } = await operator('POST', '/guides', { name: 'guide', url: origin.url });
    await succeeded(job);
    const { text } = await get(`${limited}/guide.xml`);
    assert.match(text, /^<\?xml/);
    assert.deepEqual(
      [...text.matchAll(/<channel id="([^"]+)"/g)].map(([, id]) => id),
      entriesOf((await get(`${limited}/playlist.m3u`)).text).map(({ tvgId }) => tvgId),
    );
    assert.match(text, /channel="one.uk"><title>Shown now<\/title>/);
    const [one] = await metas(everything);
    const meta = await get(`${limited}/meta/tv/${String(one?.['id'])}.json`);
    assert.match(meta.text, /"description":"Now: Shown now"/);
    const { xtream: own } = await operator('POST', '/viewers', { name: 'short guide' });
    const { username, password } = own as { username: string; password: string };
    const login = `username=${username}&password=${password}`;
    const streams = (await xtream(login, 'get_live_streams')) as { stream_id: number }[];
    const titlesOf = (answer: unknown) =>
      (answer as { epg_listings: { title: string }[] }).epg_listings.map(({ title }) =>
        Buffer.from(title, 'base64').toString(),
      );
    const answers = await Promise.all(
      streams.map(({ stream_id: id }) => xtream(login, `get_short_epg&stream_id=${id}&limit=3`)),
    );
    assert.deepEqual(answers.map(titlesOf), [['Shown now'], [], []]);
    const table = `get_simple_data_table&stream_id=${streams[0]?.stream_id}`;
    assert.deepEqual(titlesOf(await xtream(login, table)), ['Shown before', 'Shown now']);
    const sent = await get('/player_api.php', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `${login}&action=${table}`,
    });
    assert.deepEqual(titlesOf(JSON.parse(sent.text)), ['Shown before', 'Shown now']);
    const whole = await get(`/xmltv.php?${login}`);
    assert.match(whole.text, /Shown now/);
  });

  test('keep lists and guides that have not changed, by their version or by their date', async () => {
    for (const [path, type] of [
      ['/guide.xml', /^application\/xml/],
      ['/playlist.m3u', /mpegurl/],
    ] as const) {
      const plain = await rawRequest(limited + path);
      assert.match(String(plain.headers['content-type']), type);
      const packed = await rawRequest(limited + path, { headers: { 'accept-encoding': 'gzip' } });
      // Kept by now.
      const again = await rawRequest(limited + path, { headers: { 'accept-encoding': 'gzip' } });
      assert.deepEqual(again.body, packed.body);
      if (packed.headers['content-encoding'] === 'gzip')
        assert.equal(gunzipSync(packed.body).toString(), plain.body.toString());
      const { etag = '', 'last-modified': modified = '' } = plain.headers;
      assert.ok(Math.abs(Date.parse(modified) - Date.now()) < 600_000);
      const conditions = [{ 'if-none-match': etag }, { 'if-modified-since': modified }];
      for (const headers of conditions) {
        const known = await rawRequest(limited + path, { headers });
        assert.deepEqual([known.status, known.body.length], [304, 0]);
      }
      const head = await rawRequest(limited + path, { method: 'HEAD' });
      assert.deepEqual([head.status, head.headers['last-modified']], [200, modified]);
    }
  });

  test('are told the same date of a list by every process, until it says something else', async () => {
    await using database = openDatabase({ primaryUri: app.databaseUri ?? '' });
    const added = await operator('POST', '/viewers', { name: 'dates' });
    const id = Number(added['id']);
    const list = await rawRequest(String(added['m3u']));
    const told = Date.parse(String(list.headers['last-modified']));
    const store = new ViewerStore(database);
    const [row] = await database.read<{ version: string; at: Date }[]>(
      statement('page'),
      (sql) => sql`select version, changed_at as at from iptv_output where viewer_id = ${id}`,
    );
    assert.equal(row?.at.getTime(), told);
    const processes = [new LastChanges(store), new LastChanges(store)];
    const of = (version: string) =>
      Promise.all(processes.map((one) => one.of(id, 'm3u', version, NO_ABORT)));
    const same = await of(row?.version ?? '');
    assert.deepEqual(same.map(Number), [told, told]);
    const [newer, newest] = await of('another version');
    assert.ok(Number(newer) > told);
    assert.equal(Number(newest), Number(newer));
  });

  test('see nothing of what is not theirs', async () => {
    const [, three] = await metas(everything);
    const id = String(three?.['id']);
    for (const path of [`/meta/tv/${id}.json`, `/stream/tv/${id}.json`, `/live/${id.slice(7)}`])
      assert.equal((await get(limited + path)).status, 404, path);
  });

  test('of an address that was made up or revoked see nothing', async () => {
    const base = await addViewer({ name: 'gone' });
    assert.equal((await get(`${base}/manifest.json`)).status, 200);
    const { items } = (await operator('GET', '/viewers')) as {
      items: readonly { id: number; name: string }[];
    };
    const id = items.find(({ name }) => name === 'gone')?.id ?? 0;
    await operator('DELETE', `/viewers/${id}`);
    assert.equal((await get(`${base}/manifest.json`)).status, 403);
    assert.equal((await get(`/iptv/${'x'.repeat(22)}/playlist.m3u`)).status, 403);
    assert.equal((await get('/api/v1/iptv/viewers')).status, 401);
  });

  test('have the guide of a channel as soon as its list is published', async () => {
    const provider = await operator('POST', '/providers', { name: 'Late provider' });
    const list = '#EXTM3U\n#EXTINF:-1 tvg-id="late.uk",Called otherwise\nhttp://late.example/1';
    const { job } = await operator('POST', `/providers/${provider['id']}/playlist`, list);
    await succeeded(job);
    const isMatched = async () => {
      const { text } = await get('/api/v1/iptv/guides/matches?guide=some', {
        headers: { 'x-api-key': KEY },
      });
      return text.includes('Called otherwise');
    };
    assert.ok(await poll(isMatched, { everyMs: 100, timeoutMs: 60_000 }));
  });

  test('never read the password of an account, nor does the log', async () => {
    await json('/api/v1/iptv/channels');
    const { items } = (await json('/api/v1/iptv/channels')) as { items: readonly { id: string }[] };
    for (const { id } of items) await json(`/api/v1/iptv/channels/${id}`);
    await json('/api/v1/iptv/providers');
    await json('/api/v1/admin/tasks');
    await get('/metrics');
    assert.ok(seen.length > 20);
    for (const text of seen) assert.ok(!text.includes(PASSWORD), text.slice(0, 300));
    assert.ok(!app.output().includes(PASSWORD));
  });
});
