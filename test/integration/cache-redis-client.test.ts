/** The Redis client against servers that are away, frozen, restarted or hostile: it fails fast and recovers. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { AppError } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/platform/log/logger.ts';
import {
  createRedis,
  type RedisClient,
  type RedisClientOptions,
} from '../../src/platform/redis/client.ts';
import { eventually, NEVER, pause, silentLogger } from '../support/cache-parts.ts';
import { makeCertificate, withoutOpenssl } from '../support/certificates.ts';
import { freePort } from '../support/free-port.ts';
import { hasRedisServer, startRedisServer } from '../support/redis-server.ts';

const skip = hasRedisServer() ? false : 'needs redis-server';
const skipTls = skip || withoutOpenssl;

function client(
  url: string,
  overrides: Partial<RedisClientOptions> = {},
  logger: Logger = silentLogger,
): RedisClient {
  return createRedis(
    {
      url,
      keyPrefix: 'p:',
      commandTimeoutMs: 30_000,
      connectTimeoutMs: 30_000,
      heartbeatMs: 200,
      ...overrides,
    },
    logger,
  );
}

const unavailable = (error: unknown) =>
  error instanceof AppError && error.code === 'redis.unavailable';

async function elapsedMs(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Keeps every line that is logged, as one string. */
function recordingLogger(lines: string[]): Logger {
  const write = (fields: unknown, message: string) =>
    void lines.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = {
    debug: write,
    info: write,
    warn: write,
    error: write,
    child: () => logger,
  };
  return logger;
}

