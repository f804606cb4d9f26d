/**
 * Credentials of users at every service, through everything that is done with them, well and badly: they are in no log, nothing
 * that Redis is told, no row of the database in clear, no metric, no answer to anybody, and in no redirect.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import postgres from 'postgres';
import { canaryIn, CANARY } from '../../support/canaries.ts';
import { send } from '../../support/configure-requests.ts';
import { HOSTED_SERVICES } from '../../support/hosted-services.ts';
import { redisInline } from '../../support/redis-count.ts';
import { monitorRedis, type RedisMonitor } from '../../support/redis-monitor.ts';
import { startRedisServer, type RedisServer } from '../../support/redis-server.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { startMediaflow } from '../../support/upstreams/mediaflow.ts';
import { FakeQbittorrent } from '../../support/upstreams/qbittorrent.ts';

const SINTEL = 'movie/tt1727587.json';
const ADMIN_KEY = 'key-of-the-operators';
const SKIP = appModes().includes('external-2') ? false : 'needs PgBouncer and redis-server';
/** What operators see of requests and failures. */
const OPERATORS = [
  '/api/v1/admin/exceptions',
  '/api/v1/admin/requests/none',
  '/api/v1/admin/metrics',
  '/api/v1/admin/metrics/redis',
  '/api/v1/admin/metrics/request-metrics/recent',
  '/api/v1/admin/metrics/request-metrics/endpoint-stats',
  '/api/v1/admin/db/activity',
  '/api/v1/admin/db/slow-queries',
  '/api/v1/admin/tasks',
];
/** Answers of a service that repeats what it was sent. */
const ECHOES = [200, 401, 500];

interface Said {
  readonly status: number;
  readonly text: string;
  readonly location: string;
}

