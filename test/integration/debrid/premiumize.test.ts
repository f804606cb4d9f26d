/** What is peculiar to Premiumize: its login by a code, which needs a client id of the server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DebridCall } from '../../../src/features/debrid/contract.ts';
import { deviceLogin } from '../../../src/features/debrid/registry.ts';
import { NEVER } from '../../support/cache-parts.ts';
import { openAccount, openDebridTools, wanted } from '../../support/debrid-kits.ts';
import { fails } from '../../support/fetch-parts.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import { CLIENT_ID, startPremiumize } from '../../support/upstreams/premiumize.ts';

const CALL: DebridCall = { signal: NEVER, viewerIp: '' };

test('login by a code', async (t) => {
  const cloud = new DebridCloud();
  cloud.account('token-of-the-user');
  const login = { isConfirmed: false };
  const upstream = await startPremiumize(cloud, {}, login);
  const environment = { PREMIUMIZE_URL: upstream.url, PREMIUMIZE_CLIENT_ID: CLIENT_ID };
  const tools = openDebridTools(environment);
  t.after(async () => {
    await tools[Symbol.asyncDispose]();
    await upstream[Symbol.asyncDispose]();
  });
  const service = deviceLogin('premiumize', tools);
  assert.ok(service !== null);
  const code = await service.start(CALL);
  assert.deepEqual(
    [code.userCode, code.verifyUrl, code.pollEveryS],
    ['WDJB-MJHT', 'https://www.premiumize.me/device', 5],
  );
  assert.equal(await service.poll(code.deviceCode, CALL), null);
  await fails(service.poll('another', CALL), 'debrid.login-expired');
  login.isConfirmed = true;
  const token = await service.poll(code.deviceCode, CALL);
  const account = openAccount({ sv: 'premiumize', tk: token ?? '' }, tools);
  const transfer = await account.open(wanted(cloud.cached), CALL);
  assert.equal(transfer.state, 'ready');
});

test('without a client id there is none', async (t) => {
  const tools = openDebridTools({});
  t.after(() => tools[Symbol.asyncDispose]());
  assert.equal(deviceLogin('premiumize', tools), null);
});
