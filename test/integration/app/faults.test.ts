/** Engines and processes die under load; what users see stays within the promises of docs/operating.md. */
import assert from 'node:assert/strict';
import { createConnection } from 'node:net';
import { describe, test } from 'node:test';
import { rawRequest } from '../../support/http-client.ts';
import { startTestPostgres } from '../../support/postgres-server.ts';
import { childrenOf, eventually } from '../../support/processes.ts';
import { redisInline } from '../../support/redis-count.ts';
import { startRedisServer } from '../../support/redis-server.ts';
import { appModes, startApp } from '../../support/start-app.ts';
import { startSteadyLoad } from '../../support/steady-load.ts';

const WARM = [
  '/stream/movie/tt1254207.json',
  '/manifest.json',
  '/catalog/movie/latest.json',
  '/meta/movie/tt1254207.json',
];
const external = appModes().includes('external-2') ? false : 'needs redis-server and pgbouncer';
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function warmUp(baseUrl: string): Promise<void> {
  for (let round = 0; round < 8; round += 1) {
    for (const path of WARM) assert.equal((await rawRequest(`${baseUrl}${path}`)).status, 200);
  }
}

describe('faults under load', { skip: external }, () => {
  test('kill -9 of one of two processes fails nothing beyond what it had in flight; it is respawned', async () => {
    await using app = await startApp({
      mode: 'external-2',
      environment: { API_PASSWORD: 'the-password', IS_PUBLIC_INSTANCE: 'true' },
    });
    await warmUp(app.baseUrl);
    const clients = 16;
    const load = startSteadyLoad(app.baseUrl, WARM, clients);
    await eventually('load', 60_000, () => load.report().ok > 50);
    const workers = (await childrenOf(app.pid)).filter(({ command }) =>
      command.includes('main.js'),
    );
    assert.equal(workers.length, 2);
    const victim = workers[0]?.pid ?? 0;
    process.kill(victim, 'SIGKILL');
    await eventually('two processes again', 60_000, async () => {
      const now = (await childrenOf(app.pid)).filter(({ command }) => command.includes('main.js'));
      return now.length === 2 && now.every(({ pid }) => pid !== victim);
    });
    const before = load.report().ok;
    await eventually('both have answered', 60_000, () => load.report().ok > before + 200);
    const report = await load.stop();
    // Each client has at most one request in flight and one idle connection to the victim.
    assert.ok(report.broken <= clients, `${report.broken} broken`);
    assert.deepEqual([...report.byStatus.keys()], [200]);
    assert.ok(report.ok > 100);
    await eventually('what the supervisor warned of is listed', 30_000, async () => {
      const { body } = await rawRequest(`${app.baseUrl}/api/v1/admin/exceptions`, {
        headers: { 'x-api-key': 'the-password' },
      });
      return body.toString().includes('a process ended unexpectedly');
    });
  });

  test('Redis stops and starts: slower, never an error, and it is used again', async () => {
    await using redis = await startRedisServer();
    await using app = await startApp({ mode: 'external-2', environment: { REDIS_URL: redis.url } });
    await warmUp(app.baseUrl);
    const load = startSteadyLoad(
      app.baseUrl,
      [...WARM, '/stream/movie/tt0063350.json', '/stream/movie/tt0051744.json'],
      8,
    );
    await eventually('load', 60_000, () => load.report().ok > 50);
    await redis.stop();
    await wait(2500);
    assert.equal(
      (await rawRequest(`${app.baseUrl}/stream/movie/tt0032599.json`)).status,
      200,
      'cold without Redis',
    );
    await eventually('it is seen that Redis is away', 60_000, async () => {
      const ready = await rawRequest(`${app.baseUrl}/ready`);
      return ready.status === 503 && /"redis":"(?!ok)/.test(ready.body.toString());
    });
    await redis.start();
    await eventually(
      'ready again',
      60_000,
      async () => (await rawRequest(`${app.baseUrl}/ready`)).status === 200,
    );
    await wait(500);
    const report = await load.stop();
    assert.deepEqual([...report.byStatus.keys()], [200], JSON.stringify([...report.byStatus]));
    assert.equal(report.broken, 0);
  });

  test('Redis becomes a replica under our connections: /ready says so, requests are answered', async () => {
    await using redis = await startRedisServer();
    await using app = await startApp({ mode: 'external-1', environment: { REDIS_URL: redis.url } });
    await redisInline(redis.port, 'REPLICAOF 127.0.0.1 1');
    assert.equal((await rawRequest(`${app.baseUrl}/stream/movie/tt1254207.json`)).status, 200);
    const ready = await rawRequest(`${app.baseUrl}/ready`);
    assert.equal(ready.status, 503);
    assert.match(ready.body.toString(), /"redis":"failed: redis\.refused \(READONLY\)"/);
    await redisInline(redis.port, 'REPLICAOF NO ONE');
    await eventually(
      'ready again',
      10_000,
      async () => (await rawRequest(`${app.baseUrl}/ready`)).status === 200,
    );
    assert.equal(app.output().match(/Redis refuses commands/g)?.length, 1, app.output());
  });

  test('PostgreSQL stops and starts, and Redis loses everything meanwhile: cached answers go on, others are 503, it recovers', async () => {
    await using server = await startTestPostgres();
    await using redis = await startRedisServer();
    await using app = await startApp({
      mode: 'external-2',
      environment: {
        REDIS_URL: redis.url,
        POSTGRES_URI: server.uri,
        POSTGRES_MIGRATE_URI: server.uri,
        POSTGRES_USE_PGBOUNCER: 'false',
      },
    });
    await warmUp(app.baseUrl);
    const load = startSteadyLoad(app.baseUrl, WARM, 8);
    await eventually('load', 60_000, () => load.report().ok > 50);
    await server.stop('immediate');
    await redis.stop();
    await redis.start();
    await wait(1000);
    const cold = await rawRequest(`${app.baseUrl}/stream/movie/tt0013442.json`);
    assert.equal(cold.status, 503, cold.body.toString());
    assert.match(String(cold.headers['retry-after']), /^\d+$/);
    assert.equal(cold.headers['access-control-allow-origin'], '*');
    assert.match((await rawRequest(`${app.baseUrl}/ready`)).body.toString(), /"database":"(?!ok)/);
    await answersWithoutDatabase(app.baseUrl);
    await server.start();
    await eventually(
      'cold requests work again',
      60_000,
      async () => (await rawRequest(`${app.baseUrl}/stream/movie/tt0013442.json`)).status === 200,
    );
    const report = await load.stop();
    assert.deepEqual([...report.byStatus.keys()], [200], 'warm requests never failed');
    assert.equal(report.broken, 0);
  });
});

/** What needs the database and is in no cache: an answer long before the deadline of a request (15 s), every time. */
async function answersWithoutDatabase(baseUrl: string): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    const latest = '/catalog/movie/latest';
    for (const path of [
      `${latest}/skip=${9000 + round}.json`,
      `${latest}/search=away${round}.json`,
      `/meta/movie/tt888000${round}.json`,
    ]) {
      const startedAt = performance.now();
      const { status, body } = await rawRequest(`${baseUrl}${path}`);
      assert.deepEqual(
        [status, /"code":"([^"]+)"/.exec(body.toString())?.[1]],
        [503, 'database.unavailable'],
        path,
      );
      assert.ok(
        performance.now() - startedAt < 5000,
        `${path} took ${Math.round(performance.now() - startedAt)} ms`,
      );
    }
  }
}

