/** From a configuration to a film on Usenet: the whole program with an indexer, and download clients that keep state. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, send } from '../../support/configure-requests.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { NewsWorld } from '../../support/upstreams/news-world.ts';
import { startNzbGet } from '../../support/upstreams/nzbget.ts';
import { startSabnzbd } from '../../support/upstreams/sabnzbd.ts';
import { startTorBox } from '../../support/upstreams/torbox.ts';
import { startTorznab } from '../../support/upstreams/torznab.ts';
import { workByImdb } from '../../support/upstreams/works.ts';

/** Of the demo catalogue. */
const NIGHT = 'tt0063350';
const PIONEER = 'tt1748166';
const INDEXER_KEY = 'CANARYx7Kq9x7Kq9';
const SHARED_KEY = 'CANARYs4Tz2s4Tz2';
const CLIENT_KEY = 'CANARYc1Lm5c1Lm5';
const ATTEMPTS_MAX = 40;

interface Row {
  readonly name: string;
  readonly url?: string;
  readonly infoHash?: string;
  readonly behaviorHints?: { readonly bingeGroup?: string };
}

describe('Usenet', () => {
  const world = new NewsWorld();
  const closing: AsyncDisposable[] = [];
  let indexer: FakeUpstream;
  let shared: FakeUpstream;
  let sabnzbd: FakeUpstream;
  let nzbdav: FakeUpstream;
  let nzbget: FakeUpstream;
  let app: RunningApp;

  before(async () => {
    const usenet = { isUsenet: true, downloadBase: '' };
    indexer = await startTorznab({ title: 'Mine', apiKey: INDEXER_KEY, ...usenet });
    shared = await startTorznab({ title: 'Shared', apiKey: SHARED_KEY, ...usenet });
    sabnzbd = await startSabnzbd(world, { kind: 'sabnzbd', apiKey: CLIENT_KEY });
    nzbdav = await startSabnzbd(world, { kind: 'nzbdav', apiKey: CLIENT_KEY });
    nzbget = await startNzbGet(world, { login: `me:${CLIENT_KEY}` });
    const cloud = new DebridCloud();
    cloud.account(CLIENT_KEY);
    const torBox = await startTorBox(cloud);
    closing.push(indexer, shared, sabnzbd, nzbdav, nzbget, torBox);
    app = await startApp({
      environment: {
        FETCH_ALLOW_PRIVATE: '*.invalid,127.0.0.1',
        TORBOX_URL: torBox.url,
        NEWZNAB_SOURCES: JSON.stringify([
          { name: 'Shared', url: `${shared.url}/api`, apiKey: SHARED_KEY },
        ]),
        DEBRID_WAIT_MS: '500',
        LOG_LEVEL: 'debug',
      },
    });
  });
  after(async () => {
    for (const one of closing) await one[Symbol.asyncDispose]();
    await app[Symbol.asyncDispose]();
    assert.doesNotMatch(app.output(), /CANARY/);
  });

  const entries = (key = CLIENT_KEY) => ({
    sabnzbd: { sv: 'sabnzbd', sbc: { u: sabnzbd.url, ak: key, wur: `${sabnzbd.url}/dav` } },
    nzbdav: { sv: 'nzbdav', ndc: { u: nzbdav.url, ak: key } },
    nzbget: { sv: 'nzbget', ngc: { u: nzbget.url, un: 'me', pw: key, wur: `${nzbget.url}/dav` } },
    torbox: { sv: 'torbox', tk: key, eun: true },
  });
  const own = (ak = INDEXER_KEY) => ({
    ic: { nz: [{ n: 'Mine', u: `${indexer.url}/api`, ak }] },
    mspr: 0,
    mxs: 100,
  });
  const list = async (config: object, id = `movie/${NIGHT}`): Promise<readonly Row[]> => {
    const sealed = await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', config));
    assert.equal(sealed.json['status'], 'success', sealed.text);
    const segment = String(sealed.json['encrypted_str']);
    const { text } = await ask(`${app.baseUrl}/${segment}/stream/${id}.json`);
    assert.doesNotMatch(text, /CANARY/);
    return (JSON.parse(text) as { readonly streams: readonly Row[] }).streams;
  };
  const play = async (url: string): Promise<string> => {
    const answer = await fetch(url, { redirect: 'manual' });
    const location = answer.headers.get('location') ?? `HTTP ${answer.status}`;
    assert.doesNotMatch(location, /CANARY/);
    return location;
  };
  /** Until it is downloaded. */
  const played = async (url: string): Promise<string> => {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const location = await play(url);
      if (!location.endsWith('/torrent_downloading.mp4')) return location;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    return assert.fail('it does not come');
  };
  const isPost = ({ url }: Row) => url?.includes('/nzb-') === true;
  const found = workByImdb(NIGHT)?.releases ?? [];

  for (const service of ['sabnzbd', 'nzbdav', 'nzbget', 'torbox'] as const)
    test(`${service}: a post is listed, downloaded, and plays; then it is marked`, async () => {
      world.jobs.length = 0;
      const config = { sps: [entries()[service]], ...own() };
      const posts = (await list(config)).filter(isPost);
      assert.equal(posts.length, 2 * found.length, 'of both indexers');
      const [post] = posts;
      const label = { sabnzbd: 'SABnzbd', nzbdav: 'NzbDAV', nzbget: 'NZBGet', torbox: 'TRB' };
      assert.match(post?.name ?? '', new RegExp(`^Sluice 📰 ${label[service]} ❔`));
      assert.match(
        post?.behaviorHints?.bingeGroup ?? '',
        new RegExp(`^sluice\\|${label[service]}\\|usenet\\|`),
      );
      const url = post?.url ?? '';
      const first = await play(url);
      assert.match(first, /exceptions\/torrent_downloading\.mp4$/);
      const location = await played(url);
      assert.match(location, /^https?:\/\/[^@]+\.mkv$/);
      assert.equal(await play(url), location);
      if (service !== 'torbox') assert.equal(world.jobs.length, 1);
      const again = (await list(config)).filter(isPost);
      const marked = again.filter(({ name }) => name.includes('⚡'));
      assert.ok(marked.some((row) => row.url === url) && marked.length < again.length);
      assert.deepEqual(marked, again.slice(0, marked.length), 'and comes first');
    });

  test('an episode plays, and of a post that does not have it nothing does', async () => {
    world.jobs.length = 0;
    const config = { sps: [entries().sabnzbd], ...own() };
    const posts = (await list(config, `series/${PIONEER}:1:2`)).filter(isPost);
    const alone = posts.find(({ url }) => /S01E02/i.test(url ?? ''));
    assert.match(alone?.url ?? '', /\/nzb-[\w-]+\/1\/2\//);
    assert.match(await played(alone?.url ?? ''), /S01E02[^/]*\.mkv$/i);
    const other = (alone?.url ?? '').replace('/1/2/', '/1/3/');
    assert.match(await played(other), /exceptions\/episode_not_found\.mp4$/);
  });

  test('a key is used for its indexer alone, and is with nobody else', async () => {
    const rows = (await list({ sps: [entries().sabnzbd], ...own() })).filter(isPost);
    for (const [upstream, key] of [
      [indexer, INDEXER_KEY],
      [shared, SHARED_KEY],
    ] as const) {
      world.jobs.length = 0;
      const row = rows.findLast((one) => locatorOf(one).startsWith(upstream.url));
      assert.match(await played(row?.url ?? ''), /\.mkv$/);
      const downloads = upstream.asked.filter(({ path }) => path.startsWith('/download/'));
      assert.ok(downloads.length > 0);
      assert.ok(downloads.every(({ query }) => query.get('apikey') === key));
    }
    const kept = JSON.stringify([world.jobs, sabnzbd.asked.map(({ body }) => body)]);
    assert.ok(!kept.includes(INDEXER_KEY) && !kept.includes(SHARED_KEY));
  });

  test('who has no service for it, or does not want it, sees none', async () => {
    for (const config of [
      own(),
      { sps: [{ sv: 'torbox', tk: CLIENT_KEY }], ...own() },
      { sps: [entries().sabnzbd], ...own(), eus: false },
    ])
      assert.ok(!(await list(config)).some(isPost), JSON.stringify(Object.keys(config)));
  });

  test('torrents are not for a user with Usenet alone, and Usenet may come before torrents', async () => {
    const alone = await list({ sps: [entries().sabnzbd], ...own() });
    assert.ok(!alone.some(({ infoHash }) => infoHash !== undefined));
    for (const puot of [false, true]) {
      const rows = await list({ sps: [entries().torbox, entries().sabnzbd], ...own(), puot });
      const links = rows.filter(({ url }) => url?.includes('/playback/') === true);
      assert.ok(links.some(isPost) && !links.every(isPost));
      assert.equal(links[0] !== undefined && isPost(links[0]), puot);
    }
  });

  test('a news server of the user: Stremio gets the NZB from us, and the posts from there', async () => {
    const u = 'nntps://me:secret@news.example:563';
    const rows = (await list({
      sps: [{ sv: 'stremio_nntp', u, oscs: true }],
      ...own(),
    })) as readonly {
      readonly nzbUrl?: string;
      readonly servers?: readonly string[];
    }[];
    const posts = rows.filter(({ nzbUrl }) => nzbUrl !== undefined);
    assert.equal(posts.length, 2 * found.length);
    for (const { servers } of posts) assert.deepEqual(servers, [`${u}/4`]);
    const [post] = posts;
    const answer = await fetch(post?.nzbUrl ?? '');
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get('content-type'), 'application/x-nzb');
    assert.match(answer.headers.get('cache-control') ?? '', /private/);
    const nzb = await answer.text();
    assert.match(nzb, /<nzb /);
    assert.doesNotMatch(nzb, /CANARY/);
    const head = await fetch(post?.nzbUrl ?? '', { method: 'HEAD' });
    assert.equal(head.headers.get('content-type'), 'application/x-nzb');
    const other = await list({
      sps: [{ sv: 'stremio_nntp', u: 'nntps://you:other@news.example:563/8' }],
      ...own(),
    });
    assert.doesNotMatch(JSON.stringify(other), /me:secret/);
    assert.match(JSON.stringify(other), /you:other@news\.example:563\/8"/);
    const web = { sps: [{ sv: 'stremio_nntp', u: 'https://news.example' }] };
    const refused = await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', web));
    assert.match(refused.text, /expected a news server/);
  });

  test('what is not downloaded yet may be left out', async () => {
    world.jobs.length = 0;
    const onlyReady = { sps: [{ ...entries(CLIENT_KEY).nzbdav, oscs: true }], ...own() };
    const before = (await list(onlyReady)).filter(isPost);
    const all = (await list({ sps: [entries().nzbdav], ...own() })).filter(isPost);
    assert.ok(all.length > before.length);
    assert.ok(before.every(({ name }) => name.includes('⚡')));
  });

  test('each failure has its video, and a link of nobody else plays', async () => {
    world.jobs.length = 0;
    const posts = (config: object) => list(config).then((rows) => rows.filter(isPost));
    const wrong = await posts({ sps: [entries('CANARY-wrong').sabnzbd], ...own() });
    assert.match(await play(wrong.at(-1)?.url ?? ''), /invalid_token\.mp4$/);
    const others = (await posts({ sps: [entries().nzbget], ...own() })).slice(1);
    for (const [index, [script, video]] of (
      [
        [{ fault: { kind: 'status', status: 403 } }, 'usenet_transfer_error'],
        [{ fault: { kind: 'web-page' } }, 'usenet_transfer_error'],
        [{ fault: { kind: 'limited', retryAfterS: 1 } }, 'too_many_requests'],
      ] as const
    ).entries()) {
      indexer.script = script;
      shared.script = script;
      const location = await play(others[index]?.url ?? '');
      assert.match(location, new RegExp(`exceptions/${video}\\.mp4$`));
    }
    indexer.script = {};
    shared.script = {};
    assert.equal(world.jobs.length, 0);
    const url = others[0]?.url ?? '';
    const changed = url.replace(/nzb-[\w-]/, (start) => (start.endsWith('A') ? 'nzb-B' : 'nzb-A'));
    assert.equal(await play(changed), 'HTTP 400');
  });
});

function locatorOf({ url = '' }: Row): string {
  const ref = /nzb-[\w-]{22}([\w-]+)/.exec(url)?.[1] ?? '';
  return Buffer.from(ref, 'base64url').toString().split('\n')[1] ?? '';
}
