/** SIGTERM while a request waits: it is answered, new connections are refused, the exit code is 0. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import postgres from 'postgres';
import { rawRequest } from '../../support/http-client.ts';
import { eventually } from '../../support/processes.ts';
import { appModes, startApp } from '../../support/start-app.ts';

for (const mode of appModes()) {
  if (mode === 'embedded') continue;
  test(`a request in flight survives the drain, ${mode}`, async () => {
    await using app = await startApp({
      mode,
      environment: { DB_HOT_STATEMENT_TIMEOUT_MS: '10000' },
    });
    const sql = postgres(app.databaseUri ?? '', { max: 1, onnotice: () => undefined });
    let answer: Promise<{ status: number; body: Buffer }> | undefined;
    let exit: Promise<number | null> | undefined;
    await sql.begin(async (transaction) => {
      await transaction`LOCK TABLE stream IN ACCESS EXCLUSIVE MODE`;
      answer = rawRequest(`${app.baseUrl}/stream/movie/tt1727587.json`);
      await eventually('the request waits for the lock', 60_000, async () => {
        const rows = await transaction`
          SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        return rows.length > 0;
      });
      exit = app.stop('SIGTERM');
      await eventually(
        'new connections are refused',
        60_000,
        async () =>
          await rawRequest(`${app.baseUrl}/health`).then(
            () => false,
            () => true,
          ),
      );
    });
    await sql.end({ timeout: 2 });
    const { status, body } = (await answer) ?? { status: 0, body: Buffer.alloc(0) };
    assert.equal(status, 200);
    assert.match(body.toString(), /infoHash/);
    assert.equal(await exit, 0, app.output());
  });
}
