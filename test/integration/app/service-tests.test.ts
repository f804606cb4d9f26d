/** Tests of services and logins by a code through the whole program: what users are told, and what nobody is. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, send } from '../../support/configure-requests.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';
import { startAllDebrid } from '../../support/upstreams/alldebrid.ts';
import { DebridCloud, type AccountState } from '../../support/upstreams/debrid-cloud.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { CLIENT_ID, startPremiumize } from '../../support/upstreams/premiumize.ts';

const TOKEN = 'CANARY7f3a9token1234567890';

describe('tests of services', () => {
  const cloud = new DebridCloud();
  const account = cloud.account(TOKEN);
  const login = { isConfirmed: false };
  const upstreams: FakeUpstream[] = [];
  let app: RunningApp;

  before(async () => {
    upstreams.push(await startAllDebrid(cloud, {}, login));
    upstreams.push(await startPremiumize(cloud, {}, login));
    app = await startApp({
      environment: {
        ALLDEBRID_URL: upstreams[0]?.url ?? '',
        PREMIUMIZE_URL: upstreams[1]?.url ?? '',
        PREMIUMIZE_CLIENT_ID: CLIENT_ID,
        SOURCE_TESTS_PER_MINUTE_MAX: '100',
      },
    });
  });
  after(async () => {
    await app[Symbol.asyncDispose]();
    for (const upstream of upstreams) await upstream[Symbol.asyncDispose]();
  });

  const tried = async (entry: object, existing: string | null = null) => {
    const body = { sps: [entry], existing };
    const answer = await ask(`${app.baseUrl}/configure/test-service`, send('POST', body));
    assert.doesNotMatch(answer.text, /CANARY/);
    return answer;
  };
  const post = (path: string, body: object) => ask(`${app.baseUrl}${path}`, send('POST', body));

  test('whose account it is and until when, or what is wrong, in words', async () => {
    const expected: readonly (readonly [AccountState, boolean, RegExp])[] = [
      ['good', true, /^Logged in as user 1, premium until \d+ \w+ 2099\.$/],
      ['free', true, /without a subscription: most of what is found will not play/],
      ['expired', false, /key is wrong, has expired or was revoked/],
      ['banned', false, /account is locked/],
    ];
    for (const [state, working, message] of expected) {
      account.state = state;
      const { status, json, text } = await tried({ sv: 'alldebrid', tk: TOKEN });
      assert.equal(status, 200, text);
      assert.equal(json['working'], working, `${state}: ${text}`);
      assert.match(String(json['message']), message, state);
    }
    account.state = 'good';
    // An account of its own: one that is asked too often is left alone for a minute.
    cloud.account(`${TOKEN}busy`, 'limited');
    const busy = await tried({ sv: 'alldebrid', tk: `${TOKEN}busy` });
    assert.match(String(busy.json['message']), /asked too often/);
    assert.doesNotMatch(app.output(), /CANARY/);
  });

  test('a wrong key, none at all, an entry of two, and one that nobody can log in at', async () => {
    const wrong = await tried({ sv: 'premiumize', tk: `${TOKEN}x` });
    assert.match(String(wrong.json['message']), /key is wrong/);
    const none = await tried({ sv: 'premiumize' });
    assert.match(String(none.json['message']), /API token: still missing/);
    for (const sps of [[], [{ sv: 'p2p' }], [{ sv: 'alldebrid' }, { sv: 'premiumize' }], 'x'])
      assert.equal((await post('/configure/test-service', { sps })).status, 400);
    const inside = { sv: 'qbittorrent', qbc: { qur: 'http://127.0.0.1:9', wur: 'http://[::1]' } };
    assert.match(String((await tried(inside)).json['message']), /not a public one/);
  });

  test('a stored key is tested without being shown', async () => {
    const sealed = await post('/encrypt-user-data', { sps: [{ sv: 'alldebrid', tk: TOKEN }] });
    const segment = String(sealed.json['encrypted_str']);
    const opened = await ask(`${app.baseUrl}/decrypt-user-data/${segment}`);
    const [masked] = (opened.json['data'] as { readonly sps: readonly object[] }).sps;
    const { json, text } = await tried(masked ?? {}, segment);
    assert.equal(json['working'], true, text);
  });

  test('login by a code: waiting, done, or failed in words', async () => {
    for (const service of ['alldebrid', 'premiumize']) {
      login.isConfirmed = false;
      const begun = await post('/configure/device-login', { service });
      assert.equal(begun.json['state'], 'waiting', begun.text);
      assert.match(String(begun.json['verify_url']), /^https:/);
      assert.equal(begun.json['poll_every_s'], 5);
      const looked = { service, device_code: begun.json['device_code'] };
      const poll = () => post('/configure/device-login/poll', looked);
      assert.deepEqual((await poll()).json, { state: 'waiting' });
      const other = await post('/configure/device-login/poll', { service, device_code: 'A:b' });
      assert.equal(other.json['state'], 'failed');
      assert.match(String(other.json['message']), /code has expired/);
      login.isConfirmed = true;
      const done = await poll();
      assert.equal(done.json['state'], 'done', done.text);
      const tested = await tried({ sv: service, tk: done.json['token'] });
      assert.equal(tested.json['working'], true, tested.text);
    }
    assert.doesNotMatch(app.output(), /CANARY/);
  });

  test('what is no service with a code is refused', async () => {
    for (const body of [{}, { service: 'offcloud' }, { service: 7 }])
      assert.equal((await post('/configure/device-login', body)).status, 400);
    for (const code of [undefined, '', 'a b', 'x'.repeat(2000)]) {
      const body = { service: 'alldebrid', device_code: code };
      assert.equal((await post('/configure/device-login/poll', body)).status, 400);
    }
    const { json } = await ask(`${app.baseUrl}/configure/options.json`);
    const providers = json['providers'] as readonly { service: string; codeLogin: boolean }[];
    assert.deepEqual(
      providers.filter(({ codeLogin }) => codeLogin).map(({ service }) => service),
      ['realdebrid', 'torbox', 'premiumize', 'alldebrid', 'debridlink'],
    );
  });

  test('an address has so many a minute, and no more', async () => {
    await using strict = await startApp({ environment: { CODE_LOGINS_PER_MINUTE_MAX: '1' } });
    const sent = send('POST', { service: 'offcloud' });
    const url = `${strict.baseUrl}/configure/device-login`;
    assert.equal((await ask(url, sent)).status, 400);
    const second = await ask(url, sent);
    assert.equal(second.status, 429);
    assert.match(second.text, /login\.too-many/);
    assert.ok(Number(second.headers.get('retry-after')) > 0);
  });
});
