/** Lists of recordings: through the indexes that match filter and order, and their total on any page. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { PositionStore } from '../../src/features/live/positions/store.ts';
import { LiveStore, type LiveKey } from '../../src/features/live/store.ts';
import { explain } from '../support/explain.ts';
import { NO_ABORT } from '../support/open-database.ts';
import { RecordingDatabase } from '../support/recording-database.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../support/template-db.ts';

const RECORDINGS = 100_000;
const OWNERS = 100;
const PAGE = 20;
const OWNER = '7'.padStart(32, '0');

describe('recordings', { skip: skipWithoutPostgres }, () => {
  let server: TestDatabase;
  let database: RecordingDatabase;
  let store: LiveStore;

  before(async () => {
    server = await createTestDatabase();
    database = new RecordingDatabase(server.uri);
    store = new LiveStore(database);
    await database.sql.unsafe(`
      INSERT INTO live_stream (live_stream_id, title, owner, owner_key_hash, status, created_at, deleted_at)
      SELECT gen_random_uuid(), 'Recording ' || n, lpad((n % ${OWNERS})::text, 32, '0'), sha256(n::text::bytea), 'ended',
        timestamptz '2026-01-01' + make_interval(secs => n), CASE WHEN n % 10 = 0 THEN now() END
      FROM generate_series(1, ${RECORDINGS}) AS n`);
    await database.sql.unsafe('VACUUM ANALYZE live_stream');
  });
  after(async () => {
    await database[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** What the last statement does. */
  const plan = () => {
    const statement = database.statements.at(-1);
    assert.ok(statement !== undefined);
    return explain(database.sql, statement, 'generic');
  };

  test('the total is right on the first page, on the last and on an empty one', async () => {
    const all = { status: 'ended', owner: '' } as const;
    const left = RECORDINGS * 0.9;
    for (const skip of [0, left - 1, left, left + 1000]) {
      const page = await store.page(all, { skip, limit: PAGE }, NO_ABORT);
      assert.equal(page.total, left, String(skip));
      assert.equal(page.items.length, Math.max(0, Math.min(PAGE, left - skip)), String(skip));
    }
    const nobody = { status: 'ended', owner: 'f'.repeat(32) } as const;
    const none = await store.page(nobody, { skip: 0, limit: PAGE }, NO_ABORT);
    assert.deepEqual(none, { items: [], total: 0 });
  });

  test('pages of all and of one owner are read from the index that matches them', async () => {
    for (const [owner, index] of [
      ['', 'live_stream_by_time'],
      [OWNER, 'live_stream_by_owner'],
    ] as const) {
      await store.pageAfter({ status: 'ended', owner }, null, PAGE, NO_ABORT);
      const { indexes, wholeTables } = await plan();
      assert.deepEqual([indexes, wholeTables], [[index], []]);
    }
  });

  test('positions of a viewer are the 200 newest, through their index; the oldest of all make room', async () => {
    const positions = new PositionStore(database);
    const viewer = Buffer.alloc(32, 1);
    const ids = await database.sql<{ readonly id: string }[]>`
      SELECT live_stream_id::text AS id FROM live_stream WHERE deleted_at IS NULL LIMIT 230`;
    for (const { id } of ids)
      assert.equal((await positions.put(viewer, id, 12.5, NO_ABORT))?.seconds, 12.5);
    const kept = await positions.ofViewer(viewer, 1000, NO_ABORT);
    assert.deepEqual(
      kept.map(({ id }) => id),
      ids
        .map(({ id }) => id)
        .slice(-200)
        .toReversed(),
    );
    await database.sql.unsafe(`
      INSERT INTO vod_position SELECT sha256(n::text::bytea), '${ids[0]?.id ?? ''}', 1, now() - make_interval(days => n)
      FROM generate_series(1, 5000) AS n`);
    await database.sql.unsafe('ANALYZE vod_position');
    await positions.ofViewer(viewer, 100, NO_ABORT);
    const { indexes, wholeTables } = await plan();
    assert.ok(indexes.includes('vod_position_by_viewer'), indexes.join());
    assert.ok(!wholeTables.includes('vod_position'));
    assert.equal(
      await positions.purge({ keepDays: 4000, rowsMax: 10_000 }, 10_000, NO_ABORT),
      1001,
    );
    assert.equal(await positions.purge({ keepDays: 4000, rowsMax: 4189 }, 10, NO_ABORT), 10);
    assert.equal(await positions.purge({ keepDays: 4000, rowsMax: 4189 }, 10, NO_ABORT), 0);
  });

  test('a page far behind costs by key what the first one does', async () => {
    const filter = { status: 'ended', owner: '' } as const;
    await store.pageAfter(filter, null, PAGE, NO_ABORT);
    const first = await plan();
    const [row] = await database.sql<LiveKey[]>`
      SELECT live_stream_id::text AS id, to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "createdAt"
      FROM live_stream WHERE deleted_at IS NULL ORDER BY created_at DESC OFFSET 80000 LIMIT 1`;
    assert.ok(row !== undefined);
    const page = await store.pageAfter(filter, row, PAGE, NO_ABORT);
    assert.equal(page.length, PAGE);
    const far = await plan();
    assert.ok(far.buffers <= 2 * first.buffers, `${far.buffers} pages, the first ${first.buffers}`);
  });
});
