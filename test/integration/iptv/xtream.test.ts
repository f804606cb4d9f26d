/** Accounts of Xtream servers: what is taken in, what refuses them, and that their password is told to nobody. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { poll } from '../../../src/lib/async/wait.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';

const KEY = 'a-key-of-this-test';
const PASSWORD = 'canarypasswordofxtream';
const LET_IN = {
  user_info: { auth: 1, status: 'Active', allowed_output_formats: ['ts'] },
  server_info: {},
};
const STREAMS = [
  { num: 1, name: 'One', stream_id: 11, category_id: '1' },
  { num: '2', name: 'Two', stream_id: '12', category_id: 2 },
  { num: 3, stream_id: 13 },
];

interface Answer {
  readonly status?: number;
  readonly body: unknown;
  /** Bytes that are announced, and do not come. */
  readonly missing?: number;
}

describe('an Xtream account', { skip: skipWithoutPostgres }, () => {
  let app: RunningApp;
  let server: Server;
  let address: string;
  let provider: string;
  let answers: Record<string, Answer>;
  const seen: string[] = [];

  before(async () => {
    server = createServer(({ url = '' }, response) => {
      const action = new URL(url, 'http://fake').searchParams.get('action') ?? 'login';
      const { status = 200, body, missing = 0 } = answers[action] ?? { status: 404, body: '' };
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      response.writeHead(status, { 'content-length': Buffer.byteLength(text) + missing });
      response.write(text);
      if (missing > 0) response.destroy();
      else response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    address = `http://127.0.0.1:${port}/get.php?username=user&password=${PASSWORD}&type=m3u_plus`;
    answers = working();
    const quiet = { CINEMETA_URL: 'none', ANIME_LIST_URL: 'none', REDIS_URL: '' };
    app = await startApp({
      mode: 'external-1',
      directDatabase: true,
      environment: {
        ...quiet,
        WORKER_SINGLE_MODE: 'true',
        API_PASSWORD: KEY,
        LOG_LEVEL: 'debug',
        FETCH_ALLOW_PRIVATE: '127.0.0.1',
      },
    });
    const added = await operator('POST', '/iptv/providers', {
      name: 'X',
      kind: 'xtream',
      url: address,
    });
    provider = String(added['id']);
    assert.equal(await stateOf(String(added['job'])), 'succeeded');
  });
  beforeEach(() => {
    answers = working();
  });
  after(async () => {
    await app[Symbol.asyncDispose]();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function working(): Record<string, Answer> {
    const categories = {
      '0': { category_id: 1, category_name: 'News' },
      '1': { category_id: '2', category_name: 'Sport' },
    };
    return {
      login: { body: LET_IN },
      get_live_categories: { body: categories },
      get_live_streams: { body: STREAMS },
    };
  }

  async function operator(
    method: string,
    path: string,
    body?: object,
  ): Promise<Record<string, unknown>> {
    const response = await fetch(`${app.baseUrl}/api/v1${path}`, {
      method,
      headers: { 'x-api-key': KEY },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    seen.push(text);
    assert.equal(response.status, 200, text);
    return JSON.parse(text) as Record<string, unknown>;
  }

  async function stateOf(job: string): Promise<unknown> {
    let state: unknown;
    const isOver = async () => {
      ({ state } = await operator('GET', `/admin/tasks/${job}`));
      return state === 'succeeded' || state === 'failed' || state === 'retrying';
    };
    await poll(isOver, { everyMs: 50, timeoutMs: 60_000 });
    return state;
  }

  async function channels(): Promise<readonly unknown[]> {
    const { items } = await operator('GET', '/iptv/channels?limit=10');
    return (items as Record<string, unknown>[]).map(({ name, group, number }) => [
      name,
      group,
      number,
    ]);
  }

  async function failsWith(reason: RegExp, id: string): Promise<void> {
    let error: unknown = '';
    const hasFailed = async () => {
      ({ lastError: error } = await operator('GET', `/iptv/providers/${id}`));
      return reason.test(String(error));
    };
    const isAsExpected = await poll(hasFailed, { everyMs: 50, timeoutMs: 30_000 });
    assert.ok(isAsExpected, `the error is ${String(error)}`);
  }

  const PUBLISHED = [
    ['One', 'News', 1],
    ['Two', 'Sport', 2],
  ];

  test('brings its live channels in, whatever types the server uses', async () => {
    assert.deepEqual(await channels(), PUBLISHED);
    const { items } = await operator('GET', `/iptv/providers/${provider}/snapshots`);
    assert.equal((items as Record<string, unknown>[])[0]?.['refused'], 1);
  });

  const refusals: readonly [what: string, action: string, answer: Answer, reason: RegExp][] = [
    [
      'a wrong password',
      'login',
      { body: { user_info: { auth: 0 } } },
      /name or password are wrong/,
    ],
    [
      'an expired account',
      'login',
      { body: { user_info: { auth: 1, status: 'Expired' } } },
      /account is expired/,
    ],
    [
      'a text in place of a profile',
      'login',
      { body: 'account expired' },
      /login is neither a JSON list/,
    ],
  ];
  for (const [what, action, answer, reason] of refusals)
    test(`keeps what was published through ${what}`, async () => {
      answers = { ...working(), [action]: answer };
      await operator('POST', `/iptv/providers/${provider}/sync`);
      await failsWith(reason, provider);
      assert.deepEqual(await channels(), PUBLISHED);
    });

  const failures: readonly [what: string, action: string, answer: Answer, reason: RegExp][] = [
    ['status 401', 'login', { status: 401, body: '' }, /status 401: user name or password/],
    ['status 403', 'get_live_streams', { status: 403, body: '' }, /status 403: .*expired/],
    ['status 429', 'get_live_categories', { status: 429, body: '' }, /status 429: it is asked/],
    ['a body that breaks off', 'get_live_streams', { body: STREAMS, missing: 9 }, /./],
    ['a list that breaks off', 'get_live_streams', { body: '[{"name":"One"' }, /breaks off/],
    ['the profile instead of a list', 'get_live_streams', { body: LET_IN }, /no live channel/],
  ];
  for (const [what, action, answer, reason] of failures)
    test(`says so of ${what}`, async () => {
      answers = { ...working(), [action]: answer };
      const settings = { name: what, kind: 'xtream', url: address };
      const { id } = await operator('POST', '/iptv/providers', settings);
      await failsWith(reason, String(id));
      assert.deepEqual(await channels(), PUBLISHED);
    });

  test('has its password in no answer and no line of the log', async () => {
    const metrics = await fetch(`${app.baseUrl}/metrics`, { headers: { 'x-api-key': KEY } });
    for (const text of [...seen, app.output(), await metrics.text()])
      assert.ok(!text.includes(PASSWORD), text.slice(0, 500));
  });
});
