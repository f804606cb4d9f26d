/** SQL of chats: pages through their index by one statement, ids in the order in which they become visible, batches judged whole. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import postgres from 'postgres';
import { ChatStore, type Said } from '../../src/features/chat/store.ts';
import { explain } from '../support/explain.ts';
import { NO_ABORT, openDatabase } from '../support/open-database.ts';
import { eventually } from '../support/processes.ts';
import { RecordingDatabase } from '../support/recording-database.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../support/template-db.ts';

const STREAM = '00000000-0000-4000-8000-000000000001';
const ENDED = '00000000-0000-4000-8000-000000000002';
const UNKNOWN = '00000000-0000-4000-8000-000000000003';
const MESSAGES = 100_000;
const STREAMS = 100;
const PAGE = 50;
const NEWEST = { beforeId: Number.MAX_SAFE_INTEGER, limit: PAGE + 1 };

const said = (text: string, more: Partial<Said> = {}): Said => ({
  streamId: STREAM,
  author: 'Ada',
  text,
  ref: null,
  authorId: 'a'.repeat(22),
  addressId: 'b'.repeat(22),
  isOwner: false,
  ...more,
});

describe('the store of chats', { skip: skipWithoutPostgres }, () => {
  let server: TestDatabase;
  let database: RecordingDatabase;
  let store: ChatStore;

  before(async () => {
    server = await createTestDatabase();
    database = new RecordingDatabase(server.uri);
    store = new ChatStore(database);
    await database.sql.unsafe(`
      INSERT INTO live_stream (live_stream_id, title, owner, owner_key_hash, status)
      SELECT lpad(n::text, 32, '0')::uuid, 'Premiere', repeat('0', 32), sha256('x'), 'live'
      FROM generate_series(4, ${STREAMS + 3}) AS n
      UNION ALL SELECT id::uuid, 'Premiere', repeat('0', 32), sha256('x'), status
      FROM (VALUES ('${STREAM}', 'live'), ('${ENDED}', 'ended')) AS s (id, status)`);
    // A fifth of all is an old premiere's: nothing was said there since.
    await database.sql.unsafe(`
      INSERT INTO chat_message (stream_id, author, author_id, text, deleted_at)
      SELECT CASE WHEN n <= ${MESSAGES / 5} THEN '${STREAM}'::uuid ELSE lpad((4 + n % ${STREAMS})::text, 32, '0')::uuid END,
        'Ada', lpad((n % 5000)::text, 22, 'x'), 'text ' || n, CASE WHEN n % 10 = 0 THEN now() - interval '1 day' END
      FROM generate_series(1, ${MESSAGES}) AS n`);
    await database.sql.unsafe('VACUUM ANALYZE chat_message, live_stream');
  });
  after(async () => {
    await database[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const plan = () => {
    const statement = database.statements.at(-1);
    assert.ok(statement !== undefined);
    return explain(database.sql, statement, 'generic');
  };

  test('index: a page is one statement through an index by stream and id, however far back', async () => {
    for (const beforeId of [NEWEST.beforeId, MESSAGES / 10, 500]) {
      const statements = database.statements.length;
      const page = await store.page(STREAM, { ...NEWEST, beforeId }, NO_ABORT);
      assert.equal(database.statements.length, statements + 1);
      assert.equal(page?.length, PAGE + 1, 'limit + 1, which is how has_more is known');
      const { indexes, wholeTables, buffers } = await plan();
      // The key does as well, as few messages are deleted; samples of ANALYZE decide which is taken.
      assert.ok(
        indexes.some((name) => name === 'chat_message_by_stream' || name === 'chat_message_pkey'),
        indexes.join(),
      );
      assert.ok(!wholeTables.includes('chat_message'));
      assert.ok(buffers < 3 * PAGE, `${buffers} pages`);
    }
  });

  test('index: what a viewer missed, and what an author said last, are found through theirs', async () => {
    await store.since(STREAM, { afterId: MESSAGES / 5 - 100, limit: 1000 }, NO_ABORT);
    const missed = await plan();
    assert.ok(missed.indexes.includes('chat_message_by_stream'), missed.indexes.join());
    await store.deleted(STREAM, { withinS: 1, limit: 10 }, NO_ABORT);
    assert.deepEqual((await plan()).indexes, ['chat_message_deleted']);
    await database.sql`INSERT INTO chat_room (stream_id, slow_mode_s) VALUES (${STREAM}, 60)`;
    await store.add([said('slow', { authorId: '7'.padStart(22, 'x') })], NO_ABORT);
    const slow = await plan();
    assert.ok(slow.indexes.includes('chat_message_by_author'), slow.indexes.join());
    assert.ok(!slow.wholeTables.includes('chat_message'));
    await database.sql`UPDATE chat_room SET slow_mode_s = 0`;
  });

  test('a late lower id: whoever is first holds up the second, so that ids become visible in their order', async () => {
    await using two = openDatabase({ primaryUri: server.uri });
    const second = new ChatStore(two);
    const first = postgres(server.uri, { max: 1, onnotice: () => undefined });
    const isHeldUp = async () => {
      const rows = await database.sql`
        SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      return rows.length > 0;
    };
    let higher: Promise<unknown> = Promise.resolve();
    let isHigherStored = false;
    const lower = await first.begin(async (sql) => {
      await sql`INSERT INTO chat_room AS r (stream_id, sequence) VALUES (${STREAM}, 1)
        ON CONFLICT (stream_id) DO UPDATE SET sequence = r.sequence + 1`;
      const [row] = await sql`
        INSERT INTO chat_message (stream_id, author, text) VALUES (${STREAM}, 'Ada', 'lower') RETURNING id::float8 AS id`;
      higher = second.add([said('higher')], NO_ABORT).then((outcomes) => {
        isHigherStored = true;
        return outcomes[0]?.message?.id;
      });
      await eventually('the second is held up', 30_000, isHeldUp);
      assert.equal(isHigherStored, false);
      return Number(row?.['id']);
    });
    assert.ok(Number(await higher) > lower);
    const page = await store.page(STREAM, { ...NEWEST, limit: 2 }, NO_ABORT);
    assert.deepEqual(
      page?.map(({ text }) => text),
      ['higher', 'lower'],
    );
    await first.end();
  });

  test('one statement stores a batch of several streams, judges each message, and counts what it stored', async () => {
    const ref = '00000000-0000-4000-8000-00000000000a';
    const statements = database.statements.length;
    const before = (await store.sequences([STREAM], NO_ABORT)).get(STREAM) ?? 0;
    const outcomes = await store.add(
      [
        said('one', { ref }),
        said('two'),
        said('late', { streamId: ENDED }),
        said('lost', { streamId: UNKNOWN }),
        said('three', { isOwner: true }),
      ],
      NO_ABORT,
    );
    assert.equal(database.statements.length, statements + 2);
    assert.deepEqual(
      outcomes.map(({ verdict, message }) => [verdict, message?.text, message?.owner]),
      [
        ['stored', 'one', false],
        ['stored', 'two', false],
        ['ended', undefined, undefined],
        ['unknown', undefined, undefined],
        ['stored', 'three', true],
      ],
    );
    const ids = outcomes.flatMap(({ message }) => message?.id ?? []);
    assert.deepEqual(
      ids,
      ids.toSorted((a, b) => a - b),
    );
    assert.equal((await store.sequences([STREAM], NO_ABORT)).get(STREAM), before + 3);
    const [again] = await store.add([said('one', { ref })], NO_ABORT);
    assert.equal(again?.verdict, 'replayed');
    assert.equal((await store.replayed(said('one', { ref }), NO_ABORT))?.id, ids[0]);
    assert.equal(
      await store.replayed(said('one', { ref, authorId: 'z'.repeat(22) }), NO_ABORT),
      null,
    );
  });
});