for (const mode of appModes()) {
  describe(`hostile clients, ${mode}`, () => {
    test('an abort storm and slow readers leave the server answering, with nothing outstanding', async () => {
      await using app = await startApp({ mode });
      await warmUp(app.baseUrl);
      await abortStorm(app.port, 400);
      const slow = Array.from({ length: 20 }, () => slowReader(app.port));
      await wait(500);
      for (const path of WARM)
        assert.equal((await rawRequest(`${app.baseUrl}${path}`)).status, 200);
      for (const socket of slow) socket.destroy();
      assert.equal(await app.stop('SIGTERM'), 0, app.output());
      assert.doesNotMatch(app.output(), /unhandled|uncaught|SIGABRT/i);
    });
  });
}

/** Clients that send a request, cold or warm, and reset the connection at a random moment. */
async function abortStorm(port: number, count: number): Promise<void> {
  const paths = [
    ...WARM,
    '/poster/movie/tt0032599.jpg',
    '/stream/movie/tt0033391.json',
    '/stream/movie/tt8888888.json',
  ];
  await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const socket = createConnection({ port, host: '127.0.0.1' });
      socket.on('error', () => undefined);
      await wait(index % 50);
      socket.write(
        `GET ${paths[index % paths.length]}?${index} HTTP/1.1\r\nHost: x\r\n\r\n`.slice(
          0,
          index % 7 === 0 ? 20 : undefined,
        ),
      );
      await wait(index % 13);
      if (index % 2 === 0) socket.resetAndDestroy();
      else socket.destroy();
    }),
  );
}

/** Asks for much, pipelined, and never reads. */
function slowReader(port: number) {
  const socket = createConnection({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  socket.pause();
  socket.write('GET /catalog/movie/latest.json HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(50));
  return socket;
}
