/** The rules that lists, chat and bitrates keep, each by name, on the statements that they really send. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import postgres, { type Sql } from 'postgres';
import { ChatStore, type Said } from '../../src/features/chat/store.ts';
import { LiveStore } from '../../src/features/live/store.ts';
import { loadConfig } from '../../src/platform/config/config.ts';
import type { Database } from '../../src/platform/db/database.ts';
import { NO_ABORT, openDatabase, until } from '../support/open-database.ts';
import { RecordingDatabase } from '../support/recording-database.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../support/template-db.ts';

const STREAM = '00000000-0000-4000-8000-000000000001';
const OWNER = 'a'.repeat(32);
const SAID: Said = {
  streamId: STREAM,
  author: 'Ada',
  text: 'hello',
  ref: null,
  authorId: 'a'.repeat(22),
  addressId: 'b'.repeat(22),
  isOwner: false,
};
const PAGE = { beforeId: Number.MAX_SAFE_INTEGER, limit: 51 };
const SHORT_MS = 300;

test('the rule of deadlines: an operation has 30 s, one that is retried 60 s in total, unless the operator says otherwise', () => {
  const { config } = loadConfig({});
  assert.equal(config.DB_STATEMENT_TIMEOUT_MS, 30_000);
  assert.equal(config.DB_RETRY_DEADLINE_MS, 60_000);
});

test('the rule of bitrates: 1,000 streams are known, unless the operator says otherwise', () => {
  // Shards and evictions: test/unit/lib/sharded-lru.test.ts, test/unit/features/live/bitrates.test.ts.
  assert.equal(loadConfig({}).config.LIVE_BITRATE_STREAMS_MAX, 1000);
});

describe('rules of lists and chats', { skip: skipWithoutPostgres }, () => {
  let server: TestDatabase;
  let admin: Sql;

  before(async () => {
    server = await createTestDatabase();
    admin = postgres(server.uri, { max: 2, onnotice: () => undefined });
    await admin`INSERT INTO live_stream (live_stream_id, title, owner, owner_key_hash, status)
      VALUES (${STREAM}, 'Premiere', ${OWNER}, sha256('x'), 'live')`;
    await admin`INSERT INTO live_stream (live_stream_id, title, owner, owner_key_hash, status)
      SELECT gen_random_uuid(), 'Recording', ${OWNER}, sha256('x'), 'ended' FROM generate_series(1, 30)`;
  });
  after(async () => {
    await admin.end();
    await server[Symbol.asyncDispose]();
  });

  /** What `work` does while nobody may touch the tables of chats. */
  const whileLocked = async (work: () => Promise<void>) => {
    await using lock = await lockedTables(admin);
    await work();
    await lock.release();
  };
  const opened = (more: object = {}): Database => openDatabase({ primaryUri: server.uri, ...more });
  const messages = async () =>
    (await admin<{ n: number }[]>`SELECT count(*)::int AS n FROM chat_message`)[0]?.n;

  test('every operation has a timeout, and a timeout is not retried', async () => {
    await using database = opened({ statementTimeoutMs: SHORT_MS });
    const [chat, live] = [new ChatStore(database), new LiveStore(database)];
    const timeout = { code: 'database.timeout', status: 503 };
    await whileLocked(async () => {
      await assert.rejects(chat.page(STREAM, PAGE, NO_ABORT), timeout);
      await assert.rejects(chat.add([SAID], NO_ABORT), timeout);
      await assert.rejects(live.page({ status: 'ended', owner: '' }, FIRST, NO_ABORT), timeout);
      await assert.rejects(live.setStatus(STREAM, 'ended', NO_ABORT), timeout);
    });
    // One attempt each.
    assert.deepEqual(Object.fromEntries(database.stats().statementsByName), {
      'chat.page': 1,
      'chat.add': 1,
      'live.page': 1,
      'live.set-status': 1,
    });
    assert.equal(await messages(), 0);
  });

  test('a read whose connection is lost is retried, and ends at its total deadline', async () => {
    await using database = opened({ totalRetryDeadlineMs: 1000, userRetryDeadlineMs: 1000 });
    const chat = new ChatStore(database);
    await whileLocked(async () => {
      const read = chat.page(STREAM, PAGE, NO_ABORT);
      const lost = assert.rejects(read, { status: 503 });
      let isOver = false;
      void lost.finally(() => {
        isOver = true;
      });
      await until(async () => {
        await terminateWaiting(admin);
        return isOver;
      });
      await lost;
    });
    assert.ok(database.stats().statements > 1, 'it was tried again');
  });

  test('a write of unknown outcome is never retried', async () => {
    await using database = opened();
    const chat = new ChatStore(database);
    await whileLocked(async () => {
      const said = assert.rejects(chat.add([SAID], NO_ABORT), { code: 'database.unavailable' });
      await until(async () => (await terminateWaiting(admin)) > 0);
      await said;
    });
    assert.equal(database.stats().statementsByName.get('chat.add'), 1);
    assert.equal(await messages(), 0);
  });

  test('VOD lists get their total by count(*) over(); only an empty page is counted by itself', async () => {
    await using database = new RecordingDatabase(server.uri);
    const live = new LiveStore(database);
    const filter = { status: 'ended', owner: OWNER } as const;
    assert.equal((await live.page(filter, FIRST, NO_ABORT)).total, 30);
    assert.deepEqual(names(database), ['live.page']);
    assert.match(database.statements[0]?.text ?? '', /count\(\*\) OVER \(\)/);
    const beyond = await live.page(filter, { skip: 100, limit: 20 }, NO_ABORT);
    assert.deepEqual(beyond, { items: [], total: 30 });
    assert.deepEqual(names(database), ['live.page', 'live.page', 'live.count']);
  });

  test('the indexes match filter and order: owner, status, not deleted, created_at desc; stream, id desc, not deleted', async () => {
    const rows = await admin<{ name: string; text: string }[]>`
      SELECT indexname AS name, indexdef AS text FROM pg_indexes WHERE tablename IN ('live_stream', 'chat_message')`;
    const textOf = (name: string) => rows.find((row) => row.name === name)?.text ?? '';
    assert.match(
      textOf('live_stream_by_owner'),
      /\(owner, status, created_at DESC, live_stream_id DESC\) WHERE \(deleted_at IS NULL\)$/,
    );
    assert.match(
      textOf('chat_message_by_stream'),
      /\(stream_id, id DESC\) WHERE \(deleted_at IS NULL\)$/,
    );
    // That they are used: live-store.test.ts and chat-store.test.ts.
  });
});

const FIRST = { skip: 0, limit: 20 };

const names = ({ statements }: RecordingDatabase) => statements.map(({ name }) => name);

/** Whoever reads or writes a stream waits. */
async function lockedTables(admin: Sql): Promise<AsyncDisposable & { release(): Promise<void> }> {
  const connection = await admin.reserve();
  await connection`BEGIN`;
  await connection`LOCK TABLE live_stream IN ACCESS EXCLUSIVE MODE`;
  let isHeld = true;
  const release = async () => {
    if (!isHeld) return;
    isHeld = false;
    await connection`ROLLBACK`;
    connection.release();
  };
  return { release, [Symbol.asyncDispose]: release };
}

/** @returns how many statements waited for the lock, and lost their connection */
async function terminateWaiting(admin: Sql): Promise<number> {
  const rows = await admin`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND pid <> pg_backend_pid()`;
  return rows.length;
}
