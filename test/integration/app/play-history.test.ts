/** What a stored profile has played, through the whole program: kept when it says so, listed, continued, deleted. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { poll } from '../../../src/lib/async/wait.ts';
import { ask, send, type Answer } from '../../support/configure-requests.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';
import { startAllDebrid } from '../../support/upstreams/alldebrid.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';

const TOKEN = 'CANARY7f3a9token1234567890';
const SINTEL = 'tt1727587';
const POLL = { everyMs: 200, timeoutMs: 40_000 };
const CONFIG = { sps: [{ sv: 'alldebrid', tk: TOKEN }], mspr: 0, mxs: 100 };

interface Item {
  readonly key: string;
  readonly id: string;
  readonly plays: number;
}

describe('history of profiles', () => {
  const cloud = new DebridCloud();
  let upstream: FakeUpstream;
  let app: RunningApp;

  before(async () => {
    cloud.account(TOKEN);
    upstream = await startAllDebrid(cloud);
    app = await startApp({
      environment: { ALLDEBRID_URL: upstream.url, FETCH_ALLOW_PRIVATE: '*.invalid' },
    });
  });
  after(async () => {
    await app[Symbol.asyncDispose]();
    await upstream[Symbol.asyncDispose]();
  });

  const newProfile = async (more: object) => {
    const { json, text } = await ask(
      `${app.baseUrl}/profiles`,
      send('POST', { ...CONFIG, ...more }),
    );
    assert.equal(json['status'], 'success', text);
    const segment = String(json['profile']);
    const headers = { 'x-owner-key': String(json['owner_key']) };
    const history = (tail = '', method = 'GET') =>
      ask(`${app.baseUrl}/profiles/${segment}/history${tail}`, { method, headers });
    return { segment, history };
  };
  const play = async (segment: string): Promise<void> => {
    const listed = await ask(`${app.baseUrl}/${segment}/stream/movie/${SINTEL}.json`);
    const rows = listed.json['streams'] as readonly { readonly url?: string }[];
    const row = rows.find(({ url }) => url?.includes(cloud.cached.infohash) === true);
    assert.ok(row?.url !== undefined, listed.text);
    const { status } = await fetch(row.url, { redirect: 'manual' });
    assert.equal(status, 302);
  };
  const itemsOf = ({ json }: Answer) => json['items'] as readonly Item[];
  const catalogs = async (segment: string) => {
    const { json } = await ask(`${app.baseUrl}/${segment}/manifest.json`);
    return (json['catalogs'] as readonly { readonly id: string }[]).map(({ id }) => id);
  };

  test('a profile that keeps one lists it, continues with it, and forgets it', async () => {
    const { segment, history } = await newProfile({ cw: true });
    assert.deepEqual((await catalogs(segment)).slice(0, 2), [
      'continue-watching',
      'continue-watching',
    ]);
    assert.deepEqual((await history()).json, { items: [], next: null });
    await play(segment);
    await play(segment);
    await poll(async () => itemsOf(await history()).length === 1, POLL);
    const [item] = itemsOf(await history());
    assert.equal(item?.id, SINTEL);
    assert.equal(item.plays, 1, 'one session is one play');
    const page = await ask(`${app.baseUrl}/${segment}/catalog/movie/continue-watching.json`);
    const metas = page.json['metas'] as readonly { id: string; behaviorHints: object }[];
    assert.deepEqual(
      metas.map(({ id, behaviorHints }) => [id, behaviorHints]),
      [[SINTEL, { defaultVideoId: SINTEL }]],
    );
    assert.match(page.headers.get('cache-control') ?? '', /^private/);
    const beyond = `${app.baseUrl}/${segment}/catalog/movie/continue-watching/skip=100.json`;
    assert.deepEqual((await ask(beyond)).json, { metas: [] });
    assert.equal((await history(`/${item.key}`, 'DELETE')).status, 200);
    assert.equal((await history(`/${item.key}`, 'DELETE')).status, 404);
    assert.equal((await history('', 'DELETE')).status, 200);
    assert.deepEqual(itemsOf(await history()), []);
  });

  test('neither a profile that keeps none nor an address alone has one, or its catalogue', async () => {
    const { segment, history } = await newProfile({});
    await play(segment);
    const sealed = await ask(
      `${app.baseUrl}/encrypt-user-data`,
      send('POST', { ...CONFIG, cw: true }),
    );
    const address = String(sealed.json['encrypted_str']);
    await play(address);
    const keeping = await newProfile({ cw: true });
    await play(keeping.segment);
    await poll(async () => itemsOf(await keeping.history()).length === 1, POLL);
    assert.deepEqual(itemsOf(await history()), [], 'though it was played before');
    for (const one of [segment, address]) {
      assert.ok(!(await catalogs(one)).includes('continue-watching'));
      const page = await ask(`${app.baseUrl}/${one}/catalog/movie/continue-watching.json`);
      assert.deepEqual(page.json, { metas: [] });
    }
  });

  test('its owner alone reads and deletes it, in words that are understood', async () => {
    const { segment, history } = await newProfile({ cw: true });
    const url = `${app.baseUrl}/profiles/${segment}/history`;
    for (const method of ['GET', 'DELETE'])
      assert.equal((await ask(url, { method })).status, 403, method);
    assert.equal((await history('?limit=0')).status, 400);
    assert.equal((await history('?after=yesterday')).status, 400);
    assert.equal((await history('/nothing', 'DELETE')).status, 400);
    assert.doesNotMatch(app.output(), /CANARY/);
  });
});
