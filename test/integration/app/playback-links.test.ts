/** Links that their service withdraws before their time: learnt from players that come back, and made anew once for all. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { poll } from '../../../src/lib/async/wait.ts';
import { ask, send } from '../../support/configure-requests.ts';
import { rawRequest } from '../../support/http-client.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { startRealDebrid } from '../../support/upstreams/realdebrid.ts';

const TOKEN = 'CANARY7f3a9token1234567890';
const MODE = appModes().includes('external-2') ? 'external-2' : 'embedded';
const POLL = { everyMs: 300, timeoutMs: 20_000 };
const CROWD = 60;

describe('links that die early', () => {
  const cloud = new DebridCloud();
  const gone = new Set<string>();
  let service: FakeUpstream;
  let films: FakeUpstream;
  let app: RunningApp;

  before(async () => {
    service = await startRealDebrid(cloud);
    films = await FakeUpstream.start({
      answer: ({ path }) =>
        gone.has(path.split('/')[1] ?? '')
          ? { status: 410 }
          : { status: 206, headers: { 'content-range': 'bytes 0-0/10' }, body: 'x' },
    });
    app = await startApp({
      mode: MODE,
      environment: { REALDEBRID_URL: service.url, FETCH_ALLOW_PRIVATE: '127.0.0.1' },
    });
  });
  after(async () => {
    for (const one of [service, films, app]) await one[Symbol.asyncDispose]();
  });

  /** Address of the film for an account of its own. */
  const linkOf = async (token: string): Promise<string> => {
    cloud.account(token);
    const config = { sps: [{ sv: 'realdebrid', tk: token }] };
    const { json } = await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', config));
    const segment = String(json['encrypted_str']);
    return `${app.baseUrl}/streaming_provider/${segment}/playback/realdebrid/${cloud.cached.infohash}`;
  };
  const locationOf = async (url: string, range = 'bytes=0-'): Promise<string> => {
    const { status, headers } = await rawRequest(url, { headers: { range } });
    assert.equal(status, 302);
    return String(headers['location']);
  };
  const linksMade = () =>
    service.asked.filter(({ path }) => path.endsWith('/unrestrict/link')).length;

  test('who comes back is led to a new link, made once for all of them in all processes', async () => {
    cloud.cached.contentBase = `${films.url}/first`;
    const url = await linkOf(`${TOKEN}gone`);
    const made = linksMade();
    assert.match(await locationOf(url), /\/first\//);
    gone.add('first');
    cloud.cached.contentBase = `${films.url}/second`;
    const isNew = async () => (await locationOf(url)).includes('/second/');
    assert.ok(await poll(isNew, POLL), 'the player that began again');
    const crowd = await Promise.all(Array.from({ length: CROWD }, () => locationOf(url)));
    assert.ok(
      crowd.every((location) => location.includes('/second/')),
      crowd[0],
    );
    assert.equal(linksMade() - made, 2);
    assert.match(app.output(), /gone early/);
    for (const { headers } of films.asked) assert.equal(headers.range, 'bytes=0-0');
  });

  test('a link that is still good stays, is asked for a byte once, and never by seeks', async () => {
    cloud.cached.contentBase = `${films.url}/third`;
    const url = await linkOf(`${TOKEN}good`);
    const first = await locationOf(url);
    const [made, asked] = [linksMade(), films.asked.length];
    for (const at of [1000, 2000, 3000]) assert.equal(await locationOf(url, `bytes=${at}-`), first);
    const isAsked = async () => {
      assert.equal(await locationOf(url, 'bytes=7-'), first);
      return films.asked.length > asked;
    };
    assert.ok(await poll(isAsked, POLL));
    for (let times = 0; times < 10; times++) assert.equal(await locationOf(url, 'bytes=7-'), first);
    const processes = MODE === 'external-2' ? 2 : 1;
    assert.ok(films.asked.length - asked <= processes, `${films.asked.length - asked}`);
    assert.equal(linksMade(), made);
  });

  test('a server of links that does not answer costs the player two seconds, and the link stays', async () => {
    cloud.cached.contentBase = `${films.url}/fourth`;
    const url = await linkOf(`${TOKEN}hangs`);
    const first = await locationOf(url);
    const [made, asked] = [linksMade(), films.asked.length];
    films.script = { fault: { kind: 'hang' } };
    try {
      const isAsked = async () => {
        const startedAt = performance.now();
        assert.equal(await locationOf(url), first);
        assert.ok(performance.now() - startedAt < 10_000);
        return films.asked.length > asked;
      };
      assert.ok(await poll(isAsked, POLL));
      assert.equal(linksMade(), made);
    } finally {
      films.script = {};
    }
  });
});