describe('canaries', { skip: SKIP }, () => {
  const cloud = new DebridCloud();
  const upstreams = new Map<string, FakeUpstream>();
  const closing: AsyncDisposable[] = [];
  const pages: string[] = [];
  let redis: RedisServer;
  let monitor: RedisMonitor;
  let app: RunningApp;
  let client: FakeUpstream;
  let flow: FakeUpstream;
  let users = 0;

  before(async () => {
    redis = await startRedisServer();
    closing.push(redis);
    monitor = await monitorRedis(redis.port);
    const environment: Record<string, string> = {};
    for (const { service, start, variables } of HOSTED_SERVICES) {
      const upstream = await start(cloud);
      upstreams.set(service, upstream);
      closing.push(upstream);
      for (const variable of variables) environment[variable] = upstream.url;
    }
    client = await new FakeQbittorrent(cloud).start();
    flow = await startMediaflow({ password: `${CANARY}word`, publicIp: '9.9.9.9' });
    closing.push(client, flow);
    app = await startApp({
      mode: 'external-2',
      environment: {
        ...environment,
        REDIS_URL: redis.url,
        FETCH_ALLOW_PRIVATE: '*.invalid,127.0.0.1',
        API_PASSWORD: ADMIN_KEY,
        IS_PUBLIC_INSTANCE: 'true',
        ENABLE_METRICS_ENDPOINT: 'true',
        LOG_LEVEL: 'debug',
        DEBRID_WAIT_MS: '500',
        SOURCE_TESTS_PER_MINUTE_MAX: '1000',
        PROFILES_PER_HOUR_MAX: '1000',
      },
    });
    closing.push(app);
  });
  after(async () => {
    monitor.close();
    for (const one of closing.toReversed()) await one[Symbol.asyncDispose]();
  });

  /** Everything that anybody is answered is looked at, here. */
  const get = async (path: string, init: RequestInit = {}): Promise<Said> => {
    const url = path.startsWith('http') ? path : app.baseUrl + path;
    const answer = await fetch(url, { redirect: 'manual', ...init });
    const text = await answer.text();
    const headers = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join('\n');
    const found = canaryIn(decodeURIComponent(headers.replaceAll('%', '%25'))) ?? canaryIn(text);
    assert.equal(found, null, `${init.method ?? 'GET'} ${url}: ${found}`);
    const location = answer.headers.get('location') ?? '';
    assert.equal(canaryIn(decodeURIComponent(location)), null, location);
    pages.push(text);
    return { status: answer.status, text, location };
  };
  const seal = async (config: object): Promise<string> => {
    const { text } = await get('/encrypt-user-data', send('POST', config));
    const { encrypted_str: segment } = JSON.parse(text) as { readonly encrypted_str?: string };
    assert.ok(segment !== undefined, text);
    return segment;
  };
  const newToken = (): string => {
    const token = `${CANARY}${++users}token1234567890`;
    cloud.account(token);
    return token;
  };
  const videoOrLink = async (segment: string, service: string, infohash: string) =>
    get(`/streaming_provider/${segment}/playback/${service}/${infohash}`);

  for (const { service, entry } of HOSTED_SERVICES)
    test(`${service}: played, failed, tested, stored`, async () => {
      const upstream = upstreams.get(service);
      assert.ok(upstream !== undefined);
      const provider = { sv: service, ...entry(newToken()) };
      const segment = await seal({ sps: [provider], mspr: 0 });
      await get(`/${segment}/manifest.json`);
      const { text } = await get(`/${segment}/stream/${SINTEL}`);
      const { streams } = JSON.parse(text) as { readonly streams: readonly { url?: string }[] };
      const url = streams.find((row) => row.url?.includes(cloud.cached.infohash) === true)?.url;
      assert.ok(url !== undefined, text);
      await get(url, { method: 'HEAD' });
      assert.match((await get(url)).location, /Sintel\.mp4$/);
      await get(`/decrypt-user-data/${segment}`);
      const stored = await get('/profiles', send('POST', { sps: [provider] }));
      assert.equal(stored.status, 201, stored.text);
      await get('/configure/test-service', send('POST', { sps: [provider] }));
      for (const status of ECHOES) {
        upstream.script = { fault: { kind: 'echo', status } };
        const failing = await seal({ sps: [{ sv: service, ...entry(newToken()) }] });
        await get(`/${failing}/stream/${SINTEL}`);
        const { location } = await videoOrLink(failing, service, cloud.uncached.infohash);
        assert.match(location, /\/static\/exceptions\//);
        await get('/configure/test-service', send('POST', { sps: [provider] }));
      }
      upstream.script = {};
      const wrong = await seal({ sps: [{ sv: service, ...entry(`${CANARY}${users}nobody`) }] });
      await videoOrLink(wrong, service, cloud.cached.infohash);
    });

  test('a download client and a MediaFlow proxy of their own', async () => {
    const own = (qpw: string) => ({
      sv: 'qbittorrent',
      qbc: { qur: client.url, qus: 'admin', qpw, wur: `${client.url}/dav` },
    });
    for (const password of [newToken(), `${CANARY}wrong`]) {
      const segment = await seal({ sps: [own(password)] });
      await videoOrLink(segment, 'qbittorrent', cloud.cached.infohash);
    }
    for (const ap of [`${CANARY}word`, `${CANARY}another`]) {
      const mfc = { pu: flow.url, ap };
      const sps = [{ sv: 'realdebrid', tk: newToken() }];
      await videoOrLink(await seal({ sps, mfc }), 'realdebrid', cloud.cached.infohash);
      await get('/configure/test-mediaflow', send('POST', { mfc }));
    }
  });

  test('sources with keys, and documents that are wrong beside their secrets', async () => {
    const ic = { tz: [{ u: `${flow.url}/api?apikey=${CANARY}key`, h: { 'X-Key': `${CANARY}k` } }] };
    await get('/configure/test-source', send('POST', { ic }));
    await get(`/${await seal({ ic })}/stream/${SINTEL}`);
    const sps = [{ sv: 'realdebrid', tk: `${CANARY}x` }];
    for (const wrong of [
      { sps, mxs: 'many' },
      { sps, tmdb: { ak: [`${CANARY}x`] } },
    ])
      assert.equal((await get('/encrypt-user-data', send('POST', wrong))).status, 400);
  });

  test('other users are shown nothing of it, nor the links of those who have it', async () => {
    const tokens = new Set(pages.flatMap((page) => page.match(/\/playback\/[\w-]{22}\//g) ?? []));
    assert.ok(tokens.size >= HOSTED_SERVICES.length);
    const plain = 'plain-token-1234567890';
    cloud.account(plain);
    for (const { service, entry } of HOSTED_SERVICES) {
      const segment = await seal({ sps: [{ sv: service, ...entry(plain) }] });
      await get(`/${segment}/manifest.json`);
      const { text } = await get(`/${segment}/stream/${SINTEL}`);
      for (const token of tokens) assert.ok(!text.includes(token), `${service} ${token}`);
      await videoOrLink(segment, service, cloud.cached.infohash);
    }
    for (const path of ['/manifest.json', `/stream/${SINTEL}`, '/configure/options.json', '/ready'])
      await get(path);
  });

  test('neither metrics nor what operators are shown', async () => {
    assert.match((await get('/metrics')).text, /realdebrid/);
    for (const path of OPERATORS) {
      const { status } = await get(path, { headers: { 'x-api-key': ADMIN_KEY } });
      assert.ok(status === 200 || status === 404 || status === 503, `${path}: ${status}`);
    }
  });

  test('nothing that Redis was told, at any time', async () => {
    const keys = await redisInline(redis.port, `KEYS ${app.redisPrefix}*`);
    assert.ok(keys.includes('playback-link'), 'links are there');
    const said = monitor.said();
    assert.ok(said.length > 100_000 && said.includes('playback-link'));
    assert.equal(canaryIn(keys), null);
    assert.equal(canaryIn(said), null);
  });

  test('no row of the database', async () => {
    assert.ok(app.databaseUri !== null);
    const sql = postgres(app.databaseUri, { max: 1 });
    try {
      const tables = await sql<{ readonly name: string }[]>`
        SELECT quote_ident(table_name) AS name FROM information_schema.tables
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`;
      assert.ok(tables.some(({ name }) => name === 'playback_account'));
      for (const { name } of tables) {
        const rows = await sql.unsafe<{ readonly row: string }[]>(
          `SELECT t::text AS row FROM ${name} t LIMIT 20000`,
        );
        assert.equal(canaryIn(rows.map(({ row }) => row).join('\n')), null, name);
      }
    } finally {
      await sql.end();
    }
  });

  test('no log', async () => {
    assert.equal(await app.stop('SIGTERM'), 0);
    const output = app.output();
    assert.match(output, /nothing could be played/);
    assert.equal(canaryIn(output), null);
  });
});
