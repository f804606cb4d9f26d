/** A herd on one cold id over two processes runs one stream query; when its leader dies, two. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import postgres from 'postgres';
import { rawRequest } from '../../support/http-client.ts';
import { childrenOf, eventually } from '../../support/processes.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';
import { STREAM_QUERY, watchStatements, type StatementLog } from '../../support/statement-log.ts';

const HERD = 500;

describe(
  'herd on a cold id',
  { skip: appModes().includes('external-2') ? false : 'needs redis-server and pgbouncer' },
  () => {
    let app: RunningApp;
    let statements: StatementLog;
    let sql: postgres.Sql;
    before(async () => {
      // Direct connections: behind PgBouncer they all look alike in pg_stat_activity.
      app = await startApp({
        mode: 'external-2',
        environment: {
          HTTP_IN_FLIGHT_MAX: '2000',
          DB_HOT_STATEMENT_TIMEOUT_MS: '10000',
          POSTGRES_USE_PGBOUNCER: 'false',
        },
        directDatabase: true,
      });
      statements = await watchStatements(app.databaseUri ?? '');
      sql = postgres(app.databaseUri ?? '', { max: 2, onnotice: () => undefined });
    });
    after(async () => {
      await sql.end({ timeout: 2 });
      await statements[Symbol.asyncDispose]();
      await app[Symbol.asyncDispose]();
    });

    const herd = (path: string) =>
      Promise.allSettled(Array.from({ length: HERD }, () => rawRequest(`${app.baseUrl}${path}`)));

    /** Holds the table of streams, so that the leader's query waits until `during` is done. */
    async function whileStreamsAreLocked(during: () => Promise<void>): Promise<void> {
      await sql.begin(async (transaction) => {
        await transaction`LOCK TABLE stream IN ACCESS EXCLUSIVE MODE`;
        await during();
      });
    }

    /** Sluice names its connections `sluice-<pid>` on a direct database. */
    async function leaderPid(): Promise<number> {
      let pid = 0;
      await eventually('a stream query waits for the lock', 60_000, async () => {
        const rows = await sql<{ application_name: string }[]>`
        SELECT application_name FROM pg_stat_activity
        WHERE datname = current_database() AND wait_event_type = 'Lock' AND application_name LIKE 'sluice-%'`;
        pid = Number(/^sluice-(\d+)$/.exec(rows[0]?.application_name ?? '')?.[1] ?? 0);
        return pid > 0;
      });
      return pid;
    }

    test(`${HERD} concurrent cold requests over two processes run one stream query`, async () => {
      await herd('/stream/movie/tt9999997.json');
      const before = await statements.calls(STREAM_QUERY);
      const answers = await herd('/stream/movie/tt1727587.json');
      const served = answers.filter(
        (one) => one.status === 'fulfilled' && one.value.status === 200,
      );
      assert.equal(served.length, HERD);
      assert.equal((await statements.calls(STREAM_QUERY)) - before, 1);
    });

    test('when the leading process is killed, the followers run a second one', async () => {
      const before = await statements.calls(STREAM_QUERY);
      let answers: Promise<PromiseSettledResult<{ status: number }>[]> = Promise.resolve([]);
      let killed = 0;
      await whileStreamsAreLocked(async () => {
        answers = herd('/stream/movie/tt2285752.json');
        killed = await leaderPid();
        assert.ok(
          (await childrenOf(app.pid)).some(({ pid }) => pid === killed),
          `leader ${killed} is a child`,
        );
        process.kill(killed, 'SIGKILL');
        await eventually('the dead leader is replaced', 60_000, async () =>
          (await childrenOf(app.pid))
            .filter(({ command }) => command.includes('main.js'))
            .every(({ pid }) => pid !== killed),
        );
      });
      const settled = await answers;
      const served = settled.filter(
        (one) => one.status === 'fulfilled' && one.value.status === 200,
      ).length;
      const lost = settled.filter((one) => one.status === 'rejected').length;
      assert.ok(
        served > 0 && served + lost === HERD,
        `served ${served}, connections lost with the process ${lost}`,
      );
      // The killed one's statement counts only when it finished; the follower's always does.
      const queries = (await statements.calls(STREAM_QUERY)) - before;
      assert.ok(queries >= 1 && queries <= 2, `${queries} stream queries`);
    });
  },
);
