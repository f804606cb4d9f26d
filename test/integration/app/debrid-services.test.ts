/** Every hosted service through the whole program: configured, listed, played. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { serviceOf } from '../../../src/lib/user-config/services.ts';
import { ask, send } from '../../support/configure-requests.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';
import { startAllDebrid } from '../../support/upstreams/alldebrid.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import { startDebrider } from '../../support/upstreams/debrider.ts';
import { startDebridLink } from '../../support/upstreams/debridlink.ts';
import { startEasyDebrid } from '../../support/upstreams/easydebrid.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { startOffcloud } from '../../support/upstreams/offcloud.ts';
import { startPikPak } from '../../support/upstreams/pikpak.ts';
import { startPremiumize } from '../../support/upstreams/premiumize.ts';
import { startRealDebrid } from '../../support/upstreams/realdebrid.ts';
import { startSeedr } from '../../support/upstreams/seedr.ts';
import { startStremThru, startTorrin } from '../../support/upstreams/stremthru.ts';
import { startTorBox } from '../../support/upstreams/torbox.ts';

const TOKEN = 'CANARY7f3a9token1234567890';
const SINTEL = 'tt1727587';

type StartFake = (cloud: DebridCloud) => Promise<FakeUpstream>;

interface Hosted {
  readonly service: string;
  readonly start: StartFake;
  readonly variables: readonly string[];
  readonly entry?: object;
  /** Whether it says of everybody's torrents that they are cached. */
  readonly isAsked?: true;
}

const HOSTED: readonly Hosted[] = [
  { service: 'realdebrid', start: startRealDebrid, variables: ['REALDEBRID_URL'] },
  { service: 'alldebrid', start: startAllDebrid, variables: ['ALLDEBRID_URL'] },
  { service: 'premiumize', start: startPremiumize, variables: ['PREMIUMIZE_URL'], isAsked: true },
  { service: 'debridlink', start: startDebridLink, variables: ['DEBRIDLINK_URL'] },
  { service: 'torbox', start: startTorBox, variables: ['TORBOX_URL'], isAsked: true },
  { service: 'offcloud', start: startOffcloud, variables: ['OFFCLOUD_URL'], isAsked: true },
  { service: 'easydebrid', start: startEasyDebrid, variables: ['EASYDEBRID_URL'], isAsked: true },
  { service: 'debrider', start: startDebrider, variables: ['DEBRIDER_URL'], isAsked: true },
  { service: 'seedr', start: startSeedr, variables: ['SEEDR_URL'] },
  {
    service: 'stremthru',
    start: startStremThru,
    variables: ['STREMTHRU_URL'],
    entry: { tk: `realdebrid:${TOKEN}` },
    isAsked: true,
  },
  { service: 'torrin', start: startTorrin, variables: ['TORRIN_URL'], isAsked: true },
  {
    service: 'pikpak',
    start: startPikPak,
    variables: ['PIKPAK_URL', 'PIKPAK_USER_URL'],
    entry: { em: 'somebody@example.com', pw: TOKEN },
  },
];

describe('hosted services', () => {
  const cloud = new DebridCloud();
  const upstreams: FakeUpstream[] = [];
  let app: RunningApp | null = null;

  before(async () => {
    cloud.account(TOKEN);
    const environment: Record<string, string> = { FETCH_ALLOW_PRIVATE: '*.invalid' };
    for (const { start, variables } of HOSTED) {
      const upstream = await start(cloud);
      upstreams.push(upstream);
      for (const variable of variables) environment[variable] = upstream.url;
    }
    const mode = appModes().includes('external-1') ? 'external-1' : 'embedded';
    app = await startApp({ mode, environment });
  });
  after(async () => {
    await Promise.all(upstreams.map((one) => one[Symbol.asyncDispose]()));
    await app?.[Symbol.asyncDispose]();
    assert.doesNotMatch(app?.output() ?? '', /CANARY/);
  });

  for (const { service, entry = { tk: TOKEN }, isAsked = false } of HOSTED)
    test(`${service}: its rows say what is known, and the film plays`, async () => {
      assert.ok(app !== null);
      for (const account of cloud.accounts.values()) account.held.length = 0;
      const { baseUrl } = app;
      const config = { sps: [{ sv: service, ...entry }], mspr: 0, mxs: 100 };
      const sealed = await ask(`${baseUrl}/encrypt-user-data`, send('POST', config));
      const segment = String(sealed.json['encrypted_str']);
      const { text } = await ask(`${baseUrl}/${segment}/stream/movie/${SINTEL}.json`);
      assert.doesNotMatch(text, /CANARY/);
      const { streams } = JSON.parse(text) as {
        readonly streams: readonly { readonly name: string; readonly url?: string }[];
      };
      const row = streams.find(({ url }) => url?.includes(cloud.cached.infohash) === true);
      assert.ok(row?.url !== undefined, text);
      const label = serviceOf(service)?.label ?? '';
      assert.ok(row.name.includes(` ${label} ${isAsked ? '⚡' : '❔'}`), row.name);
      const answer = await fetch(row.url, { redirect: 'manual' });
      const location = answer.headers.get('location') ?? '';
      assert.match(location, /Sintel\.mp4/);
      assert.doesNotMatch(location, /CANARY/);
    });
});
