/** What is peculiar to Real-Debrid: selection, archives, dead links, OAuth; and that what a user has stays as it is. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { DebridCall } from '../../../src/features/debrid/contract.ts';
import { deviceLogin } from '../../../src/features/debrid/registry.ts';
import { NEVER } from '../../support/cache-parts.ts';
import { openAccount, openDebridTools, wanted } from '../../support/debrid-kits.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import { json } from '../../support/upstreams/fake-upstream.ts';
import { realDebridOAuth, startRealDebrid } from '../../support/upstreams/realdebrid.ts';
import { fails } from '../../support/fetch-parts.ts';
import { startAnswers } from './answers.ts';

const CALL: DebridCall = { signal: NEVER, viewerIp: '' };

async function open(t: TestContext, tk = 'private-token') {
  const cloud = new DebridCloud();
  const user = cloud.account('private-token');
  const login = { isConfirmed: false };
  const upstream = await startRealDebrid(cloud, {}, login);
  const tools = openDebridTools({ REALDEBRID_URL: upstream.url });
  t.after(async () => {
    await tools[Symbol.asyncDispose]();
    await upstream[Symbol.asyncDispose]();
  });
  return {
    account: openAccount({ sv: 'realdebrid', tk }, tools),
    cloud,
    user,
    upstream,
    tools,
    login,
  };
}

test('only videos are selected', async (t) => {
  const { account, cloud, user } = await open(t);
  await account.open(wanted(cloud.cached), CALL);
  assert.deepEqual(user.held[0]?.selected, [1]);
});

test('a file that the user did not select plays from a transfer of its own', async (t) => {
  const { account, cloud, user } = await open(t);
  cloud.uncached.isCached = true;
  const mine = cloud.hold(user, cloud.uncached);
  mine.selected = [0];
  const transfer = await account.open(wanted(cloud.uncached), CALL);
  assert.equal(transfer.id, mine.id);
  const third = transfer.files[2];
  assert.ok(third !== undefined);
  assert.equal(third.locator, '');
  const { url } = await account.link(transfer, third, CALL);
  assert.ok(url.endsWith('S01E03.720p.x264-VODO.mkv'), url);
  assert.deepEqual(
    user.held.map(({ selected }) => selected),
    [[2], [0]],
  );
  await account.link(transfer, third, CALL);
  assert.equal(user.held.length, 2, 'the one that is there is used again');
});

test('files that it has packed into one archive play from transfers of their own', async (t) => {
  const { account, cloud, user, upstream } = await open(t);
  cloud.cached.isCached = true;
  const mine = cloud.hold(user, cloud.cached);
  mine.selected = [0, 1];
  mine.isPacked = true;
  const transfer = await account.open(wanted(cloud.cached), CALL);
  assert.deepEqual(
    transfer.files.map(({ locator }) => locator),
    ['', ''],
  );
  const video = transfer.files.find(({ path }) => path.endsWith('.mp4'));
  assert.ok(video !== undefined);
  assert.ok((await account.link(transfer, video, CALL)).url.endsWith('/Sintel.mp4'));
  assert.ok(user.held.includes(mine));
  assert.ok(upstream.asked.every(({ method }) => method !== 'DELETE'));
});

test('a dead link is replaced, and the transfer stays', async (t) => {
  const { account, cloud, user, upstream } = await open(t);
  const mine = cloud.hold(user, cloud.cached);
  mine.selected = [1];
  mine.hasDeadLinks = true;
  const transfer = await account.open(wanted(cloud.cached), CALL);
  const video = transfer.files.find(({ path }) => path.endsWith('.mp4'));
  assert.ok(video !== undefined);
  assert.ok((await account.link(transfer, video, CALL)).url.endsWith('/Sintel.mp4'));
  assert.ok(user.held.includes(mine));
  assert.ok(upstream.asked.every(({ method }) => method !== 'DELETE'));
});

test('a file that has to be fetched first is downloading, and is added once', async (t) => {
  const { account, cloud, user } = await open(t);
  const mine = cloud.hold(user, cloud.uncached, 99);
  mine.selected = [0];
  const transfer = await account.open(wanted(cloud.uncached), CALL);
  const third = transfer.files[2];
  assert.ok(third !== undefined);
  await fails(account.link(transfer, third, CALL), 'debrid.downloading');
  await fails(account.link(transfer, third, CALL), 'debrid.downloading');
  assert.equal(user.held.length, 2);
});

test('a torrent that has just failed is not added again at every try', async (t) => {
  const { account, cloud, user } = await open(t);
  cloud.startAtS = Math.floor(Date.now() / 1000) - 60;
  cloud.hold(user, cloud.dead, 99);
  assert.equal((await account.open(wanted(cloud.dead), CALL)).state, 'failed');
  assert.equal(user.held.length, 1);
});

test('what it knows only a moment after it has taken it is queued', async (t) => {
  const { account, cloud, upstream } = await open(t);
  upstream.script = ({ path }) =>
    path.includes('/info/')
      ? {
          fault: {
            kind: 'json',
            text: '{"error":"unknown_ressource","error_code":7}',
            status: 404,
          },
        }
      : {};
  const transfer = await account.open(wanted(cloud.cached), CALL);
  assert.equal(transfer.state, 'queued');
  assert.notEqual(transfer.id, '');
});

test('a magnet link that is still converted has no files yet', async (t) => {
  const account = await startAnswers(
    t,
    'REALDEBRID_URL',
    { sv: 'realdebrid', tk: 'x' },
    ({ path }) =>
      path.includes('/info/')
        ? json({
            id: 'A',
            hash: 'a'.repeat(40),
            filename: 'Some',
            status: 'magnet_conversion',
            files: [],
            links: [],
          })
        : json([]),
  );
  const held = {
    id: 'A',
    infohash: 'a'.repeat(40),
    name: '',
    state: 'queued',
    failure: null,
  } as const;
  const rest = { kind: 'torrent', progress: 0, sizeBytes: 0, addedAtS: 0, files: [] } as const;
  const { state, files } = await account.refresh({ ...held, ...rest }, CALL);
  assert.deepEqual([state, files], ['queued', []]);
});

test('an access token that is refused is renewed once, and used by all', async (t) => {
  const { account, cloud, upstream } = await open(t, realDebridOAuth('private-token'));
  await account.verify(CALL);
  await account.verify(CALL);
  const renewals = () => upstream.asked.filter(({ path }) => path === '/oauth/v2/token').length;
  assert.equal(renewals(), 1);
  let isRefused = true;
  upstream.script = ({ path }) => {
    const refuses = isRefused && !path.startsWith('/oauth');
    if (refuses) isRefused = false;
    return refuses
      ? { fault: { kind: 'json', text: '{"error":"bad_token","error_code":8}', status: 401 } }
      : {};
  };
  await account.open(wanted(cloud.cached), CALL);
  assert.equal(renewals(), 2);
});

test('many who need a token get it with one call', async (t) => {
  const { account, upstream } = await open(t, realDebridOAuth('private-token'));
  await Promise.all(Array.from({ length: 5 }, () => account.verify(CALL)));
  assert.equal(upstream.asked.filter(({ path }) => path === '/oauth/v2/token').length, 1);
});

test('it is told whose links they are', async (t) => {
  const { account, cloud, upstream } = await open(t);
  const call = { ...CALL, viewerIp: '192.0.2.7' };
  const transfer = await account.open(wanted(cloud.cached), call);
  const video = transfer.files.find(({ path }) => path.endsWith('.mp4'));
  assert.ok(video !== undefined);
  await account.link(transfer, video, call);
  const ipOf = (path: string) => {
    const asked = upstream.asked.find((one) => one.path.endsWith(path));
    return new URLSearchParams(asked?.body).get('ip');
  };
  assert.deepEqual(['/addMagnet', '/unrestrict/link'].map(ipOf), ['192.0.2.7', '192.0.2.7']);
});

test('login by a code', async (t) => {
  const { tools, login } = await open(t);
  const service = deviceLogin('realdebrid', tools);
  assert.ok(service !== null);
  const code = await service.start(CALL);
  assert.deepEqual([code.userCode, code.verifyUrl], ['ABCD', 'https://real-debrid.com/device']);
  assert.ok(code.expiresAtMs > Date.now() && code.pollEveryS === 5);
  assert.equal(await service.poll(code.deviceCode, CALL), null);
  login.isConfirmed = true;
  const token = await service.poll(code.deviceCode, CALL);
  assert.ok(token !== null);
  const account = openAccount({ sv: 'realdebrid', tk: token }, tools);
  assert.equal((await account.verify(CALL)).isPremium, true);
});
