/** Every hosted service through the whole program: configured, listed, played. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { serviceOf } from '../../../src/lib/user-config/services.ts';
import { ask, send } from '../../support/configure-requests.ts';
import { HOSTED_SERVICES } from '../../support/hosted-services.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';

const TOKEN = 'CANARY7f3a9token1234567890';
const SINTEL = 'tt1727587';

describe('hosted services', () => {
  const cloud = new DebridCloud();
  const upstreams: FakeUpstream[] = [];
  let app: RunningApp | null = null;

  before(async () => {
    cloud.account(TOKEN);
    const environment: Record<string, string> = { FETCH_ALLOW_PRIVATE: '*.invalid' };
    for (const { start, variables } of HOSTED_SERVICES) {
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

  for (const { service, entry, isAsked = false } of HOSTED_SERVICES)
    test(`${service}: its rows say what is known, and the film plays`, async () => {
      assert.ok(app !== null);
      for (const account of cloud.accounts.values()) account.held.length = 0;
      const { baseUrl } = app;
      const config = { sps: [{ sv: service, ...entry(TOKEN) }], mspr: 0, mxs: 100 };
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
