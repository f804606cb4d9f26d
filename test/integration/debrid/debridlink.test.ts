/** What is peculiar to Debrid-Link: its login by a code, and refresh tokens that it takes no more. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { DebridCall } from '../../../src/features/debrid/contract.ts';
import { deviceLogin } from '../../../src/features/debrid/registry.ts';
import { NEVER } from '../../support/cache-parts.ts';
import { openAccount, openDebridTools, wanted } from '../../support/debrid-kits.ts';
import { fails } from '../../support/fetch-parts.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import { debridLinkOAuth, startDebridLink } from '../../support/upstreams/debridlink.ts';

const CALL: DebridCall = { signal: NEVER, viewerIp: '' };

async function open(t: TestContext) {
  const cloud = new DebridCloud();
  cloud.account('key-of-the-user');
  const login = { isConfirmed: false };
  const upstream = await startDebridLink(cloud, {}, login);
  const tools = openDebridTools({ DEBRIDLINK_URL: upstream.url });
  t.after(async () => {
    await tools[Symbol.asyncDispose]();
    await upstream[Symbol.asyncDispose]();
  });
  return { cloud, login, upstream, tools };
}

test('login by a code', async (t) => {
  const { tools, login, cloud } = await open(t);
  const service = deviceLogin('debridlink', tools);
  assert.ok(service !== null);
  const code = await service.start(CALL);
  assert.deepEqual([code.userCode, code.pollEveryS], ['ABCD', 3]);
  assert.equal(await service.poll(code.deviceCode, CALL), null);
  await fails(service.poll('another', CALL), 'debrid.login-expired');
  login.isConfirmed = true;
  const tk = await service.poll(code.deviceCode, CALL);
  assert.equal(tk, debridLinkOAuth('key-of-the-user'));
  const account = openAccount({ sv: 'debridlink', tk }, tools);
  assert.equal((await account.open(wanted(cloud.cached), CALL)).state, 'ready');
});

test('a refresh token that it does not take is a bad token', async (t) => {
  const { tools } = await open(t);
  const account = openAccount({ sv: 'debridlink', tk: debridLinkOAuth('of-nobody') }, tools);
  await fails(account.verify(CALL), 'debrid.bad-token');
});

test('the viewer is told where links are bound to it', async (t) => {
  const { tools, upstream, cloud } = await open(t);
  const account = openAccount({ sv: 'debridlink', tk: 'key-of-the-user' }, tools);
  const transfer = await account.open(wanted(cloud.cached), { ...CALL, viewerIp: '192.0.2.7' });
  await account.refresh(transfer, { ...CALL, viewerIp: '192.0.2.7' });
  const [added, looked] = upstream.asked;
  assert.match(added?.body ?? '', /"ip":"192\.0\.2\.7"/);
  assert.equal(looked?.query.get('ip'), '192.0.2.7');
});
