/** WebSockets of the front end: who is let in, who hears what, and how those end that flood, stall or say nothing. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpMetrics } from '../../src/http/http-metrics.ts';
import { SocketTopics } from '../../src/http/socket-topics.ts';
import type { Socket, SocketListener, SocketRoute } from '../../src/http/socket-route.ts';
import { AppError } from '../../src/lib/errors.ts';
import { eventually } from '../support/processes.ts';
import { RawConnection } from '../support/raw-connection.ts';
import { SocketClient, UPGRADE } from '../support/socket-client.ts';
import { startToyServer, text, type ToyOptions } from '../support/toy-server.ts';

const LIMIT_MS = 60_000;
const LIMITS = {
  socketsMax: 50,
  socketsPerAddressMax: 40,
  socketsPerGroupMax: 30,
  messageBytesMax: 1000,
  messagesMax: 20,
  backlogBytesMax: 65_536,
  idleTimeoutS: 60,
} as const;

interface Planted extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly open: Set<Socket>;
  readonly topics: SocketTopics;
  readonly metrics: HttpMetrics;
  readonly server: Awaited<ReturnType<typeof startToyServer>>;
}

/** Echoes, and joins the topic `all`. */
async function start(row: Partial<SocketRoute> = {}, options: ToyOptions = {}): Promise<Planted> {
  const open = new Set<Socket>();
  const topics = new SocketTopics();
  const metrics = new HttpMetrics();
  const listen = (): SocketListener => {
    let mine: Socket | undefined;
    return {
      group: 'one',
      opened: (socket) => {
        mine = socket;
        open.add(socket);
        socket.join('all');
      },
      received: (said) => {
        if (said === 'throw') throw new Error('planted');
        mine?.send([Buffer.from(`you said ${said}`)]);
      },
      closed: () => mine !== undefined && open.delete(mine),
    };
  };
  const route: SocketRoute = {
    pattern: '/socket/:id',
    name: 'toy-socket',
    access: 'open',
    traffic: 'control',
    timeoutMs: 10_000,
    protocol: 'toy.v1',
    limits: LIMITS,
    origins: [],
    topics,
    handler: listen,
    ...row,
  };
  const server = await startToyServer(
    { '/socket/:id': () => text('plain') },
    { sockets: [route], metrics, ...options },
  );
  const { port } = server;
  const url = `http://127.0.0.1:${port}/socket/7`;
  const dispose = () => server[Symbol.asyncDispose]();
  return { url, port, open, topics, metrics, server, [Symbol.asyncDispose]: dispose };
}

/** Answer to an upgrade that is refused. */
async function refusal(port: number, headers: Record<string, string> = {}) {
  await using connection = await RawConnection.open(port);
  connection.request('GET', '/socket/7', { ...UPGRADE, ...headers });
  const answer = await connection.response();
  return { status: answer?.status, text: answer?.body.toString() ?? '' };
}

/** A client that has asked for a WebSocket, and got it. */
async function rawSocket(port: number): Promise<RawConnection> {
  const connection = await RawConnection.open(port);
  connection.request('GET', '/socket/7', UPGRADE);
  await eventually('101', LIMIT_MS, () => connection.received.includes('101 Switching'));
  return connection;
}

/** A frame of a client, masked with zeros. @param body of at most 125 bytes */
function frame(opcode: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | body.length, 0, 0, 0, 0]), body]);
}

const sample = (metrics: HttpMetrics, name: string) =>
  metrics.families.find((family) => family.name === name)?.collect() ?? [];

