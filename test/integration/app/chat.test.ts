/** The chat beside live streams, over HTTP. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, send } from '../../support/configure-requests.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';

const KEY = 'CANARY-operator-1234567890';

interface Page {
  readonly messages: readonly { readonly id: number; readonly text: string }[];
  readonly has_more: boolean;
  readonly total: null;
}

describe('chat beside a live stream', () => {
  let app: RunningApp;
  const keys = new Map<string, string>();

  before(async () => {
    app = await startApp({
      environment: {
        API_PASSWORD: KEY,
        IS_PUBLIC_INSTANCE: 'true',
        TRUSTED_PROXIES: '127.0.0.0/8',
      },
    });
  });
  after(async () => {
    await app[Symbol.asyncDispose]();
  });

  let clients = 0;
  /** Whose messages are not counted with those of others. */
  const client = () => ({ 'x-forwarded-for': `198.51.100.${++clients}` });
  const make = async (): Promise<string> => {
    const { json, text } = await ask(
      `${app.baseUrl}/api/v1/live`,
      send('POST', { title: 'Premiere' }, { 'x-api-key': KEY }),
    );
    assert.equal(typeof json['id'], 'string', text);
    keys.set(String(json['id']), String(json['ownerKey']));
    return String(json['id']);
  };
  const url = (id: string, tail = '') => `${app.baseUrl}/api/v1/live/${id}/chat${tail}`;
  const owner = (id: string) => ({ 'x-owner-key': keys.get(id) ?? '' });
  const say = (id: string, text: unknown, from = client()) =>
    ask(url(id), send('POST', { author: 'Ada', text }, from));
  const page = async (id: string, query = ''): Promise<Page> => {
    const answer = await ask(url(id, query));
    assert.equal(answer.status, 200, answer.text);
    return JSON.parse(answer.text);
  };

  test('is paged by key, newest first, with has_more and no total', async () => {
    const id = await make();
    assert.deepEqual(await page(id), { messages: [], has_more: false, total: null });
    for (const text of ['one', 'two', 'three']) assert.equal((await say(id, text)).status, 200);
    const other = await make();
    await say(other, 'elsewhere');
    const first = await page(id, '?limit=2');
    assert.deepEqual(
      first.messages.map(({ text }) => text),
      ['three', 'two'],
    );
    assert.equal(first.has_more, true);
    assert.equal(first.total, null);
    const rest = await page(id, `?limit=2&before_id=${first.messages[1]?.id}`);
    assert.deepEqual([rest.messages.map(({ text }) => text), rest.has_more], [['one'], false]);
  });

  test('ids are told in the order in which they become visible', async () => {
    const id = await make();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, number) => say(id, `message ${number}`)),
    );
    const told = answers.map(({ json }) => Number(json['id']));
    const { messages } = await page(id, '?limit=200');
    assert.deepEqual(
      messages.map((message) => message.id),
      told.toSorted((a, b) => b - a),
    );
  });

  test('owners take messages away, others cannot', async () => {
    const id = await make();
    const said = String((await say(id, 'rude')).json['id']);
    const remove = async (stream: string, message: string, headers: Record<string, string>) =>
      (await ask(url(stream, `/${message}`), { method: 'DELETE', headers })).status;
    const other = await make();
    assert.equal(await remove(id, said, owner(other)), 403);
    assert.equal(await remove(other, said, owner(other)), 404);
    assert.equal(await remove(id, 'x', owner(id)), 404);
    assert.equal((await page(id)).messages.length, 1);
    assert.equal(await remove(id, said, owner(id)), 200);
    assert.equal(await remove(id, said, owner(id)), 200, 'again');
    assert.deepEqual((await page(id)).messages, []);
  });

  test('who says too much at once is told so, others go on', async () => {
    const id = await make();
    const flooder = client();
    const statuses = [];
    for (let count = 0; count < 22; count++) statuses.push(await say(id, 'spam', flooder));
    const refused = statuses.filter(({ status }) => status === 429);
    assert.equal(refused.length, 2);
    assert.match(refused[0]?.text ?? '', /at most 20 chat messages in 10 seconds/);
    assert.ok(Number(refused[0]?.headers.get('retry-after')) >= 1);
    assert.equal((await say(id, 'hello')).status, 200);
  });

  test('what cannot be taken is refused with what can', async () => {
    const id = await make();
    const unknown = '00000000-0000-4000-8000-000000000000';
    const tooLong = await say(id, 'x'.repeat(501));
    assert.equal(tooLong.status, 400);
    assert.match(tooLong.text, /expected text to be a text of 1 to 500 characters/);
    assert.equal((await ask(url(id), { method: 'POST', body: 'no json' })).status, 400);
    assert.equal((await say(unknown, 'hello')).status, 404);
    assert.equal((await say('x', 'hello')).status, 404);
    assert.equal((await ask(url(unknown))).status, 404);
    for (const query of ['?limit=0', '?limit=201', '?limit=x', '?before_id=-1'])
      assert.equal((await ask(url(id, query))).status, 400, query);
    await ask(`${app.baseUrl}/api/v1/live/${id}/end`, { method: 'POST', headers: owner(id) });
    assert.equal((await say(id, 'too late')).status, 409);
    assert.equal((await ask(url(id))).status, 200);
  });
});
