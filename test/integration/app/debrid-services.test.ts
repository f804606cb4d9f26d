/**
 * Every service through the whole program by a real Stremio client: configured, listed with true marks, played: a film, an
 * episode of a pack that has to be fetched first, and each way in which it fails.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { poll } from '../../../src/lib/async/wait.ts';
import type { Stream } from '../../../src/lib/stremio/types.ts';
import { serviceOf } from '../../../src/lib/user-config/services.ts';
import { qbittorrentEntry } from '../../support/client-kits.ts';
import { ask, send } from '../../support/configure-requests.ts';
import { HOSTED_SERVICES, type HostedService } from '../../support/hosted-services.ts';
import { runProgram } from '../../support/run-program.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';
import {
  DebridCloud,
  type AccountState,
  type CloudTorrent,
} from '../../support/upstreams/debrid-cloud.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { FakeQbittorrent } from '../../support/upstreams/qbittorrent.ts';

const TOKEN = 'CANARY7f3a9token1234567890';
const SINTEL = 'tt1727587';
const PIONEER = 'tt1748166';
const POLL = { everyMs: 100, timeoutMs: 60_000 };
/** They wait for downloads more than they work. */
const AT_A_TIME = 6;

interface Addon {
  get(resource: 'stream', type: string, id: string): Promise<unknown>;
}

const client = createRequire(import.meta.url)('stremio-addon-client') as {
  detectFromURL(url: string): Promise<{ readonly addon: Addon }>;
};

/** Accounts that cannot play, and what the viewer is shown. */
const STATES: readonly (readonly [AccountState, RegExp])[] = [
  ['expired', /invalid_(token|credentials)/],
  ['banned', /invalid_(token|credentials)/],
  ['limited', /too_many_requests/],
  ['free', /need_premium/],
];
/** For the account that finds its service so. */
const DOWN = { fault: { kind: 'status', status: 503 } } as const;
const FULL = /torrent_limit|queue_full|not_enough_space/;

const lineOf = ({ infohash, name, files }: CloudTorrent, title: object) => ({
  infoHash: infohash,
  name,
  title,
  files: files.map(({ path, sizeBytes }, index) => ({ path, size: sizeBytes, index })),
});