describe('Redis client', { skip }, () => {
  it('prefixes keys and channels, counts commands and answers with bytes', async () => {
    await using server = await startRedisServer();
    await using redis = client(`${server.url}/3`);
    await redis.connected(AbortSignal.timeout(60_000));
    await redis.setBuffer('k', new Uint8Array([0, 255, 1]), 60_000, NEVER);
    assert.deepEqual([...((await redis.getBuffer('k', NEVER)) ?? [])], [0, 255, 1]);
    assert.equal(
      await redis.evaluate("return redis.call('EXISTS', KEYS[1], ARGV[1])", ['k'], ['p:k'], NEVER),
      2,
    );
    assert.equal(await redis.setIfAbsent('k', 'x', 1000, NEVER), false);
    assert.equal(redis.stats().commands, 4);
    const messages: string[] = [];
    let subscribed = 0;
    redis.subscribe('channel', {
      onMessage: (message) => messages.push(message),
      onSubscribed: () => subscribed++,
    });
    await eventually('the subscription', () => subscribed === 1);
    await redis.publish('channel', 'hällo', NEVER);
    await eventually('the message', () => messages.length === 1);
    assert.deepEqual(messages, ['hällo']);
  });

  it('speaks over a unix socket, in the database that the query names', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-socket-'));
    const socket = join(folder, 'redis.sock');
    await using server = await startRedisServer({
      parameters: ['--unixsocket', socket, '--requirepass', 'p@ss'],
    });
    assert.ok(server.port > 0);
    await using redis = client(`unix://:p%40ss@${socket}?db=3`);
    await redis.connected(AbortSignal.timeout(5000));
    await redis.setBuffer('k', new Uint8Array([7]), 60_000, NEVER);
    await using tcp = client(`${server.url.replace('//', '//:p%40ss@')}?db=3`);
    await tcp.connected(AbortSignal.timeout(5000));
    assert.deepEqual([...((await tcp.getBuffer('k', NEVER)) ?? [])], [7]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('fails at once while Redis is not there, and connects when it comes', async () => {
    const redis = client(`redis://127.0.0.1:${await freePort()}`);
    for (let turn = 0; turn < 5; turn++) {
      assert.ok(
        (await elapsedMs(() => assert.rejects(redis.getBuffer('k', NEVER), unavailable))) < 5000,
        'not the limit of a command',
      );
      await pause(20);
    }
    await redis[Symbol.asyncDispose]();
    await assert.rejects(redis.ping(NEVER), unavailable);
  });

  it('recovers from a restart, subscriptions included', async () => {
    await using server = await startRedisServer();
    await using redis = client(server.url);
    let subscribed = 0;
    redis.subscribe('channel', { onMessage: () => undefined, onSubscribed: () => subscribed++ });
    await eventually('the subscription', () => subscribed === 1);
    await server.stop();
    await assert.rejects(redis.ping(NEVER), unavailable);
    await server.start();
    await eventually('another subscription', () => subscribed >= 2);
    await eventually('an answer', () =>
      redis.ping(NEVER).then(
        () => true,
        () => false,
      ),
    );
  });

  it('a frozen Redis costs a few timeouts, then nothing; it is used again after it thaws', async () => {
    await using server = await startRedisServer();
    await using redis = client(server.url, { commandTimeoutMs: 2000 });
    await redis.connected(AbortSignal.timeout(60_000));
    await redis.ping(NEVER);
    server.freeze();
    const burst = await elapsedMs(() =>
      Promise.allSettled(Array.from({ length: 50 }, () => redis.ping(NEVER))),
    );
    assert.ok(burst < 20_000, `${burst} ms for 50 commands of 2,000 each`);
    assert.equal(redis.stats().breakerOpened, 1);
    assert.equal(redis.stats().usable, false);
    const fast = await elapsedMs(async () => {
      for (let turn = 0; turn < 100; turn++) await assert.rejects(redis.ping(NEVER), unavailable);
    });
    assert.ok(fast < 20_000, `${fast} ms for 100 refusals of commands of 2,000 each`);
    server.thaw();
    await eventually('an answer', () =>
      redis.ping(NEVER).then(
        () => true,
        () => false,
      ),
    );
  });

  it('a subscriber notices a frozen server by its heartbeat and subscribes again', async () => {
    await using server = await startRedisServer();
    await using redis = client(server.url, { commandTimeoutMs: 500 });
    let subscribed = 0;
    redis.subscribe('channel', { onMessage: () => undefined, onSubscribed: () => subscribed++ });
    await eventually('the subscription', () => subscribed === 1);
    server.freeze();
    await pause(3000);
    server.thaw();
    await eventually('another subscription', () => subscribed >= 2);
  });

  it('disposal is bounded, also while Redis is frozen with commands in flight', async () => {
    await using server = await startRedisServer();
    const redis = client(server.url, { commandTimeoutMs: 500 });
    redis.subscribe('channel', { onMessage: () => undefined, onSubscribed: () => undefined });
    await redis.connected(AbortSignal.timeout(60_000));
    server.freeze();
    const waiting = Promise.allSettled([redis.ping(NEVER), redis.ping(NEVER)]);
    assert.ok((await elapsedMs(async () => redis[Symbol.asyncDispose]())) < 60_000);
    await waiting;
    server.thaw();
  });

  it('an aborted caller stops waiting', async () => {
    await using server = await startRedisServer();
    await using redis = client(server.url, { commandTimeoutMs: 60_000 });
    await redis.connected(AbortSignal.timeout(60_000));
    server.freeze();
    const reason = new Error('gone');
    const control = new AbortController();
    const waiting = assert.rejects(redis.ping(control.signal), reason);
    control.abort(reason);
    await waiting;
    server.thaw();
  });

  it('error replies are errors of the command, not of the connection', async () => {
    await using server = await startRedisServer();
    await using redis = client(server.url);
    await redis.connected(AbortSignal.timeout(60_000));
    for (let turn = 0; turn < 10; turn++) {
      await assert.rejects(redis.evaluate("return redis.call('NOPE')", [], [], NEVER), unavailable);
    }
    assert.equal(redis.stats().breakerOpened, 0);
    await redis.ping(NEVER);
  });

  it('a wrong password shows as a reason in the log, the password never', async () => {
    await using server = await startRedisServer({ parameters: ['--requirepass', 'right'] });
    const lines: string[] = [];
    await using wrong = client(server.url.replace('//', '//:hunter2@'), {}, recordingLogger(lines));
    await eventually('the log', () =>
      lines.some((line) => line.includes('WRONGPASS') || line.includes('invalid')),
    );
    await assert.rejects(wrong.ping(NEVER), unavailable);
    assert.equal(
      lines.some((line) => line.includes('hunter2')),
      false,
    );
    await using right = client(server.url.replace('//', '//:right@'));
    await right.connected(AbortSignal.timeout(60_000));
    await right.ping(NEVER);
  });
});

describe('Redis over TLS', { skip: skipTls }, () => {
  it('rediss:// connects to a server with a trusted certificate, and to no other', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-tls-'));
    const { certFile: certificate, keyFile: key } = makeCertificate(folder, 'localhost');
    const tlsPort = await freePort();
    await using server = await startRedisServer({
      parameters: [
        '--tls-port',
        String(tlsPort),
        '--tls-cert-file',
        certificate,
        '--tls-key-file',
        key,
        '--tls-ca-cert-file',
        certificate,
        '--tls-auth-clients',
        'no',
      ],
    });
    assert.ok(server.port > 0);
    const url = `rediss://127.0.0.1:${tlsPort}`;
    await using trusting = client(url, { tlsCa: readFileSync(certificate, 'utf8') });
    await trusting.connected(AbortSignal.timeout(60_000));
    await trusting.ping(NEVER);
    const lines: string[] = [];
    await using strict = client(url, {}, recordingLogger(lines));
    await eventually('the refusal', () =>
      lines.some((line) => /SELF_SIGNED|self-signed/i.test(line)),
    );
    await assert.rejects(strict.ping(NEVER), unavailable);
    rmSync(folder, { recursive: true, force: true });
  });
});
