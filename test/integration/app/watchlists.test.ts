/** What accounts hold, through the whole program: catalogues, their files, playing them, and deleting by hand alone. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { ask, send } from '../../support/configure-requests.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';
import { startAllDebrid } from '../../support/upstreams/alldebrid.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';

const SINTEL = 'tt1727587';

interface Meta {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly videos?: readonly { id: string; season: number; episode: number }[];
}
interface Row {
  readonly url?: string;
  readonly externalUrl?: string;
  readonly behaviorHints?: { readonly filename?: string };
}

describe('watchlists', () => {
  const cloud = new DebridCloud();
  let upstream: FakeUpstream;
  let app: RunningApp;
  let token = '';
  let accounts = 0;

  before(async () => {
    upstream = await startAllDebrid(cloud);
    app = await startApp({
      environment: { ALLDEBRID_URL: upstream.url, FETCH_ALLOW_PRIVATE: '*.invalid' },
    });
  });
  after(async () => {
    await app[Symbol.asyncDispose]();
    await upstream[Symbol.asyncDispose]();
    assert.doesNotMatch(app.output(), /CANARY/);
  });
  /** An account of its own each: what one holds is kept for a minute. */
  beforeEach(() => {
    token = `CANARY7f3a9token${accounts++}`;
  });

  const entry = (more: object = {}) => ({ sps: [{ sv: 'alldebrid', tk: token, ...more }] });
  const installed = async (config: object = entry()) => {
    const { json } = await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', config));
    return `${app.baseUrl}/${String(json['encrypted_str'])}`;
  };
  const metasOf = async (install: string, type: string, extra = '') => {
    const plural = type === 'movie' ? 'movies' : 'series';
    const answer = await ask(
      `${install}/catalog/${type}/alldebrid_watchlist_${plural}${extra}.json`,
    );
    assert.doesNotMatch(answer.text, /CANARY/);
    assert.match(answer.headers.get('cache-control') ?? '', /^private/);
    return answer.json['metas'] as readonly Meta[];
  };
  const rowsOf = async (install: string, type: string, id: string) => {
    const { json, text } = await ask(`${install}/stream/${type}/${encodeURIComponent(id)}.json`);
    assert.doesNotMatch(text, /CANARY/);
    return json['streams'] as readonly Row[];
  };
  const holdAll = () => {
    const account = cloud.account(token);
    cloud.hold(account, cloud.uncached, cloud.uncached.looks);
    cloud.hold(account, cloud.cached);
    cloud.hold(account, cloud.dead, 1);
    return account;
  };

  test('the manifest names them as other servers do, unless the entry says no', async () => {
    const listed = async (install: string) => {
      const { json } = await ask(`${install}/manifest.json`);
      return json as { catalogs: { id: string; name: string }[]; resources: object[] };
    };
    const { catalogs, resources } = await listed(await installed());
    assert.deepEqual(
      catalogs.slice(0, 2).map(({ id, name }) => [id, name]),
      [
        ['alldebrid_watchlist_movies', 'AD Watchlist'],
        ['alldebrid_watchlist_series', 'AD Watchlist'],
      ],
    );
    assert.match(JSON.stringify(resources), /"acct:"/);
    for (const config of [entry({ ewc: false }), { ...entry(), ec: false }]) {
      const without = JSON.stringify(await listed(await installed(config)));
      assert.doesNotMatch(without, /watchlist|acct:/);
    }
  });

  test('titles that the library plays by this torrent, others by their own id, what is not ready not at all', async () => {
    holdAll();
    const install = await installed();
    const films = await metasOf(install, 'movie');
    assert.deepEqual(
      films.map(({ id }) => id),
      [SINTEL, 'acct:alldebrid:delete'],
    );
    const shows = await metasOf(install, 'series');
    const own = `acct:alldebrid:${cloud.uncached.infohash}`;
    assert.deepEqual(
      shows.map(({ id }) => id),
      [own],
    );
    assert.match(shows[0]?.name ?? '', /^Pioneer One$/);
    assert.deepEqual(await metasOf(install, 'series', '/skip=25'), []);
    const { json } = await ask(`${install}/meta/series/${encodeURIComponent(own)}.json`);
    const { videos = [] } = json['meta'] as Meta;
    assert.deepEqual(
      videos.map(({ season, episode }) => [season, episode]),
      [
        [1, 1],
        [1, 2],
        [1, 3],
      ],
    );
    const rows = await rowsOf(install, 'series', videos[1]?.id ?? '');
    assert.equal(rows.length, 1);
    assert.match(rows[0]?.behaviorHints?.filename ?? '', /S01E02/);
    const played = await fetch(rows[0]?.url ?? '', { redirect: 'manual' });
    assert.equal(played.status, 302);
    assert.match(played.headers.get('location') ?? '', /S01E02/);
  });

  test('a page holds 25', async () => {
    const account = cloud.account(token);
    cloud.fill(account, 30);
    const install = await installed();
    const first = await metasOf(install, 'movie');
    assert.equal(first.length, 26, 'and the entry that leads to deleting');
    const second = await metasOf(install, 'movie', '/skip=25');
    assert.equal(second.length, 5);
    assert.equal(new Set([...first, ...second].map(({ id }) => id)).size, 31);
    const [row] = await rowsOf(install, 'movie', second[0]?.id ?? '');
    const played = await fetch(row?.url ?? '', { redirect: 'manual' });
    assert.match(played.headers.get('location') ?? '', /Sintel\.mp4/);
  });

  test('nothing is deleted by looking; what is ticked is, when the word is typed, and nothing else', async () => {
    const account = holdAll();
    const install = await installed();
    const [row] = await rowsOf(install, 'movie', 'acct:alldebrid:delete');
    const url = row?.externalUrl ?? '';
    assert.ok(url.startsWith(`${app.baseUrl}/`) && row?.url === undefined);
    const page = await ask(url);
    assert.match(page.text, /method="post"/);
    assert.match(page.headers.get('content-security-policy') ?? '', /form-action 'self'/);
    assert.equal((await ask(url, { method: 'HEAD' })).status, 200);
    const ids = [...page.text.matchAll(/name="id" value="(\d+)"/g)].map(([, id]) => id ?? '');
    assert.equal(ids.length, 2, page.text);
    const post = (fields: Record<string, string>) =>
      ask(url, { method: 'POST', body: new URLSearchParams(fields) });
    const [first = '', second = ''] = ids;
    for (const fields of [
      { id: first },
      { id: first, confirm: 'yes' },
      { confirm: 'delete' },
      { id: '1', confirm: 'delete' },
    ])
      assert.equal((await post(fields)).status, 400);
    assert.equal(account.held.length, 3, 'all is there still');
    const done = await post({ id: first, confirm: 'delete' });
    assert.equal(done.status, 200, done.text);
    assert.match(done.text, /Deleted 1 of 1/);
    assert.doesNotMatch(done.text, new RegExp(`value="${first}"`));
    assert.match(done.text, new RegExp(`value="${second}"`));
    assert.equal(account.held.length, 2);
  });

  test('the address at which other servers delete everything by a GET leads to the page', async () => {
    const account = holdAll();
    const install = await installed();
    const old = install.replace(app.baseUrl, `${app.baseUrl}/streaming_provider`);
    for (const method of ['GET', 'HEAD']) {
      const url = `${old}/delete_all_watchlist?streaming_provider=alldebrid`;
      const answer = await fetch(url, { method, redirect: 'manual' });
      assert.equal(answer.status, 302);
      assert.equal(answer.headers.get('location'), `${install}/watchlist/alldebrid/delete`);
    }
    assert.equal(account.held.length, 3);
    const none = (await installed({})).replace(app.baseUrl, `${app.baseUrl}/streaming_provider`);
    assert.equal((await ask(`${none}/delete_all_watchlist`)).status, 404);
  });

  test('of a stored profile its owner alone deletes', async () => {
    const account = holdAll();
    const { json } = await ask(`${app.baseUrl}/profiles`, send('POST', entry()));
    const url = `${app.baseUrl}/${String(json['profile'])}/watchlist/alldebrid/delete`;
    const page = await ask(url);
    assert.match(page.text, /Owner key/);
    const [, id = ''] = /name="id" value="(\d+)"/.exec(page.text) ?? [];
    const post = (key: string) => {
      const body = new URLSearchParams({ id, confirm: 'delete', owner_key: key });
      return ask(url, { method: 'POST', body });
    };
    assert.equal((await post('wrong')).status, 403);
    assert.equal(account.held.length, 3);
    assert.equal((await post(String(json['owner_key']))).status, 200);
    assert.equal(account.held.length, 2);
  });

  test('another account, another service, a torrent that is not held: not found', async () => {
    cloud.account(token);
    const install = await installed();
    for (const path of [
      `/meta/series/acct:alldebrid:${cloud.uncached.infohash}.json`,
      `/stream/series/acct:alldebrid:${cloud.uncached.infohash}:1.json`,
      `/stream/movie/acct:realdebrid:${cloud.uncached.infohash}.json`,
      '/watchlist/realdebrid/delete',
    ])
      assert.equal((await ask(install + path)).status, 404, path);
    assert.equal((await ask(`${install}/stream/movie/acct:nothing.json`)).status, 400);
    assert.deepEqual(await metasOf(install, 'movie'), []);
  });
});
