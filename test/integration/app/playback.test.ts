/** From a configuration to a film: the whole program over two processes, with a service that keeps state. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import postgres from 'postgres';
import { poll } from '../../../src/lib/async/wait.ts';
import { ask, send } from '../../support/configure-requests.ts';
import { rawRequest } from '../../support/http-client.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { startPremiumize } from '../../support/upstreams/premiumize.ts';
import { FakeQbittorrent } from '../../support/upstreams/qbittorrent.ts';
import { startRealDebrid } from '../../support/upstreams/realdebrid.ts';

const TOKEN = 'CANARY7f3a9token1234567890';
const SINTEL = 'tt1727587';
const CROWD = 500;
const POLL = { everyMs: 100, timeoutMs: 10_000 };

interface Row {
  readonly name: string;
  readonly url?: string;
  readonly infoHash?: string;
  readonly behaviorHints?: { readonly bingeGroup?: string };
}

const MODE = appModes().includes('external-2') ? 'external-2' : 'embedded';

describe('playback', () => {
  const cloud = new DebridCloud();
  let upstream: FakeUpstream;
  let premiumize: FakeUpstream;
  let app: RunningApp;

  before(async () => {
    upstream = await startRealDebrid(cloud);
    premiumize = await startPremiumize(cloud);
    app = await startApp({
      mode: MODE,
      environment: {
        REALDEBRID_URL: upstream.url,
        PREMIUMIZE_URL: premiumize.url,
        DEBRID_WAIT_MS: '1500',
        FETCH_ALLOW_PRIVATE: '*.invalid,127.0.0.1',
        HTTP_IN_FLIGHT_MAX: '2000',
        LOG_LEVEL: 'debug',
      },
    });
  });
  after(async () => {
    await Promise.all([upstream, premiumize].map((one) => one[Symbol.asyncDispose]()));
    await app[Symbol.asyncDispose]();
    assert.doesNotMatch(app.output(), /CANARY/);
  });
  beforeEach(() => {
    cloud.accounts.clear();
    cloud.account(TOKEN);
  });

  /** Tokens that the film was played with. */
  const played = new Set<string>();
  const tokenOf = (url: string) => new URL(url).pathname.split('/')[2] ?? '';

  const configure = async (config: object): Promise<string> => {
    const { json, text } = await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', config));
    assert.equal(json['status'], 'success', text);
    return String(json['encrypted_str']);
  };
  const withToken = (token: string, more: object = {}) =>
    configure({ sps: [{ sv: 'realdebrid', tk: token }], ...more });
  const list = async (segment: string, id = `movie/${SINTEL}`): Promise<readonly Row[]> => {
    const { text } = await ask(`${app.baseUrl}/${segment}/stream/${id}.json`);
    assert.doesNotMatch(text, /CANARY/);
    return (JSON.parse(text) as { readonly streams: readonly Row[] }).streams;
  };
  const play = async (url: string, method = 'GET') => {
    const answer = await fetch(url, { method, redirect: 'manual' });
    assert.equal(answer.headers.get('location')?.includes('CANARY') ?? false, false);
    if (answer.headers.get('location')?.endsWith('Sintel.mp4') === true) played.add(tokenOf(url));
    return {
      status: answer.status,
      location: answer.headers.get('location') ?? '',
      cacheControl: answer.headers.get('cache-control') ?? '',
    };
  };
  const linkTo = async (segment: string, infohash: string): Promise<string> => {
    const rows = await list(segment);
    const row = rows.find(({ url }) => url?.includes(infohash) === true);
    assert.ok(row?.url !== undefined, JSON.stringify(rows.map(({ name, url }) => [name, url])));
    return row.url;
  };
  const legacy = (segment: string, rest: string) =>
    `${app.baseUrl}/streaming_provider/${segment}/playback/realdebrid/${rest}`;

  test('torrents of a user with a service are links of ours, and none is played directly', async () => {
    const rows = await list(await withToken(TOKEN));
    const linked = rows.filter(({ url }) => url?.includes('/playback/') === true);
    assert.ok(linked.length > 0);
    assert.ok(!rows.some(({ infoHash }) => infoHash !== undefined));
    for (const { name, behaviorHints } of linked) {
      assert.match(name, /^Sluice 🧲 RD /);
      assert.match(behaviorHints?.bingeGroup ?? '', /^sluice\|RD\|/);
    }
    const other = await list(await withToken(`${TOKEN}2`));
    assert.notEqual(other[0]?.url, rows[0]?.url, 'links are their own');
    const again = await list(await withToken(TOKEN, { mxs: 7 }));
    assert.equal(again[0]?.url, rows[0]?.url, 'and the same whatever else is set');
  });

  const markOf = (rows: readonly Row[], label: string, infohash: string): string => {
    const row = rows.find(
      ({ name, url }) => name.includes(` ${label} `) && url?.includes(infohash) === true,
    );
    return ['⚡', '❔', '⏳'].find((mark) => row?.name.includes(mark) === true) ?? 'none';
  };

  test('marks: a service that says so is believed, one that does not is unknown until playing shows it', async () => {
    const mine = `${TOKEN}marks`;
    cloud.account(mine);
    cloud.account(`${mine}2`);
    const both = await configure({
      sps: [
        { sv: 'realdebrid', tk: mine },
        { sv: 'premiumize', tk: mine },
      ],
      mspr: 0,
      mxs: 100,
    });
    const { infohash } = cloud.cached;
    const rows = await list(both);
    assert.equal(markOf(rows, 'PM', infohash), '⚡');
    assert.equal(markOf(rows, 'RD', infohash), '❔');
    assert.match(rows[0]?.name ?? '', /⚡/, 'what is cached comes first');
    const torrents = rows.filter(({ url }) => url?.includes(infohash) === true);
    assert.equal(torrents.length, 2, 'once for each service');
    const url = torrents.find(({ name }) => name.includes(' RD '))?.url ?? '';
    assert.match((await play(url)).location, /Sintel\.mp4$/);
    assert.ok(
      await poll(async () => markOf(await list(both), 'RD', infohash) === '⚡', POLL),
      'what was played is known',
    );
    const other = await list(await withToken(`${mine}2`));
    assert.equal(markOf(other, 'RD', infohash), '❔', 'to this account alone');
    cloud.hold(cloud.account(`${mine}3`), cloud.cached).selected = [1];
    const holds = await list(await withToken(`${mine}3`));
    assert.equal(markOf(holds, 'RD', infohash), '⚡', 'what an account holds is known');
    const mixed = await configure({
      sps: [
        { sv: 'realdebrid', tk: `${mine}2` },
        { sv: 'premiumize', tk: mine },
      ],
      pg: 'mixed',
    });
    const once = (await list(mixed)).filter((row) => row.url?.includes(infohash) === true);
    assert.equal(once.length, 1);
    assert.match(once[0]?.name ?? '', /PM ⚡/);
    const only = await list(
      await withToken(`${mine}2`, { sps: [{ sv: 'realdebrid', tk: `${mine}2`, oscs: true }] }),
    );
    assert.ok(!only.some((row) => row.url?.includes('/playback/') === true), JSON.stringify(only));
  });

  test('a service that hangs holds a list up no longer than the deadline', async () => {
    const segment = await configure({ sps: [{ sv: 'premiumize', tk: `${TOKEN}slow` }] });
    cloud.account(`${TOKEN}slow`);
    premiumize.script = { latency: 5000 };
    try {
      const startedAt = performance.now();
      const rows = await list(segment, 'movie/tt1254207');
      assert.ok(performance.now() - startedAt < 3000);
      assert.match(rows.find(({ url }) => url !== undefined)?.name ?? '', /PM ❔/);
    } finally {
      premiumize.script = {};
    }
  });

  test('a film plays, is asked for once, and its answer may be kept for a while', async () => {
    const url = await linkTo(await withToken(TOKEN), cloud.cached.infohash);
    const first = await play(url);
    assert.equal(first.status, 302);
    assert.match(first.location, /^https:\/\/cdn\.invalid\/.*Sintel\.mp4$/);
    assert.match(first.cacheControl, /^private, max-age=(?:[1-9]\d?|[12]\d\d|300)$/);
    const calls = upstream.asked.length;
    const again = await play(url);
    assert.equal(again.location, first.location);
    assert.equal(upstream.asked.length, calls, 'a seek asks nobody');
  });

  test('a qBittorrent of the user plays, and a wrong password has its video', async () => {
    const client = await new FakeQbittorrent(cloud).start();
    try {
      const clientOf = (password: string) =>
        configure({
          sps: [
            {
              sv: 'qbittorrent',
              qbc: { qur: client.url, qus: 'admin', qpw: password, wur: `${client.url}/dav` },
            },
          ],
        });
      const url = await linkTo(await clientOf(TOKEN), cloud.cached.infohash);
      const { location } = await play(url);
      assert.ok(location.startsWith(`${client.url}/dav/`), location);
      assert.match(location, /Sintel\.mp4$/);
      const wrong = await linkTo(await clientOf(`${TOKEN}wrong`), cloud.cached.infohash);
      assert.match((await play(wrong)).location, /invalid_credentials\.mp4$/);
    } finally {
      await client[Symbol.asyncDispose]();
    }
  });

  test('HEAD asks the service nothing, and says what is known', async () => {
    cloud.account(`${TOKEN}head`);
    const url = await linkTo(await withToken(`${TOKEN}head`), cloud.cached.infohash);
    const calls = upstream.asked.length;
    const before = await play(url, 'HEAD');
    assert.equal(before.status, 200);
    assert.equal(upstream.asked.length, calls);
    await play(url);
    const after = upstream.asked.length;
    // Each over a connection of its own, so to every process: what one has found all know.
    const heads = await Promise.all(
      Array.from({ length: 20 }, () => rawRequest(url, { method: 'HEAD' })),
    );
    assert.deepEqual([...new Set(heads.map(({ status }) => status))], [302]);
    assert.equal(upstream.asked.length, after);
  });

  test('a crowd over all processes is one chain of calls', async () => {
    cloud.account(`${TOKEN}crowd`);
    const url = await linkTo(await withToken(`${TOKEN}crowd`), cloud.cached.infohash);
    const calls = upstream.asked.length;
    const answers = await Promise.all(Array.from({ length: CROWD }, () => rawRequest(url)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [302]);
    const links = new Set(answers.map(({ headers }) => headers['location']));
    assert.equal(links.size, 1);
    played.add(tokenOf(url));
    const paths = upstream.asked.slice(calls).map(({ path }) => path);
    assert.equal(paths.filter((path) => path.endsWith('/addMagnet')).length, 1);
    assert.equal(paths.filter((path) => path.endsWith('/unrestrict/link')).length, 1);
  });

  test('an episode is found in a pack that is downloaded first: a video says so, then it plays', async () => {
    const segment = await withToken(TOKEN);
    const url = legacy(segment, `${cloud.uncached.infohash}/1/2`);
    const first = await play(url);
    assert.equal(first.location, `${app.baseUrl}/static/exceptions/torrent_downloading.mp4`);
    assert.equal(first.cacheControl, 'no-store');
    for (let attempt = 0; attempt < 20; attempt++) {
      const { location } = await play(url);
      if (location.includes('S01E02')) return;
      assert.match(location, /torrent_downloading/);
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    assert.fail('the episode did not come');
  });

  test('an episode that a pack does not have is refused', async () => {
    const segment = await withToken(TOKEN);
    const url = legacy(segment, `${cloud.cached.infohash}/1/7`);
    assert.match((await play(url)).location, /exceptions\/episode_not_found\.mp4$/);
  });

  test('each failure has its video', async () => {
    for (const [state, video] of [
      ['expired', 'invalid_token'],
      ['banned', 'invalid_token'],
      ['free', 'need_premium'],
      ['full', 'torrent_limit'],
    ] as const) {
      const token = `${TOKEN}${state}`;
      cloud.account(token, state);
      const segment = await withToken(token);
      const { location } = await play(legacy(segment, cloud.dead.infohash));
      assert.match(location, new RegExp(`exceptions/${video}\\.mp4$`), state);
    }
    const segment = await withToken(`${TOKEN}unknown`);
    const { location } = await play(legacy(segment, cloud.cached.infohash));
    assert.match(location, /invalid_token/);
    cloud.account(`${TOKEN}dead`);
    const dead = await withToken(`${TOKEN}dead`);
    for (let attempt = 0; ; attempt++) {
      const last = await play(legacy(dead, cloud.dead.infohash));
      if (last.location.endsWith('/torrent_error.mp4')) break;
      assert.ok(attempt < 20, last.location);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  });

  test('paths that are none are refused, and links of nobody show a video', async () => {
    const { infohash } = cloud.cached;
    for (const path of [
      `/playback/short/${infohash}`,
      `/playback/${'a'.repeat(22)}/nothash`,
      `/playback/${'a'.repeat(22)}/${infohash}/x/2`,
      `/playback/${'a'.repeat(22)}/${infohash}/1/999999`,
      `/playback/${'a'.repeat(22)}/${infohash}/%ff`,
    ])
      assert.equal((await play(`${app.baseUrl}${path}`)).status, 400, path);
    for (const path of [
      `/playback/${'a'.repeat(22)}/${infohash}`,
      `/streaming_provider/S-x/playback/realdebrid/${infohash}`,
    ])
      assert.match((await play(`${app.baseUrl}${path}`)).location, /invalid_config\.mp4$/, path);
  });

  test('links of other servers that lead nowhere here say so, for whatever asks', async () => {
    const head = `${app.baseUrl}/streaming_provider/${await withToken(TOKEN)}`;
    for (const [path, video] of [
      ['usenet/sabnzbd/a1b2', 'stream_not_found'],
      ['usenet/sabnzbd/a1b2/Sintel.mkv', 'stream_not_found'],
      ['usenet/nzbget/a1b2/1/2', 'stream_not_found'],
      ['usenet/nzbget/a1b2/1/2/Pioneer.One.mkv', 'stream_not_found'],
      ['telegram/-100123/45', 'unsupported_direct_download'],
      ['telegram/-100123/45/Sintel.mkv', 'unsupported_direct_download'],
    ])
      for (const method of ['GET', 'HEAD']) {
        const { status, location, cacheControl } = await play(`${head}/${path}`, method);
        assert.deepEqual([status, cacheControl], [302, 'no-store'], path);
        assert.equal(location, `${app.baseUrl}/static/exceptions/${video}.mp4`, path);
        assert.equal((await fetch(location, { method: 'HEAD' })).status, 200);
      }
  });

  test('a client that leaves stops waiting, and what it began goes on', async () => {
    cloud.account(`${TOKEN}leaves`);
    const url = await linkTo(await withToken(`${TOKEN}leaves`), cloud.cached.infohash);
    await assert.rejects(fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(1) }));
    const { location } = await play(url);
    assert.match(location, /Sintel\.mp4$/);
  });

  test('links of a stored profile end with it', async () => {
    const stored = await ask(
      `${app.baseUrl}/profiles`,
      send('POST', { sps: [{ sv: 'realdebrid', tk: `${TOKEN}profile` }] }),
    );
    cloud.account(`${TOKEN}profile`);
    const segment = String(stored.json['profile']);
    assert.match(segment, /^U-/, stored.text);
    const url = await linkTo(segment, cloud.cached.infohash);
    assert.match((await play(url)).location, /Sintel\.mp4$/);
    const owner = String(stored.json['owner_key']);
    const revoked = await ask(`${app.baseUrl}/profiles/${segment.slice(2)}`, {
      method: 'DELETE',
      headers: { 'x-owner-key': owner },
    });
    assert.ok(revoked.status < 300, revoked.text);
    for (let attempt = 0; attempt < 60; attempt++) {
      if ((await play(url)).location.endsWith('invalid_config.mp4')) return;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
    assert.fail('the link still plays');
  });

  test('plays are counted once a session, and none is lost when the program stops', async (context) => {
    if (app.databaseUri === null) return context.skip('the database ends with the program');
    await app.stop('SIGTERM');
    const sql = postgres(app.databaseUri, { max: 1 });
    try {
      const [row] = await sql<{ readonly plays: number }[]>`
        SELECT c.playback_count AS plays FROM stream_counter c JOIN stream s USING (stream_id)
        WHERE s.content_key = ${Buffer.from(cloud.cached.infohash, 'hex')}`;
      assert.ok(played.size > 2);
      assert.equal(row?.plays, played.size);
    } finally {
      await sql.end();
    }
  });
});