test('a WebSocket hears its own answers and what is published, beside plain GET on the same path', async () => {
  await using planted = await start({
    handler: (request) => {
      assert.deepEqual(request.parameters, ['7']);
      return Promise.resolve(listenerThatTells(request.query));
    },
  });
  using client = new SocketClient(`${planted.url}?x=1`, {}, ['other', 'toy.v1']);
  await client.opened;
  assert.equal(client.protocol, 'toy.v1');
  client.say('hello');
  await client.hears(/^x=1 hello$/);
  for (let count = 0; count < 100; count++)
    planted.topics.publish('all', Buffer.from(`news ${count}`));
  await client.hears(/^news 99$/);
  const news = client.heard.filter((one) => one.startsWith('news'));
  assert.deepEqual(
    news,
    Array.from({ length: 100 }, (_, count) => `news ${count}`),
  );
  assert.equal(await (await fetch(planted.url)).text(), 'plain');
});

function listenerThatTells(query: string): SocketListener {
  let mine: Socket | undefined;
  return {
    group: 'one',
    opened: (socket) => {
      mine = socket;
      socket.join('all');
    },
    received: (said) => mine?.send([Buffer.from(`${query} ${said}`)]),
    closed: () => undefined,
  };
}

test('guards see what browsers say as subprotocols; refusals are answers of HTTP', async () => {
  const asked: string[] = [];
  await using planted = await start(
    {},
    {
      guards: () => (request) => {
        asked.push(request.header('x-api-key'));
        if (request.header('x-api-key') !== 'sesam')
          throw new AppError('access.wrong-key', 'no such key');
      },
    },
  );
  const refused = await refusal(planted.port);
  assert.deepEqual([refused.status, refused.text.includes('access.wrong-key')], [401, true]);
  const key = `x-api-key.${Buffer.from('sesam').toString('base64url')}`;
  using client = new SocketClient(planted.url, {}, ['toy.v1', key]);
  await client.opened;
  using other = new SocketClient(planted.url, { 'x-api-key': 'sesam' });
  await other.opened;
  assert.deepEqual(asked, ['', 'sesam', 'sesam']);
});

test('pages of other origins are refused, unless the operator names them', async () => {
  await using planted = await start({ origins: ['https://friend.example'] });
  const status = async (origin: string) => (await refusal(planted.port, { Origin: origin })).status;
  assert.equal(await status('https://evil.example'), 403);
  assert.equal(await status('null'), 403);
  for (const origin of ['https://friend.example', `http://127.0.0.1:${planted.port}`]) {
    using client = new SocketClient(planted.url, { origin });
    await client.opened;
  }
});

test('sockets are capped in all, by address and by group, and counted down when they close', async () => {
  const limits = { ...LIMITS, socketsMax: 3, socketsPerAddressMax: 2 };
  await using planted = await start({ limits }, { trustedProxies: ['127.0.0.0/8'] });
  const from = (address: string) => new SocketClient(planted.url, { 'x-forwarded-for': address });
  const refusedFrom = (address: string) =>
    refusal(planted.port, { 'X-Forwarded-For': address }).then(({ status }) => status);
  using first = from('198.51.100.1');
  using second = from('198.51.100.1');
  await Promise.all([first.opened, second.opened]);
  assert.equal(await refusedFrom('198.51.100.1'), 429);
  using third = from('198.51.100.2');
  await third.opened;
  assert.equal(await refusedFrom('198.51.100.3'), 503);
  third.close();
  await third.closed;
  await eventually('it is counted down', LIMIT_MS, () => planted.open.size === 2);
  using fourth = from('198.51.100.3');
  await fourth.opened;
  assert.deepEqual(sample(planted.metrics, 'websocket_connections'), [[['toy-socket'], [3]]]);
});

test('one group has a cap of its own', async () => {
  await using planted = await start({ limits: { ...LIMITS, socketsPerGroupMax: 1 } });
  using first = new SocketClient(planted.url);
  await first.opened;
  const refused = await refusal(planted.port);
  assert.deepEqual([refused.status, refused.text.includes('socket.full')], [503, true]);
});

