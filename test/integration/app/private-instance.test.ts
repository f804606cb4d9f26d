/** A private instance: strangers get nothing of it, installs that were made with its password everything. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { KeyRing } from '../../../src/lib/install-token/key-ring.ts';
import { writeInstallToken } from '../../../src/lib/install-token/install-token.ts';
import { installedUserConfig } from '../../../src/lib/user-config/user-config.ts';
import { ask, send, streamsOf } from '../../support/configure-requests.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';

const PASSWORD = 'the-password-of-this-instance';
const SECRET_KEY = 'the-secret-key-of-this-test-instance';
const BUNNY = '/stream/movie/tt1254207.json';
const KEY = { 'X-API-Key': PASSWORD };

const codeOf = (json: Readonly<Record<string, unknown>>) =>
  (json['error'] as { readonly code: string } | undefined)?.code;

describe('a private instance', () => {
  let app: RunningApp;
  before(async () => {
    app = await startApp({ environment: { API_PASSWORD: PASSWORD, SECRET_KEY } });
  });
  after(() => app[Symbol.asyncDispose]());

  const get = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    ask(app.baseUrl + path, { headers });
  const tokenWith = (config: Readonly<Record<string, string>>) =>
    writeInstallToken(installedUserConfig(config), new KeyRing([SECRET_KEY]));

  test('keeps strangers out of everything that says what it has', async () => {
    for (const path of [
      '/manifest.json',
      '/',
      BUNNY,
      '/catalog/movie/latest.json',
      '/meta/movie/tt1254207.json',
      '/configure/options.json',
    ]) {
      const { status, json } = await get(path);
      assert.deepEqual([status, codeOf(json)], [401, 'access.key-needed'], path);
    }
    for (const path of ['/encrypt-user-data', '/profiles', '/preview', '/configure/test-source']) {
      const { status, json } = await ask(app.baseUrl + path, send('POST', {}));
      assert.deepEqual([status, codeOf(json)], [401, 'access.key-needed'], path);
    }
  });

  test('answers whoever has the key, and its health and pages everybody', async () => {
    assert.equal((await get('/manifest.json', KEY)).json['name'], 'Sluice');
    assert.equal((await get(BUNNY, { Authorization: `Bearer ${PASSWORD}` })).status, 200);
    for (const path of ['/health', '/ready', '/configure', '/logo.png'])
      assert.equal((await get(path)).status, 200, path);
    const page = await get('/', { Accept: 'text/html' });
    assert.match(page.text, /This server is private/);
    assert.doesNotMatch(page.text, /stremio:\/\//);
  });

  test('the add-on of live streams has an address of the install, too', async () => {
    const headers = { ...KEY, 'content-type': 'application/json' };
    const body = JSON.stringify({ title: 'Ours' });
    const stream = await ask(`${app.baseUrl}/api/v1/live`, { method: 'POST', headers, body });
    const owner = { ...KEY, 'x-owner-key': String(stream.json['ownerKey']) };
    const id = String(stream.json['id']);
    await ask(`${app.baseUrl}/api/v1/live/${id}/start`, { method: 'POST', headers: owner });
    const made = await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', {}, KEY));
    const token = String(made.json['encrypted_str']);
    const { json, headers: answered } = await get(`/${token}/live/manifest.json`);
    assert.equal(json['name'], 'Sluice Live');
    assert.equal(answered.get('cache-control'), 'private, max-age=10');
    const listed = await get(`/${token}/live/catalog/tv/live-events.json`);
    assert.match(listed.text, new RegExp(`sllive:${id}`));
    assert.equal((await get(`/${token}/live/catalog/tv/live-events/skip=0.json`)).status, 200);
    assert.match((await get(`/${token}/live/meta/tv/sllive:${id}.json`)).text, /"name":"Ours"/);
    const streams = await get(`/${token}/live/stream/tv/sllive:${id}.json`);
    assert.match(streams.text, new RegExp(`/live/${id}/index\\.m3u8`));
    assert.equal((await get('/live/manifest.json')).status, 401);
    const stranger = tokenWith({});
    for (const path of [
      'manifest.json',
      'catalog/tv/live-events.json',
      `meta/tv/sllive:${id}.json`,
    ])
      assert.ok((await get(`/${stranger}/live/${path}`)).status >= 400, path);
  });

  test('installs that were made with the password work, and do not show it', async () => {
    const made = await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', { nm: 'Ours' }, KEY));
    const token = String(made.json['encrypted_str']);
    assert.equal((await get(`/${token}/manifest.json`)).json['name'], 'Sluice Ours');
    assert.ok(streamsOf(await get(`/${token}${BUNNY}`)).length > 1);
    const opened = await get(`/decrypt-user-data/${token}`, KEY);
    assert.equal(opened.status, 200);
    assert.ok(!opened.text.includes(PASSWORD));
    const again = await ask(
      `${app.baseUrl}/encrypt-user-data/${token}`,
      send('POST', opened.json['data'], KEY),
    );
    assert.equal((await get(`/${String(again.json['encrypted_str'])}/manifest.json`)).status, 200);
  });

  test('stored profiles, too', async () => {
    const made = await ask(`${app.baseUrl}/profiles`, send('POST', { nm: 'Kept' }, KEY));
    assert.equal(made.status, 201);
    const profile = String(made.json['profile']);
    assert.equal((await get(`/${profile}/manifest.json`)).json['name'], 'Sluice Kept');
  });

  test('an install from elsewhere, or with another password, is told what to do', async () => {
    for (const config of [{}, { ap: 'an-older-password' }]) {
      const token = tokenWith(config);
      const { status, json } = await get(`/${token}/manifest.json`);
      assert.deepEqual([status, codeOf(json)], [403, 'config.wrong-password']);
      const [row, ...others] = streamsOf(await get(`/${token}${BUNNY}`));
      assert.match(row?.description ?? '', /this server is private/);
      assert.equal(others.length, 0);
    }
    assert.equal((await get(`/${tokenWith({ ap: PASSWORD })}/manifest.json`)).status, 200);
  });

  test('Torznab takes the password as its key', async () => {
    assert.match((await get('/torznab/api?t=search')).text, /<error code="100"/);
    assert.match((await get('/torznab/api?t=search&apikey=wrong')).text, /<error code="100"/);
    assert.match((await get(`/torznab/api?t=search&apikey=${PASSWORD}`)).text, /<rss/);
    assert.match((await get('/torznab/api?t=caps')).text, /<caps>/);
  });

  test('whoever guesses is locked out, whichever way he tries', async () => {
    const guesses = [
      () => get('/manifest.json', { 'X-API-Key': 'guess' }),
      () => get('/torznab/api?t=search&apikey=guess'),
    ];
    for (let round = 0; round < 5; round += 1) for (const guess of guesses) await guess();
    assert.equal((await get('/manifest.json', KEY)).status, 429);
    assert.match((await get(`/torznab/api?t=search&apikey=${PASSWORD}`)).text, /<error code="100"/);
    assert.equal((await get(`/${tokenWith({ ap: PASSWORD })}/manifest.json`)).status, 200);
    assert.ok(!app.output().includes(PASSWORD));
  });
});

test('IS_PUBLIC_INSTANCE=false without a password does not start', async () => {
  await assert.rejects(
    startApp({ environment: { IS_PUBLIC_INSTANCE: 'false' } }),
    /IS_PUBLIC_INSTANCE=false needs API_PASSWORD/,
  );
});
