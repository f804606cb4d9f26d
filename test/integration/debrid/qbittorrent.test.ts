/** What tells qBittorrent from other services, against a server that answers as it does, row by row. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { DebridAccount, DebridCall, Transfer } from '../../../src/features/debrid/contract.ts';
import { AppError } from '../../../src/lib/errors.ts';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { NEVER } from '../../support/cache-parts.ts';
import { onOwnHost, OWN_HOST, qbittorrentEntry } from '../../support/client-kits.ts';
import { openAccount, openDebridTools, TOKEN, wanted } from '../../support/debrid-kits.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import { FakeQbittorrent, type QbittorrentBehaviour } from '../../support/upstreams/qbittorrent.ts';

const CALL: DebridCall = { signal: NEVER, viewerIp: '' };
const V2_HASH = 'ab'.repeat(32);

describe('qBittorrent', () => {
  const closing: AsyncDisposable[] = [];
  after(async () => {
    for (const one of closing) await one[Symbol.asyncDispose]();
  });

  const setUp = async (behaviour: QbittorrentBehaviour = {}, allowed = [OWN_HOST]) => {
    const cloud = new DebridCloud();
    const held = cloud.account(TOKEN);
    const client = new FakeQbittorrent(cloud, behaviour);
    const upstream = await client.start();
    const tools = openDebridTools({}, allowed);
    closing.push(tools, upstream);
    const url = onOwnHost(upstream.url);
    const account = (config: JsonObject = {}, password = TOKEN): DebridAccount =>
      openAccount(qbittorrentEntry(url, password, config), tools);
    return { account, client, cloud, held, upstream, url };
  };

  const rejects = (work: Promise<unknown>, code: string, text = /./) =>
    assert.rejects(
      work,
      (error: unknown) =>
        error instanceof AppError && error.code === code && text.test(error.message),
    );

  const refreshed = async (account: DebridAccount, transfer: Transfer, times: number) => {
    let now = transfer;
    for (let time = 0; time < times; time++) now = await account.refresh(now, CALL);
    return now;
  };

  it('logs in once, and again when the session has gone', async () => {
    const { account, client, cloud } = await setUp();
    const own = account();
    const transfer = await own.open(wanted(cloud.cached), CALL);
    await own.refresh(transfer, CALL);
    assert.equal(client.logins, 1);
    client.forgetSessions();
    await own.refresh(transfer, CALL);
    assert.equal(client.logins, 2);
  });

  it('a wrong password is wrong although a session is live', async () => {
    const { account, upstream } = await setUp();
    await account().verify(CALL);
    await rejects(account({}, 'wrong').verify(CALL), 'debrid.bad-login');
    for (const { path, headers } of upstream.asked)
      if (path.endsWith('/auth/login')) assert.equal(headers.cookie, undefined);
  });

  it('adds to a folder of its own, in order, both ends first, with its mark', async () => {
    const { account, client, cloud, held } = await setUp();
    await account({ cat: 'films', stl: 60, srl: 2 }).open(wanted(cloud.uncached), CALL);
    const [first] = held.held;
    assert.ok(first !== undefined);
    const { urls, ...form } = Object.fromEntries(client.row(first).form);
    assert.match(urls ?? '', /^magnet:\?xt=urn:btih:[0-9a-f]{40}&dn=.*&tr=udp/);
    assert.deepEqual(form, {
      savepath: cloud.uncached.infohash,
      autoTMM: 'false',
      tags: 'sluice',
      sequentialDownload: 'true',
      firstLastPiecePrio: 'true',
      paused: 'false',
      stopped: 'false',
      category: 'films',
      seedingTimeLimit: '60',
      ratioLimit: '2',
    });
  });

  it('before the metadata nothing is complete, although nothing is left', async () => {
    const { account, cloud } = await setUp();
    const transfer = await account().open(wanted(cloud.uncached), CALL);
    assert.deepEqual([transfer.state, transfer.files.length], ['queued', 0]);
  });

  it('nor when the metadata has just come, although all files are called complete', async () => {
    const { account, cloud } = await setUp();
    const own = account();
    const transfer = await refreshed(own, await own.open(wanted(cloud.uncached), CALL), 1);
    assert.deepEqual([transfer.state, transfer.files.length], ['downloading', 3]);
  });

  it('a hybrid torrent is found although it has another hash, and is not added twice', async () => {
    const cloud = new DebridCloud();
    const hybrids = new Map([[cloud.cached.infohash, V2_HASH]]);
    const { account, held } = await setUp({ hybrids });
    const own = account();
    await own.open(wanted(cloud.cached), CALL);
    const transfer = await own.open(wanted(cloud.cached), CALL);
    assert.equal(transfer.id, V2_HASH.slice(0, 40));
    assert.equal(transfer.infohash, cloud.cached.infohash);
    assert.equal(held.held.length, 1);
    const [file] = transfer.files;
    assert.ok(file !== undefined);
    assert.ok((await own.link(transfer, file, CALL)).url.endsWith('.jpg'));
    await own.remove?.(transfer.id, CALL);
    assert.equal(held.held.length, 0);
  });

  for (const version of [4, 5] as const)
    it(`version ${version}: what Sluice has added and somebody has stopped goes on`, async () => {
      const { account, client, cloud, held } = await setUp({ version });
      const own = account();
      await own.open(wanted(cloud.uncached), CALL);
      const [first] = held.held;
      assert.ok(first !== undefined);
      client.row(first).isPaused = true;
      await own.open(wanted(cloud.uncached), CALL);
      assert.equal(client.row(first).isPaused, false);
    });

  it("the user's own torrents are not started, chosen from or removed", async () => {
    const { account, client, cloud, held, upstream } = await setUp();
    const own = account();
    cloud.uncached.health = 'stuck';
    const users = cloud.hold(held, cloud.uncached, 2);
    client.row(users).isPaused = true;
    const transfer = await own.open(wanted(cloud.uncached), CALL);
    assert.equal(transfer.state, 'queued');
    const [file] = transfer.files;
    assert.ok(file !== undefined);
    await rejects(own.link(transfer, file, CALL), 'debrid.downloading');
    await rejects(
      own.remove?.(transfer.id, CALL) ?? Promise.resolve(),
      'debrid.unsupported',
      /tag/,
    );
    assert.deepEqual(held.held, [users]);
    const posts = upstream.asked.filter(({ method }) => method === 'POST');
    assert.ok(posts.every(({ path }) => path.endsWith('/auth/login')));
  });

  it('plays before it is whole where the user wants that; what is asked for comes first', async () => {
    const { account, client, cloud, held } = await setUp();
    const patient = account();
    const opened = await refreshed(patient, await patient.open(wanted(cloud.uncached), CALL), 2);
    assert.equal(opened.state, 'downloading');
    cloud.uncached.health = 'stuck';
    const [, second] = opened.files;
    assert.ok(second !== undefined);
    await rejects(patient.link(opened, second, CALL), 'debrid.downloading');
    assert.equal(client.row(held.held[0] ?? assert.fail()).priorities.get(1), 7);
    cloud.uncached.health = 'good';
    const hasty = account({ pva: 50 });
    assert.equal((await hasty.refresh(opened, CALL)).state, 'ready');
  });

  it('credentials of the share stand in a link only where the file needs them', async () => {
    const login = 'me:p@ss/ü';
    const config = { wus: 'me', wpw: 'p@ss/ü' };
    for (const filesAreOpen of [true, false]) {
      const { account, cloud } = await setUp({ share: { login, filesAreOpen } });
      const own = account(config);
      const transfer = await own.open(wanted(cloud.cached), CALL);
      const [file] = transfer.files;
      assert.ok(file !== undefined);
      const { username, password } = new URL((await own.link(transfer, file, CALL)).url);
      const stated = [username, password].map((text) => decodeURIComponent(text));
      assert.deepEqual(stated, filesAreOpen ? ['', ''] : ['me', 'p@ss/ü']);
      await rejects(account().verify(CALL), 'debrid.bad-login', /WebDAV/);
    }
  });

  it('a share that begins above or below the downloads is found', async () => {
    const { account, cloud, url } = await setUp();
    const places = [
      { wdp: '/downloads' },
      { wdp: 'downloads/' },
      { wdp: '/', wur: `${url}/dav/downloads/` },
      { wdp: '/no/such', wep: ['/downloads'] },
    ];
    for (const place of places) {
      const own = account(place);
      const transfer = await own.open(wanted(cloud.cached), CALL);
      const [file] = transfer.files;
      assert.ok(file !== undefined);
      assert.match((await own.link(transfer, file, CALL)).url, /\/Sintel\/poster\.jpg$/);
    }
    const lost = account({ wdp: '/no/such' });
    const transfer = await lost.open(wanted(cloud.cached), CALL);
    const [file] = transfer.files;
    assert.ok(file !== undefined);
    await rejects(lost.link(transfer, file, CALL), 'debrid.share-failed');
  });

  it('an address in a private network needs the word of the operator', async () => {
    const { account } = await setUp({}, []);
    await rejects(account().verify(CALL), 'fetch.blocked-address', /FETCH_ALLOW_PRIVATE/);
  });
});
