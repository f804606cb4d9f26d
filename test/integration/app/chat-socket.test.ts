/** The chat over a WebSocket: said once, heard by all in order, gone on with after a break, and what is refused. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { poll } from '../../../src/lib/async/wait.ts';
import { ChatClient } from '../../support/chat-client.ts';
import { ask, send } from '../../support/configure-requests.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { SocketClient, UPGRADE } from '../../support/socket-client.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';

describe('chat over a WebSocket', () => {
  let app: RunningApp;
  before(async () => {
    app = await startApp({
      environment: { LIVE_CREATION_OPEN: 'true', TRUSTED_PROXIES: '127.0.0.0/8' },
    });
  });
  after(async () => {
    await app[Symbol.asyncDispose]();
  });

  let clients = 0;
  const client = () => ({ 'x-forwarded-for': `10.0.${++clients >> 8}.${clients & 255}` });
  const make = async () => {
    const { json } = await ask(`${app.baseUrl}/api/v1/live`, send('POST', { title: 'Premiere' }));
    const id = String(json['id']);
    return { url: `${app.baseUrl}/api/v1/live/${id}`, key: String(json['ownerKey']) };
  };
  const say = (url: string, text: string, headers: Record<string, string> = client()) =>
    ask(`${url}/chat`, send('POST', { author: 'Bob', text }, headers));

  test('everybody hears what is said, over HTTP or the socket, once and in order of ids', async () => {
    const { url } = await make();
    await using ada = await new ChatClient(`${url}/chat`, client()).ready();
    await using bob = await new ChatClient(`${url}/chat`, client()).ready();
    for (let count = 0; count < 10; count++) {
      ada.say(`ada ${count}`);
      bob.say(`bob ${count}`);
      assert.equal((await say(url, `http ${count}`)).status, 200);
    }
    for (const one of [ada, bob]) {
      await one.until('all were heard', ({ ids, waiting }) => ids.length === 30 && waiting === 0);
      assert.deepEqual(
        one.ids,
        one.ids.toSorted((a, b) => a - b),
      );
      assert.equal(new Set(one.ids).size, 30);
    }
    const message = ada.events.find(({ type, text }) => type === 'message' && text === 'bob 3');
    const hello = bob.events.find(({ type }) => type === 'hello');
    assert.equal(message?.['author_id'], hello?.['author_id']);
    assert.equal(message?.['owner'], false);
  });

  test('who comes back goes on after the last id, without a gap or a double, from memory and from the database', async () => {
    const { url } = await make();
    const ids: number[] = [];
    // More than the room keeps in memory.
    for (let count = 0; count < 250; count++)
      ids.push(Number((await say(url, `message ${count}`)).json['id']));
    await using other = await new ChatClient(`${url}/chat`, client()).ready();
    for (const from of [0, 10, 240, 250]) {
      using back = new SocketClient(`${url}/chat?after_id=${ids[from - 1] ?? 0}`, client());
      const mark = `mark ${from}`;
      await back.opened;
      ids.push(Number((await say(url, mark)).json['id']));
      await back.hears(new RegExp(mark));
      const heard = back.heard
        .map((text) => JSON.parse(text))
        .filter(({ type }) => type === 'message')
        .map(({ id }) => Number(id));
      assert.deepEqual(heard, ids.slice(from), `after ${from}`);
    }
    await other.until('the one who stayed has all', (one) => one.ids.length === ids.length);
    using fresh = new SocketClient(`${url}/chat`, client());
    await fresh.hears(/"type":"hello"/);
    await say(url, 'now');
    await fresh.hears(/"text":"now"/);
    assert.equal(fresh.heard.filter((text) => text.includes('"type":"message"')).length, 1);
  });

  test('a message that is sent again with its ref is stored once, and acknowledged again', async () => {
    const { url } = await make();
    using ada = new SocketClient(`${url}/chat`, client());
    await ada.hears(/hello/);
    const said = {
      type: 'say',
      author: 'Ada',
      text: 'once',
      ref: 'b1946ac9-2492-4347-8bfa-3a6bb0a2d9a1',
    };
    for (let count = 0; count < 3; count++) ada.say(JSON.stringify(said));
    const acks = () => ada.heard.filter((text) => text.includes('"type":"said","ref":"b1946ac9'));
    assert.ok(await poll(() => acks().length === 3, { everyMs: 10, timeoutMs: 30_000 }));
    assert.equal(new Set(acks()).size, 1);
    const { text } = await ask(`${url}/chat`);
    assert.equal(JSON.parse(text).messages.length, 1);
    using eve = new SocketClient(`${url}/chat`, client());
    await eve.hears(/hello/);
    eve.say(JSON.stringify(said));
    await eve.hears(/"code":"chat.replayed"/);
  });

  test('what is no message gets an error or a close code that says so, and others go on', async () => {
    const { url } = await make();
    await using other = await new ChatClient(`${url}/chat`, client()).ready();
    using wrong = new SocketClient(`${url}/chat`, client());
    await wrong.hears(/hello/);
    wrong.say(JSON.stringify({ type: 'dance', ref: 'a' }));
    await wrong.hears(
      /"type":"error","ref":"a","code":"request.bad-body".*expected type to be say/,
    );
    wrong.say(JSON.stringify({ type: 'say', author: 'Ada', text: '', ref: 'b' }));
    await wrong.hears(/"ref":"b".*expected ref|"ref":"b".*expected text to be/);
    wrong.say('no json');
    assert.deepEqual(await wrong.closed, {
      code: 1007,
      reason: 'a message is a JSON object with a type',
    });
    using flooding = new SocketClient(`${url}/chat`, client());
    await flooding.hears(/hello/);
    for (let count = 0; count < 70; count++)
      flooding.say(JSON.stringify({ type: 'say', author: 'Ada', text: `flood ${count}` }));
    assert.equal((await flooding.closed).code, 1008);
    assert.match(
      flooding.heard.join('\n'),
      /"code":"chat.too-fast".*at most 20 chat messages in 10 seconds/,
    );
    other.say('still here');
    await other.until('it is heard', ({ waiting }) => waiting === 0);
    for (const [path, status] of [
      [`${app.baseUrl}/api/v1/live/00000000-0000-4000-8000-000000000000/chat`, 404],
      [`${url}/chat?after_id=x`, 400],
    ] as const)
      assert.equal(await refusedWith(path), status, path);
    assert.equal(await refusedWith(`${url}/chat`, { Origin: 'https://evil.example' }), 403);
  });
});

/** Status of a refused upgrade. */
async function refusedWith(url: string, headers: Record<string, string> = {}): Promise<number> {
  const { port, pathname, search } = new URL(url);
  await using connection = await RawConnection.open(Number(port));
  connection.request('GET', pathname + search, { ...UPGRADE, ...headers });
  return (await connection.response())?.status ?? 0;
}
