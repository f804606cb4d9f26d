/** What a request costs in the databases, counted by the databases themselves. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pause } from '../../support/cache-parts.ts';
import { rawRequest } from '../../support/http-client.ts';
import { commandsBetween, dataCommandCount, dataCommands } from '../../support/redis-count.ts';
import { startRedisServer, type RedisServer } from '../../support/redis-server.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';
import {
  ANY_QUERY,
  STREAM_QUERY,
  watchStatements,
  type StatementLog,
} from '../../support/statement-log.ts';

const LOOK_EVERY_MS = 200;
const QUIET_LOOKS = 3;

/** What is written after five seconds has nothing to do with requests: figures, and the warning of a missing key. */
const QUIET = { ENABLE_REQUEST_METRICS: 'false', SECRET_KEY: 'k'.repeat(32) };

describe(
  'statements and commands per request',
  { skip: appModes().includes('external-1') ? false : 'needs redis-server and pgbouncer' },
  () => {
    let redis: RedisServer;
    let app: RunningApp;
    let statements: StatementLog;
    before(async () => {
      redis = await startRedisServer();
      app = await startApp({ mode: 'external-1', environment: { ...QUIET, REDIS_URL: redis.url } });
      statements = await watchStatements(app.databaseUri ?? '');
    });
    after(async () => {
      await statements[Symbol.asyncDispose]();
      await app[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    });

    /** Resolves when neither engine has run anything for some looks: what a request leaves behind itself is done. */
    async function settle(): Promise<void> {
      let seen = '';
      for (let quiet = 0; quiet < QUIET_LOOKS;) {
        await pause(LOOK_EVERY_MS);
        const now = `${await statements.calls(ANY_QUERY)} ${await dataCommandCount(redis.port)}`;
        quiet = now === seen ? quiet + 1 : 0;
        seen = now;
      }
    }

    test('a cold stream request runs exactly one stream query', async () => {
      const before = await statements.calls(STREAM_QUERY);
      const answer = await rawRequest(`${app.baseUrl}/stream/movie/tt1727587.json`);
      assert.equal(answer.status, 200);
      await settle();
      assert.equal((await statements.calls(STREAM_QUERY)) - before, 1);
    });

    test('a warm request runs no SQL and at most one Redis command, a repeated one neither', async () => {
      const paths = [
        '/stream/movie/tt1254207.json',
        '/meta/movie/tt1254207.json',
        '/catalog/movie/latest.json',
        '/manifest.json',
        '/poster/movie/tt1254207.jpg',
        '/stream/movie/tt9999999.json',
      ];
      for (const path of paths) {
        await rawRequest(`${app.baseUrl}${path}`);
        await settle();
        const sql = await statements.calls(ANY_QUERY);
        const commands = await dataCommands(redis.port);
        for (let repeat = 0; repeat < 20; repeat += 1) await rawRequest(`${app.baseUrl}${path}`);
        await settle();
        assert.equal((await statements.calls(ANY_QUERY)) - sql, 0, `SQL of a warm ${path}`);
        assert.deepEqual(
          commandsBetween(commands, await dataCommands(redis.port)),
          {},
          `Redis commands of a repeated ${path}`,
        );
      }
    });

    test('a set that another process has cached costs one Redis command and no SQL', async () => {
      const path = '/stream/movie/tt2285752.json';
      await rawRequest(`${app.baseUrl}${path}`);
      await using second = await startApp({
        mode: 'external-1',
        environment: {
          ...QUIET,
          REDIS_URL: redis.url,
          REDIS_KEY_PREFIX: app.redisPrefix,
          POSTGRES_URI: app.databaseUri ?? '',
          POSTGRES_MIGRATE_URI: app.databaseUri ?? '',
          POSTGRES_USE_PGBOUNCER: 'false',
        },
      });
      // The id is resolved first, so that only the set itself is left to fetch.
      await rawRequest(`${second.baseUrl}/stream/movie/tt9999998.json`);
      await settle();
      const streamQueries = await statements.calls(STREAM_QUERY);
      const commands = await dataCommandCount(redis.port);
      const answer = await rawRequest(`${second.baseUrl}${path}`);
      assert.match(answer.body.toString(), /infoHash/);
      await settle();
      assert.equal((await statements.calls(STREAM_QUERY)) - streamQueries, 0);
      assert.ok(
        (await dataCommandCount(redis.port)) - commands <= 2,
        'one command for the id, one for the set',
      );
    });
  },
);
