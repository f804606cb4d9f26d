/** Processes that share Redis: what one imports the others show, and another database is never mistaken for this one. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import postgres from 'postgres';
import { freePort } from '../../support/free-port.ts';
import { jsonOf, rawRequest } from '../../support/http-client.ts';
import { runProgram } from '../../support/run-program.ts';
import { appModes, startApp } from '../../support/start-app.ts';
import { createTestDatabase } from '../../support/template-db.ts';

const PATH = '/stream/movie/tt1254207.json';

async function streamCount(baseUrl: string): Promise<number> {
  return (jsonOf(await rawRequest(`${baseUrl}${PATH}`))['streams'] as unknown[]).length;
}

describe(
  'a shared cache',
  { skip: appModes().includes('external-1') ? false : 'needs redis-server and pgbouncer' },
  () => {
    test('an import that changes something is seen by running processes at once, in both tiers', async () => {
      await using app = await startApp({ mode: 'external-1' });
      const sql = postgres(app.databaseUri ?? '', { max: 1, onnotice: () => undefined });
      // An older demo catalogue, without one of the four streams: this is what gets cached.
      await sql`DELETE FROM stream WHERE locator LIKE '%BigBuckBunny_320x180%'`;
      const environment = {
        POSTGRES_URI: app.databaseUri ?? '',
        REDIS_URL: process.env['SLUICE_TEST_REDIS_URL'] ?? '',
        REDIS_KEY_PREFIX: app.redisPrefix,
      };
      await using older = await startApp({
        mode: 'external-1',
        environment: {
          ...environment,
          POSTGRES_MIGRATE_URI: app.databaseUri ?? '',
          POSTGRES_USE_PGBOUNCER: 'false',
          DEMO_CATALOG: 'false',
        },
      });
      for (const { baseUrl } of [app, older]) assert.equal(await streamCount(baseUrl), 3);
      const run = await runProgram(['import-demo'], environment);
      assert.match(run.stdout, /1 streams added/, run.stderr);
      for (const { baseUrl } of [app, older]) assert.equal(await streamCount(baseUrl), 4);
      await sql.end({ timeout: 2 });
    });

    test('another database behind the same Redis and prefix does not meet its entries', async () => {
      await using app = await startApp({ mode: 'external-1' });
      const whole = await streamCount(app.baseUrl);
      await using other = await createTestDatabase({ migrationsDir: null });
      await using second = await startApp({
        mode: 'external-1',
        environment: {
          REDIS_KEY_PREFIX: app.redisPrefix,
          POSTGRES_URI: other.uri,
          POSTGRES_MIGRATE_URI: other.uri,
          POSTGRES_USE_PGBOUNCER: 'false',
          DEMO_CATALOG: 'false',
        },
      });
      assert.equal(await streamCount(second.baseUrl), 0);
      assert.equal(await streamCount(app.baseUrl), whole);
    });

    test('an api process on a database without the schema is refused in one line', async () => {
      await using empty = await createTestDatabase({ migrationsDir: null });
      const run = await runProgram(['api'], {
        POSTGRES_URI: empty.uri,
        PORT: String(await freePort()),
      });
      assert.equal(run.code, 1);
      assert.match(
        run.stderr,
        /^POSTGRES_URI=.* has no schema of this version .*: expected a migrated database.*\n$/,
      );
    });
  },
);
