/**
 * Servers that share a database and no Redis: PostgreSQL's notifications carry a chat between them, and where those do not get
 * through (PgBouncer), the look every 5 s does. The first one is asked over TLS.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Agent, getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { makeCertificate, withoutOpenssl } from '../../support/certificates.ts';
import { ChatClient } from '../../support/chat-client.ts';
import { ask, send } from '../../support/configure-requests.ts';
import { skipWithoutPgBouncer, startPgBouncer } from '../../support/pgbouncer.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../../support/template-db.ts';

const POLL_MS = 5000;
const skip = skipWithoutPostgres || withoutOpenssl;

describe('servers that share a database and no Redis', { skip }, () => {
  const before_ = getGlobalDispatcher();
  let database: TestDatabase;
  let folder: string;
  let first: RunningApp;
  let second: RunningApp;
  let stream: string;

  const start = (environment: Record<string, string>) =>
    startApp({
      environment: { POSTGRES_URI: database.uri, DEMO_CATALOG: 'false', ...environment },
    });
  const chatOf = ({ baseUrl }: RunningApp) => `${baseUrl}/api/v1/live/${stream}/chat`;
  /** Each is said when the one before was heard: how long each took, in milliseconds. */
  const delays = async (from: ChatClient, to: ChatClient, count: number) => {
    const taken = [];
    for (let n = 0; n < count; n += 1) {
      const heard = to.ids.length;
      const saidAtMs = performance.now();
      from.say(`message ${n}`);
      await to.until('it is heard', ({ ids }) => ids.length > heard);
      taken.push(performance.now() - saidAtMs);
    }
    return taken;
  };

  before(async () => {
    database = await createTestDatabase();
    folder = await mkdtemp(join(tmpdir(), 'sluice-chat-tls-'));
    const { certFile, keyFile } = makeCertificate(folder, 'localhost');
    setGlobalDispatcher(new Agent({ connect: { ca: await readFile(certFile, 'utf8') } }));
    first = await start({ TLS_CERT: certFile, TLS_KEY: keyFile, LIVE_CREATION_OPEN: 'true' });
    second = await start({});
    const made = await ask(`${first.baseUrl}/api/v1/live`, send('POST', { title: 'Shared' }));
    stream = String(made.json['id']);
  });
  after(async () => {
    setGlobalDispatcher(before_);
    await first[Symbol.asyncDispose]();
    await second[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  test('wss: a chat over TLS hears what is said there, and resumes after the last id', async () => {
    assert.match(chatOf(first), /^https:/);
    await using anna = await new ChatClient(chatOf(first)).ready();
    await using bert = await new ChatClient(chatOf(first)).ready();
    anna.say('over TLS');
    await bert.until('it is heard', ({ ids }) => ids.length === 1);
    await anna.until('it is acknowledged', ({ waiting }) => waiting === 0);
    assert.deepEqual([...anna.acknowledged.values()], ['over TLS']);
  });

  test('NOTIFY: what is said at one server is heard at the other at once, in order and once', async () => {
    await using anna = await new ChatClient(chatOf(first)).ready();
    await using bert = await new ChatClient(chatOf(second)).ready();
    await bert.until('what was said before', ({ ids }) => ids.length > 0);
    const taken = await delays(anna, bert, 10);
    // The look every 5 s comes a whole one later each time, as each is said right after the last.
    const fastest = Math.min(...taken.slice(1));
    assert.ok(fastest < POLL_MS / 2, taken.map(Math.round).join(' '));
    assert.deepEqual(
      bert.ids,
      [...new Set(bert.ids)].toSorted((a, b) => a - b),
    );
    await anna.until('both heard the same', ({ ids }) => ids.length === bert.ids.length);
    assert.deepEqual(anna.ids, bert.ids);
  });

  test(
    'poll: without notifications (PgBouncer) what is said elsewhere is heard within the look, in order and once',
    { skip: skipWithoutPgBouncer },
    async () => {
      await using pgBouncer = await startPgBouncer({ serverUri: database.uri, poolSize: 4 });
      const { pathname } = new URL(database.uri);
      const uri = pgBouncer.baseUri + pathname;
      await using third = await start({
        POSTGRES_URI: uri,
        POSTGRES_MIGRATE_URI: uri,
        POSTGRES_USE_PGBOUNCER: 'true',
      });
      await using anna = await new ChatClient(chatOf(first)).ready();
      await using cleo = await new ChatClient(chatOf(third)).ready();
      await cleo.until('what was said before', ({ ids }) => ids.length > 0);
      for (let n = 0; n < 5; n += 1) anna.say(`at once ${n}`);
      await anna.until('all are stored', ({ waiting }) => waiting === 0);
      await cleo.until('all are heard', ({ ids }) => ids.at(-1) === Math.max(...anna.ids));
      assert.deepEqual(cleo.ids.slice(-5), anna.ids.slice(-5));
      assert.deepEqual(
        cleo.ids,
        [...new Set(cleo.ids)].toSorted((a, b) => a - b),
      );
    },
  );
});
