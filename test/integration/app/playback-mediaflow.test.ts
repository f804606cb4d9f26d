/** Playback through a user's MediaFlow proxy, from the configuration to the film that it plays. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, send } from '../../support/configure-requests.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { startMediaflow } from '../../support/upstreams/mediaflow.ts';
import { startRealDebrid } from '../../support/upstreams/realdebrid.ts';
import { startTorBox } from '../../support/upstreams/torbox.ts';

const TOKEN = 'CANARY7f3a9token1234567890';
const PASSWORD = 'CANARYword of a proxy';

describe('playback through MediaFlow', () => {
  const cloud = new DebridCloud();
  let realDebrid: FakeUpstream;
  let torBox: FakeUpstream;
  let flow: FakeUpstream;
  let app: RunningApp;

  before(async () => {
    cloud.account(TOKEN);
    realDebrid = await startRealDebrid(cloud);
    torBox = await startTorBox(cloud);
    flow = await startMediaflow({ password: PASSWORD, publicIp: '9.9.9.9' });
    app = await startApp({
      environment: {
        REALDEBRID_URL: realDebrid.url,
        TORBOX_URL: torBox.url,
        FETCH_ALLOW_PRIVATE: '*.invalid,127.0.0.1',
        SOURCE_TESTS_PER_MINUTE_MAX: '2',
        LOG_LEVEL: 'debug',
      },
    });
  });
  after(async () => {
    for (const one of [realDebrid, torBox, flow, app]) await one[Symbol.asyncDispose]();
    assert.doesNotMatch(app.output(), /CANARY/);
  });

  const configure = async (sps: object[], ap = PASSWORD): Promise<string> => {
    const config = { sps, mfc: { pu: flow.url, ap } };
    const { json, text } = await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', config));
    assert.equal(json['status'], 'success', text);
    return String(json['encrypted_str']);
  };
  const play = async (segment: string, service: string): Promise<string> => {
    const path = `playback/${service}/${cloud.cached.infohash}`;
    const answer = await fetch(`${app.baseUrl}/streaming_provider/${segment}/${path}`, {
      redirect: 'manual',
    });
    const location = answer.headers.get('location') ?? '';
    assert.doesNotMatch(decodeURIComponent(location), /CANARY/);
    return location;
  };

  test('the service is asked through the proxy, and the player is sent to it', async () => {
    const segment = await configure([{ sv: 'realdebrid', tk: TOKEN }]);
    const location = await play(segment, 'realdebrid');
    assert.ok(location.startsWith(`${flow.url}/_token_`), location);
    assert.match(location, /\/proxy\/stream\/Sintel\.mp4$/);
    assert.doesNotMatch(location, /cdn\.invalid/, 'nor is the link itself seen');
    const film = await (await fetch(location)).text();
    assert.match(film, /^film of https:\/\/cdn\.invalid\/.*Sintel\.mp4$/);
    assert.ok(realDebrid.asked.length > 0);
    assert.ok(realDebrid.asked.every(({ headers }) => headers.via === 'mediaflow'));
    const added = realDebrid.asked.find(({ path }) => path.endsWith('/addMagnet'));
    assert.equal(new URLSearchParams(added?.body).get('ip'), '9.9.9.9');
    const calls = realDebrid.asked.length;
    assert.equal(await play(segment, 'realdebrid'), location, 'a seek has the same address');
    assert.equal(realDebrid.asked.length, calls);
  });

  test('a service that is taken out of it plays directly', async () => {
    const segment = await configure([
      { sv: 'realdebrid', tk: TOKEN },
      { sv: 'torbox', tk: TOKEN, umf: false },
    ]);
    assert.match(await play(segment, 'torbox'), /^https:\/\/cdn\.invalid\/.*Sintel\.mp4$/);
    assert.ok(torBox.asked.every(({ headers }) => headers.via === undefined));
  });

  test('a wrong password shows the video of it', async () => {
    const segment = await configure([{ sv: 'realdebrid', tk: TOKEN }], 'wrong');
    assert.match(await play(segment, 'realdebrid'), /exceptions\/mediaflow_proxy_error\.mp4$/);
  });

  test('settings are tried out before they are saved, not too often', async () => {
    const tried = (mfc: object) =>
      ask(`${app.baseUrl}/configure/test-mediaflow`, send('POST', { mfc }));
    const works = await tried({ pu: flow.url, ap: PASSWORD });
    assert.deepEqual(works.json, {
      working: true,
      message: 'MediaFlow at 9.9.9.9; services are asked through it',
    });
    assert.equal((await tried({ ap: PASSWORD })).status, 400);
    assert.equal((await tried({ pu: flow.url })).status, 429);
  });
});
