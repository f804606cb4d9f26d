/** Two processes on one port: a chat is one chat, and a process that is killed takes nothing with it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import postgres from 'postgres';
import { poll } from '../../../src/lib/async/wait.ts';
import { ChatClient } from '../../support/chat-client.ts';
import { ask, send } from '../../support/configure-requests.ts';
import { childrenOf } from '../../support/processes.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';

const CLIENTS = 12;
const ROUNDS = 15;

test(
  'kill -9 of one of two processes loses no stored message, and clients resume without a gap or a double',
  { skip: !appModes().includes('external-2') },
  async () => {
    await using app = await startApp({
      mode: 'external-2',
      environment: { LIVE_CREATION_OPEN: 'true', TRUSTED_PROXIES: '127.0.0.0/8' },
    });
    const { json } = await ask(`${app.baseUrl}/api/v1/live`, send('POST', { title: 'Shared' }));
    const url = `${app.baseUrl}/api/v1/live/${String(json['id'])}/chat`;
    const clients = Array.from(
      { length: CLIENTS },
      (_, at) => new ChatClient(url, { 'x-forwarded-for': `198.51.100.${at}` }),
    );
    await Promise.all(clients.map((client) => client.ready()));
    const [victim] = await childrenOf(app.pid);
    assert.ok(victim !== undefined);
    for (let round = 0; round < ROUNDS; round++) {
      clients.forEach((client, at) => client.say(`client ${at} round ${round}`));
      if (round === Math.floor(ROUNDS / 2)) process.kill(victim.pid, 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    const total = CLIENTS * ROUNDS;
    for (const client of clients)
      await client.until(
        'all is acknowledged and heard',
        ({ waiting, ids }) => waiting === 0 && ids.length >= total,
      );
    const stored = await wholeHistory(url);
    assert.equal(stored.size, total, 'each message is stored once');
    for (const client of clients) {
      assert.deepEqual(
        client.ids,
        [...stored.keys()].toSorted((a, b) => a - b),
      );
      for (const [id, text] of client.acknowledged) assert.equal(stored.get(id), text);
    }
    const reconnected = clients.filter(({ reconnects }) => reconnects > 0).length;
    assert.ok(reconnected > 0, 'some were connected to the killed one');
    assert.ok(
      await poll(async () => (await childrenOf(app.pid)).length >= 2, {
        everyMs: 50,
        timeoutMs: 60_000,
      }),
    );
    await stopWhileTheySpeak(app, clients);
  },
);

async function wholeHistory(url: string): Promise<ReadonlyMap<number, string>> {
  const stored = new Map<number, string>();
  let query = '?limit=100';
  for (;;) {
    const { text } = await ask(url + query);
    const { messages, has_more } = JSON.parse(text);
    for (const { id, text: said } of messages) stored.set(id, said);
    if (has_more !== true) return stored;
    query = `?limit=100&before_id=${Math.min(...stored.keys())}`;
  }
}

/** Nothing that was acknowledged is lost on SIGTERM either, and clients are told to connect again. */
async function stopWhileTheySpeak(app: RunningApp, clients: readonly ChatClient[]): Promise<void> {
  for (const [at, client] of clients.entries())
    for (let count = 0; count < 5; count++) client.say(`last words ${count} of ${at}`);
  assert.equal(await app.stop('SIGTERM'), 0);
  const sql = postgres(app.databaseUri ?? '', { max: 1, onnotice: () => undefined });
  const rows = await sql<
    { id: number; text: string }[]
  >`SELECT id::float8 AS id, text FROM chat_message`;
  await sql.end();
  const stored = new Map(rows.map(({ id, text }) => [id, text]));
  for (const client of clients) {
    for (const [id, text] of client.acknowledged) assert.equal(stored.get(id), text);
    assert.equal(client.closedWith.at(-1), 1012);
    await client[Symbol.asyncDispose]();
  }
}