describe('services', { concurrency: AT_A_TIME }, () => {
  const { cached: film, uncached: pack, dead } = new DebridCloud();
  /** Each service has a world of its own, so that they are tried beside each other. */
  const clouds = new Map(
    [...HOSTED_SERVICES.map(({ service }) => service), 'qbittorrent'].map((service) => [
      service,
      new DebridCloud(),
    ]),
  );
  const cloudOf = (service: string) => clouds.get(service) ?? new DebridCloud();
  const upstreams: FakeUpstream[] = [];
  let qbittorrent: FakeUpstream;
  let folder: string;
  let app: RunningApp;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-services-'));
    const environment: Record<string, string> = {
      FETCH_ALLOW_PRIVATE: '*.invalid,127.0.0.1',
      DEBRID_WAIT_MS: '300',
    };
    for (const { service, start, variables } of HOSTED_SERVICES) {
      const upstream = await start(cloudOf(service));
      upstream.script = (asked) => (JSON.stringify(asked).includes(`${service}down`) ? DOWN : {});
      upstreams.push(upstream);
      for (const variable of variables) environment[variable] = upstream.url;
    }
    qbittorrent = await new FakeQbittorrent(cloudOf('qbittorrent')).start();
    upstreams.push(qbittorrent);
    const mode = appModes().includes('external-1') ? 'external-1' : 'embedded';
    if (mode === 'embedded') environment['DATA_DIR'] = join(folder, 'data');
    app = await startApp({ mode, environment, directDatabase: true });
    await importTorrents(environment['DATA_DIR'] ?? '');
  });
  after(async () => {
    await Promise.all(upstreams.map((one) => one[Symbol.asyncDispose]()));
    await app[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
    assert.doesNotMatch(app.output(), /CANARY/);
  });

  /** The season that has to be fetched and the film that nobody seeds, as the library knows them. */
  async function importTorrents(dataDir: string): Promise<void> {
    const lines = [
      lineOf(pack, { type: 'series', imdb: PIONEER }),
      lineOf(dead, { type: 'movie', imdb: SINTEL }),
    ];
    const file = join(folder, 'torrents.ndjson');
    await writeFile(file, lines.map((line) => JSON.stringify(line)).join('\n'));
    const uri = app.databaseUri;
    const database =
      uri === null ? { DATA_DIR: dataDir } : { POSTGRES_URI: uri, POSTGRES_MIGRATE_URI: uri };
    const { code, stderr } = await runProgram(['import', file], database);
    assert.equal(code, 0, stderr);
  }

  const install = async (entry: object): Promise<Addon> => {
    const config = { sps: [entry], mspr: 0, mxs: 100 };
    const { json, text } = await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', config));
    assert.equal(json['status'], 'success', text);
    const segment = String(json['encrypted_str']);
    return (await client.detectFromURL(`${app.baseUrl}/${segment}/manifest.json`)).addon;
  };
  const rowOf = async (addon: Addon, type: string, id: string, infohash: string) => {
    const answer = (await addon.get('stream', type, id)) as { readonly streams: readonly Stream[] };
    assert.doesNotMatch(JSON.stringify(answer), /CANARY/);
    const row = answer.streams.find(({ url }) => url?.includes(infohash) === true);
    assert.ok(row?.url !== undefined, JSON.stringify(answer));
    return { url: row.url, name: row.name ?? '' };
  };
  const filmOf = (addon: Addon) => rowOf(addon, 'movie', SINTEL, film.infohash);
  const episodeOf = (addon: Addon) => rowOf(addon, 'series', `${PIONEER}:1:2`, pack.infohash);
  /** Where a player is led. */
  const play = async (url: string): Promise<string> => {
    const answer = await fetch(url, { redirect: 'manual', headers: { range: 'bytes=0-' } });
    const location = answer.headers.get('location') ?? '';
    assert.equal(answer.status, 302, await answer.text());
    assert.doesNotMatch(location, /CANARY/);
    return location;
  };
  /** Its video, or '' for a film. */
  const videoOf = (location: string) => /exceptions\/(\w+)\.mp4$/.exec(location)?.[1] ?? '';

  const own: HostedService = {
    service: 'qbittorrent',
    start: () => Promise.resolve(qbittorrent),
    variables: [],
    entry: (token) => ({ ...qbittorrentEntry(qbittorrent.url, token) }),
  };
  for (const one of [...HOSTED_SERVICES, own]) {
    const { service, entry, isAsked = false, isCacheAlone = false } = one;
    const label = serviceOf(service)?.label ?? '';
    const cloud = cloudOf(service);
    const installOf = (token: string) => install({ sv: service, ...entry(token) });

    test(`${service}: its rows say what is known, and the film plays`, async () => {
      const token = `${TOKEN}${service}film`;
      cloud.account(token);
      const { url, name } = await filmOf(await installOf(token));
      assert.ok(name.includes(` ${label} ${isAsked ? '⚡' : '❔'}`), name);
      assert.match(await play(url), /Sintel\.mp4/);
    });

    test(`${service}: an episode of a pack is fetched first, plays, is marked, and another is refused`, async () => {
      const token = `${TOKEN}${service}pack`;
      const account = cloud.account(token);
      const addon = await installOf(token);
      const { url, name } = await episodeOf(addon);
      assert.ok(name.includes(` ${label} ${isAsked ? '⏳' : '❔'}`), name);
      const first = videoOf(await play(url));
      assert.match(
        first,
        isCacheAlone ? /^torrent_(downloading|not_downloaded)$/ : /^torrent_downloading$/,
      );
      if (isCacheAlone) cloud.uncached.isCached = true;
      let location = '';
      await poll(async () => videoOf((location = await play(url))) === '', POLL);
      assert.match(decodeURIComponent(location), /S01E02/);
      const held = account.held.filter(({ torrent }) => torrent.infohash === pack.infohash);
      assert.ok(held.length <= 1, `${held.length} times in the account`);
      const isMarked = async () => (await episodeOf(addon)).name.includes('⚡');
      assert.ok(await poll(isMarked, POLL), 'what was played is known');
      assert.equal(
        videoOf(await play(url.replace('/1/2', '/1/9').replace(/E02[^/]*$/, ''))),
        'episode_not_found',
      );
    });

    test(`${service}: each failure has its video`, async () => {
      const nobody = await filmOf(await installOf(`${TOKEN}${service}nobody`));
      assert.match(videoOf(await play(nobody.url)), /^invalid_(token|credentials)$/);
      if (service === 'qbittorrent') return;
      for (const [state, video] of STATES) {
        const token = `${TOKEN}${service}${state}`;
        cloud.account(token, state);
        const { url } = await filmOf(await installOf(token));
        assert.match(videoOf(await play(url)), video, state);
      }
      cloud.account(`${TOKEN}${service}down`);
      const down = await filmOf(await installOf(`${TOKEN}${service}down`));
      assert.equal(videoOf(await play(down.url)), 'debrid_service_down_error');
      if (isCacheAlone) return;
      cloud.account(`${TOKEN}${service}gone`);
      cloud.dead.looks = 1;
      const gone = await installOf(`${TOKEN}${service}gone`);
      const { url: goneUrl } = await rowOf(gone, 'movie', SINTEL, dead.infohash);
      let last = '';
      const isTold = async () => {
        last = videoOf(await play(goneUrl));
        return last !== 'torrent_downloading';
      };
      await poll(isTold, POLL);
      assert.match(last, /^(torrent|transfer)_error$/);
      cloud.account(`${TOKEN}${service}full`, 'full');
      const { url } = await episodeOf(await installOf(`${TOKEN}${service}full`));
      assert.match(videoOf(await play(url)), FULL);
    });
  }
});
