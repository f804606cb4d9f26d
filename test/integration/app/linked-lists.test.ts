/** Protects lists with links over real sockets: users at a time, compressed and plain, and nobody gets another one's token. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, send } from '../../support/configure-requests.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { startOffcloud } from '../../support/upstreams/offcloud.ts';
import { startPremiumize } from '../../support/upstreams/premiumize.ts';
import { startTorBox } from '../../support/upstreams/torbox.ts';

const SINTEL = 'tt1727587';
const USERS = 8;
const ROUNDS = 6;
const SERVICES = [
  { sv: 'torbox', start: startTorBox, variable: 'TORBOX_URL' },
  { sv: 'premiumize', start: startPremiumize, variable: 'PREMIUMIZE_URL' },
  { sv: 'offcloud', start: startOffcloud, variable: 'OFFCLOUD_URL' },
];
const CODINGS = ['identity', 'gzip', 'gzip, br'];

function tokensIn(text: string): Set<string> {
  return new Set([...text.matchAll(/\/playback\/([\w-]{22})\//g)].map(([, token = '']) => token));
}

describe('lists with links', () => {
  const cloud = new DebridCloud();
  const upstreams: FakeUpstream[] = [];
  let app: RunningApp;

  before(async () => {
    const environment: Record<string, string> = { FETCH_ALLOW_PRIVATE: '*.invalid' };
    for (const { start, variable } of SERVICES) {
      const upstream = await start(cloud);
      upstreams.push(upstream);
      environment[variable] = upstream.url;
    }
    const mode = appModes().includes('external-1') ? 'external-1' : 'embedded';
    app = await startApp({ mode, environment });
  });
  after(async () => {
    await Promise.all(upstreams.map((one) => one[Symbol.asyncDispose]()));
    await app[Symbol.asyncDispose]();
    assert.doesNotMatch(app.output(), /CANARY/);
  });

  async function installed(user: number): Promise<string> {
    const sps = SERVICES.map(({ sv }) => {
      const tk = `CANARY${user}token${sv}1234567890`;
      cloud.account(tk);
      return { sv, tk };
    });
    const config = { sps, mspr: 0, mxs: 100 };
    const { json } = await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', config));
    return `${app.baseUrl}/${String(json['encrypted_str'])}/stream/movie/${SINTEL}.json`;
  }

  test('many users at a time each get their own tokens and their own ETag', async () => {
    const urls = await Promise.all(Array.from({ length: USERS }, (_, user) => installed(user)));
    const tokens = new Map<string, Set<string>>();
    const etags = new Map<string, Set<string>>(urls.map((url) => [url, new Set()]));
    let compressed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(
        urls.flatMap((url) =>
          CODINGS.map(async (coding) => {
            const { status, text, headers } = await ask(url, {
              headers: { 'accept-encoding': coding },
            });
            // A busy machine may refuse some.
            if (status === 503) return;
            assert.doesNotMatch(text, /CANARY/);
            if (headers.get('content-encoding') === 'gzip') compressed++;
            const own = tokensIn(text);
            assert.equal(own.size, SERVICES.length);
            assert.deepEqual(own, tokens.get(url) ?? own, 'the tokens of a user stay the same');
            tokens.set(url, own);
            etags.get(url)?.add(headers.get('etag') ?? '');
          }),
        ),
      );
    }
    assert.ok(compressed >= USERS, `${compressed} compressed answers`);
    const all = [...tokens.values()].flatMap((own) => [...own]);
    assert.equal(new Set(all).size, USERS * SERVICES.length, 'nobody has the token of another one');
    for (const own of etags.values()) assert.ok(own.size > 0 && !own.has(''));
    const shared = [...etags.values()].flatMap((own) => [...own]);
    assert.equal(new Set(shared).size, shared.length, 'no two users have an ETag in common');
  });

  test('an ETag answers its own user with 304, and no other one', async () => {
    const [one, other] = await Promise.all([installed(0), installed(1)]);
    const headers = { 'accept-encoding': 'gzip' };
    await ask(one, { headers });
    const etag = (await ask(one, { headers })).headers.get('etag') ?? '';
    const conditional = { headers: { ...headers, 'if-none-match': etag } };
    assert.equal((await ask(one, conditional)).status, 304);
    assert.equal((await ask(other, conditional)).status, 200);
  });
});
