/** Players that hang up while a service is asked, by GET and HEAD, with two processes: nothing stays behind in the program. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, send } from '../../support/configure-requests.ts';
import { rawRequest } from '../../support/http-client.ts';
import { eventually } from '../../support/processes.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { startGate, type Gate } from '../../support/upstreams/gate.ts';
import { startRealDebrid } from '../../support/upstreams/realdebrid.ts';

const TOKEN = 'CANARY7f3a9token1234567890';
const MODE = appModes().includes('external-2') ? 'external-2' : 'embedded';
const PATIENCE_MS = 60_000;
const CROWD = 8;

describe('players that hang up', () => {
  const cloud = new DebridCloud();
  let service: FakeUpstream;
  let gate: Gate;
  let app: RunningApp;
  let accounts = 0;

  before(async () => {
    service = await startRealDebrid(cloud);
    gate = await startGate(service.url);
    app = await startApp({
      mode: MODE,
      environment: {
        REALDEBRID_URL: gate.url,
        FETCH_ALLOW_PRIVATE: '*.invalid',
        ENABLE_METRICS_ENDPOINT: 'true',
        DEBRID_WAIT_MS: '1500',
      },
    });
  });
  after(async () => {
    for (const one of [gate, service, app]) await one[Symbol.asyncDispose]();
  });

  /** The film for an account that has not played it yet. */
  const coldUrl = async (): Promise<string> => {
    const token = `${TOKEN}${++accounts}`;
    cloud.account(token);
    const config = { sps: [{ sv: 'realdebrid', tk: token }] };
    const { json } = await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', config));
    const path = `playback/realdebrid/${cloud.cached.infohash}`;
    return `${app.baseUrl}/streaming_provider/${String(json['encrypted_str'])}/${path}`;
  };
  const locationOf = async (url: string): Promise<string> => {
    const { status, headers } = await rawRequest(url);
    assert.equal(status, 302);
    return String(headers['location']);
  };
  const inFlight = async (): Promise<number> => {
    const { body } = await rawRequest(`${app.baseUrl}/metrics`);
    const values = body.toString().match(/^http_requests_in_flight(?:\{.*\})? (\d+)$/gm);
    assert.ok(values !== null, body.toString().slice(0, 2000));
    return values.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  };

  test('at each call of the service: the others get their film, once for all', async () => {
    void gate.holdAt(Number.POSITIVE_INFINITY);
    assert.match(await locationOf(await coldUrl()), /Sintel\.mp4$/);
    const chain = gate.calls;
    assert.ok(chain >= 4);
    for (let number = 0; number < chain; number++) {
      const url = await coldUrl();
      const held = gate.holdAt(number);
      const leaving = new AbortController();
      const { signal } = leaving;
      const gone = ['GET', 'GET', 'HEAD', 'GET'].map((method) =>
        rawRequest(url, { method, signal }).catch(() => null),
      );
      await held;
      // As many as reach both processes.
      const staying = Array.from({ length: CROWD }, () => locationOf(url));
      leaving.abort();
      await Promise.all(gone);
      gate.release();
      for (const location of await Promise.all(staying)) assert.match(location, /Sintel\.mp4$/);
      assert.equal(gate.calls, chain, `call ${number}`);
    }
  });

  test('it goes on where all hang up, and the next one finds it', async () => {
    const url = await coldUrl();
    const held = gate.holdAt(2);
    const leaving = new AbortController();
    const gone = rawRequest(url, { signal: leaving.signal }).catch(() => null);
    await held;
    leaving.abort();
    await gone;
    gate.release();
    await eventually(
      'the whole chain',
      PATIENCE_MS,
      () => service.asked.at(-1)?.path.endsWith('/unrestrict/link') === true,
    );
    const { calls } = gate;
    assert.match(await locationOf(url), /Sintel\.mp4$/);
    assert.equal(gate.calls, calls);
  });

  test('nothing waits any more, and the program ends by itself', async () => {
    // The look-up itself is one of them where it is counted.
    await eventually('no request is in flight', PATIENCE_MS, async () => (await inFlight()) <= 1);
    assert.equal(await app.stop('SIGTERM'), 0);
    assert.doesNotMatch(app.output(), /ended by force|CANARY/);
  });
});