test('what is too long, binary, no UTF-8 or thrown ends the socket with a code that says so; others go on', async () => {
  await using planted = await start();
  using other = new SocketClient(planted.url);
  await other.opened;
  const ends = async (said: string | Uint8Array<ArrayBuffer>) => {
    using client = new SocketClient(planted.url);
    await client.opened;
    client.say(said);
    return client.closed;
  };
  assert.deepEqual(await ends('x'.repeat(1001)), {
    code: 1009,
    reason: 'a message has at most 1000 bytes',
  });
  assert.equal((await ends(new Uint8Array(3))).code, 1003);
  assert.equal((await ends('throw')).code, 1011);
  // Longer than the parser takes, and bytes that are no UTF-8: it closes without a word.
  assert.equal((await ends('x'.repeat(70_000))).code, 1006);
  await using raw = await rawSocket(planted.port);
  raw.write(frame(1, Buffer.from([0xff, 0xfe])));
  await raw.closed;
  other.say('still here');
  await other.hears(/still here/);
  assert.equal(planted.open.size, 1);
});

test('floods of messages and of pings end the socket, also when nothing is read', async () => {
  await using planted = await start();
  using client = new SocketClient(planted.url);
  await client.opened;
  for (let count = 0; count < 30; count++) client.say(`flood ${count}`);
  const { code, reason } = await client.closed;
  assert.deepEqual([code, reason], [1008, 'at most 20 messages in 10 seconds']);
  await using pinging = await rawSocket(planted.port);
  pinging.socket.pause();
  for (let count = 0; count < 30; count++) pinging.write(frame(9, Buffer.from('ping')));
  await eventually('the pinging one is closed', LIMIT_MS, () => planted.open.size === 0);
  const closed = sample(planted.metrics, 'websocket_closed_total');
  assert.deepEqual(closed, [[['toy-socket', '1008'], [2]]]);
});

test('a client that never reads is let go alone, with a code once it reads; nobody waits for it', async () => {
  await using planted = await start();
  using reader = new SocketClient(planted.url);
  await reader.opened;
  await using stalled = await rawSocket(planted.port);
  stalled.socket.pause();
  const before = process.memoryUsage().rss;
  const news = Buffer.alloc(32 * 1024, 'x');
  let published = 0;
  await eventually('the stalled one is slow', LIMIT_MS, async () => {
    for (let count = 0; count < 20; count++) {
      planted.topics.publish('all', news);
      published++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    // What the kernel takes differs: until the stalled one hears no more, then some.
    return published >= 1000;
  });
  planted.topics.publish('all', Buffer.from('the end'));
  await reader.hears(/^the end$/);
  assert.equal(reader.heard.length, published + 1, 'the other one has missed nothing');
  assert.ok(process.memoryUsage().rss - before < 150 * 1024 * 1024, 'what waits is bounded');
  stalled.socket.resume();
  await stalled.closed;
  const closing = stalled.received.subarray(-120);
  assert.ok(closing.includes('too slow: messages were missed'), 'the close frame says why');
  await eventually('it is gone', LIMIT_MS, () => planted.open.size === 1);
});

test('a half-open socket is pinged and cut off', async () => {
  await using planted = await start({ limits: { ...LIMITS, idleTimeoutS: 8 } });
  using alive = new SocketClient(planted.url);
  await alive.opened;
  await using silent = await rawSocket(planted.port);
  await eventually('the silent one is cut off', LIMIT_MS, () => planted.open.size === 1);
  await silent.closed;
  alive.say('still here');
  await alive.hears(/still here/);
});

test('a drain ends all with 1012, and does not wait for them', async () => {
  await using planted = await start();
  const clients = Array.from({ length: 10 }, () => new SocketClient(planted.url));
  await Promise.all(clients.map(({ opened }) => opened));
  const startedAtMs = performance.now();
  await planted.server.drain(LIMIT_MS);
  assert.ok(performance.now() - startedAtMs < LIMIT_MS / 2);
  for (const { closed } of clients) {
    const { code, reason } = await closed;
    assert.deepEqual([code, reason], [1012, 'the server restarts: connect again']);
  }
  assert.equal(planted.open.size, 0);
});
