/** PgBouncer before the database is found out at the start, where nobody has said that it is there. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ask, streamsOf } from '../../support/configure-requests.ts';
import { appModes, startApp } from '../../support/start-app.ts';

const LINE = /POSTGRES_URI leads to a pooler/g;
const NOT_SET = { POSTGRES_USE_PGBOUNCER: '' };

describe(
  'a pooler that nobody named',
  { skip: appModes().includes('external-1') ? false : 'needs pgbouncer' },
  () => {
    for (const mode of ['external-1', 'external-2'] as const) {
      test(`is said in one line, and all goes on safely: ${mode}`, async () => {
        await using app = await startApp({ mode, environment: NOT_SET });
        assert.equal([...app.output().matchAll(LINE)].length, 1, app.output());
        const lists = await Promise.all(
          Array.from({ length: 20 }, () => ask(`${app.baseUrl}/stream/movie/tt1254207.json`)),
        );
        assert.ok(lists.every((list) => streamsOf(list).length > 1));
        const made = await ask(`${app.baseUrl}/profiles`, { method: 'POST', body: '{}' });
        assert.equal(made.status, 201);
        assert.doesNotMatch(app.output(), /26000|prepared statement "/);
      });
    }

    test('nothing is said of a database without one', async () => {
      await using app = await startApp({
        mode: 'external-1',
        directDatabase: true,
        environment: NOT_SET,
      });
      assert.doesNotMatch(app.output(), LINE);
    });
  },
);
