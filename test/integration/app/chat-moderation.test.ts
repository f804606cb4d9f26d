/** What owners of live streams decide about their chats, and whom it holds for. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, send } from '../../support/configure-requests.ts';
import { RawConnection } from '../../support/raw-connection.ts';
import { SocketClient, UPGRADE } from '../../support/socket-client.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';

describe('moderation of a chat', () => {
  let app: RunningApp;
  before(async () => {
    app = await startApp({
      environment: { LIVE_CREATION_OPEN: 'true', TRUSTED_PROXIES: '127.0.0.0/8' },
    });
  });
  after(async () => {
    await app[Symbol.asyncDispose]();
  });

  let people = 0;
  /** One person: an address and a key of the client's. */
  const person = () => {
    people++;
    return {
      'x-forwarded-for': `198.51.100.${people}`,
      'x-chat-key': `key of person number ${people}`,
    };
  };
  const make = async (ownerKey = '') => {
    const headers: Record<string, string> = ownerKey === '' ? {} : { 'x-owner-key': ownerKey };
    const made = send('POST', { title: 'Premiere' }, headers);
    const { json } = await ask(`${app.baseUrl}/api/v1/live`, made);
    const url = `${app.baseUrl}/api/v1/live/${String(json['id'])}/chat`;
    const owner = { 'x-owner-key': String(json['ownerKey']) };
    return {
      url,
      owner,
      say: (who: Record<string, string>, text = 'hello') =>
        ask(url, send('POST', { author: 'Ada', text }, who)),
      decide: (what: string, body: object, headers: Record<string, string> = owner) =>
        ask(`${url}/${what}`, send('PUT', body, headers)),
    };
  };
  const codeOf = ({ text }: { readonly text: string }) =>
    /"code":"([^"]+)"/.exec(text)?.[1] ?? 'none';
  /** Status of an upgrade that is refused. */
  const refused = async (url: string, who: Record<string, string>) => {
    const { port, pathname } = new URL(url);
    await using connection = await RawConnection.open(Number(port));
    connection.request('GET', pathname, { ...UPGRADE, ...who });
    return (await connection.response())?.status ?? 0;
  };

  test('only the owner decides, and what cannot be meant is refused', async () => {
    const { url, owner, decide } = await make();
    const other = await make();
    assert.equal(
      codeOf(await decide('settings', { slow_mode_s: 5 }, other.owner)),
      'live.wrong-key',
    );
    assert.equal(codeOf(await decide('settings', { slow_mode_s: 5 }, {})), 'live.wrong-key');
    for (const body of [{ slow_mode_s: -1 }, { slow_mode_s: 3601 }, { followers_only: 'yes' }])
      assert.equal(codeOf(await decide('settings', body)), 'request.bad-body');
    assert.equal(
      codeOf(await decide('sanctions', { kind: 'flogged', message: 1 })),
      'request.bad-body',
    );
    assert.equal(codeOf(await decide('sanctions', { kind: 'muted' })), 'request.bad-body');
    assert.equal(
      codeOf(await decide('sanctions', { kind: 'muted', message: 9e9 })),
      'chat.not-found',
    );
    assert.equal(codeOf(await decide('followers/x', {})), 'chat.not-found');
    assert.equal((await ask(`${url}/followers`, { headers: owner })).status, 200);
  });

  test('slow mode: an author waits, another one and the owner need not, and viewers are told', async () => {
    const { url, owner, say, decide } = await make();
    const ada = person();
    using viewer = new SocketClient(url, person());
    await viewer.hears(/"slow_mode_s":0/);
    assert.equal((await decide('settings', { slow_mode_s: 600 })).status, 200);
    await viewer.hears(/"type":"settings","slow_mode_s":600,"followers_only":false/);
    assert.equal((await say(ada)).status, 200);
    const second = await say(ada);
    assert.deepEqual([second.status, codeOf(second)], [429, 'chat.slow-mode']);
    assert.equal((await say(person())).status, 200);
    for (let count = 0; count < 3; count++)
      assert.equal((await say({ ...ada, ...owner })).status, 200);
    // At once, so that they are judged by one statement.
    const eve = person();
    const both = await Promise.all([say(eve), say(eve)]);
    assert.deepEqual(
      both.map(({ status }) => status).toSorted((a, b) => a - b),
      [200, 429],
    );
  });

  test('only followers: those whom the owner named may write', async () => {
    const { url, owner, say, decide } = await make();
    const ada = person();
    const id = String((await say(ada)).json['author_id']);
    await decide('settings', { followers_only: true });
    const before = await say(ada);
    assert.deepEqual([before.status, codeOf(before)], [403, 'chat.followers-only']);
    assert.equal((await decide(`followers/${id}`, {})).status, 200);
    assert.equal((await say(ada)).status, 200);
    assert.equal((await say(person())).status, 403);
    const { json } = await ask(`${url}/followers`, { headers: owner });
    assert.deepEqual(json, { items: [id], has_more: false });
    const off = { method: 'DELETE', headers: owner };
    assert.equal((await ask(`${url}/followers/${id}`, off)).status, 200);
    assert.equal((await ask(`${url}/followers/${id}`, off)).status, 404);
    assert.equal((await say(ada)).status, 403);
  });

  test('a muted author reads and does not write, beside all streams of the owner, until it is lifted', async () => {
    const first = await make();
    const second = await make(first.owner['x-owner-key']);
    const elsewhere = await make();
    const ada = person();
    const said = (await first.say(ada)).json;
    const muted = { kind: 'muted', message: said['id'], minutes: 10 };
    assert.equal((await first.decide('sanctions', muted)).status, 200);
    for (const { say } of [first, second]) assert.equal(codeOf(await say(ada)), 'chat.muted');
    assert.equal((await elsewhere.say(ada)).status, 200);
    using socket = new SocketClient(first.url, ada);
    await socket.hears(/hello/);
    socket.say(JSON.stringify({ type: 'say', author: 'Ada', text: 'me', ref: 'x' }));
    await socket.hears(/"field":"ref"/);
    socket.say(JSON.stringify({ type: 'say', author: 'Ada', text: 'me' }));
    await socket.hears(/"code":"chat.muted"/);
    // A new key does not help: the address is muted, too.
    assert.equal(
      codeOf(await first.say({ ...ada, 'x-chat-key': 'another key of hers' })),
      'chat.muted',
    );
    const { json } = await ask(`${first.url}/sanctions`, { headers: first.owner });
    assert.equal((json['items'] as readonly object[]).length, 2);
    const lifted = `${first.url}/sanctions/${String(said['author_id'])}`;
    const off = { method: 'DELETE', headers: first.owner };
    assert.equal((await ask(lifted, off)).status, 200);
    assert.equal((await ask(lifted, off)).status, 404);
    assert.equal((await second.say(ada)).status, 200);
  });

  test('a banned author is put out at once and not let in again', async () => {
    const { url, say, decide } = await make();
    const ada = person();
    const said = (await say(ada)).json;
    using hers = new SocketClient(url, ada);
    using other = new SocketClient(url, person());
    await Promise.all([hers.hears(/hello/), other.hears(/hello/)]);
    await decide('sanctions', { kind: 'banned', message: said['id'] });
    assert.deepEqual(await hers.closed, {
      code: 4003,
      reason: 'the owner of the stream has banned you',
    });
    assert.equal(await refused(url, ada), 403);
    assert.equal(codeOf(await say(ada)), 'chat.banned');
    await say(person(), 'good riddance');
    await other.hears(/good riddance/);
  });

  test('what an owner takes away is taken from all who watch', async () => {
    const { url, owner, say } = await make();
    using viewer = new SocketClient(url, person());
    await viewer.hears(/hello/);
    const id = String((await say(person(), 'rude')).json['id']);
    await viewer.hears(/rude/);
    await ask(`${url}/${id}`, { method: 'DELETE', headers: owner });
    await viewer.hears(new RegExp(`"type":"deleted","id":${id}`));
    using late = new SocketClient(`${url}?after_id=${id}`, person());
    await late.hears(new RegExp(`"type":"deleted","id":${id}`));
    using first = new SocketClient(`${url}?after_id=0`, person());
    await say(person(), 'kind');
    await first.hears(/kind/);
    assert.doesNotMatch(first.heard.join('\n'), /rude/);
  });
});
