/** Error replies that mean "not here": seen in the log once, by `/ready`, and left behind when the name leads elsewhere. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { AppError } from '../../src/lib/errors.ts';
import type { Logger } from '../../src/platform/log/logger.ts';
import { createRedis, type RedisClient } from '../../src/platform/redis/client.ts';
import { eventually, NEVER } from '../support/cache-parts.ts';
import { redisInline } from '../support/redis-count.ts';
import { hasRedisServer, startRedisServer } from '../support/redis-server.ts';
import { createTcpFaultProxy } from '../support/tcp-fault-proxy.ts';

const WRITE_SCRIPT = "return redis.call('SET', KEYS[1], ARGV[1])";

function client(url: string, lines: string[]): RedisClient {
  return createRedis(
    { url, keyPrefix: 'p:', commandTimeoutMs: 30_000, connectTimeoutMs: 30_000, heartbeatMs: 500 },
    recording(lines),
  );
}

function recording(lines: string[]): Logger {
  const write = (fields: unknown, message: string) =>
    void lines.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = {
    debug: () => undefined,
    info: write,
    warn: write,
    error: write,
    child: () => logger,
  };
  return logger;
}

const count = (lines: readonly string[], text: string) =>
  lines.filter((line) => line.includes(text)).length;
const succeeds = (work: Promise<unknown>) =>
  work.then(
    () => true,
    () => false,
  );
const write = (redis: RedisClient) => redis.setBuffer('k', Buffer.from('v'), 60_000, NEVER);
const writeByScript = (redis: RedisClient) => redis.evaluate(WRITE_SCRIPT, ['s'], ['v'], NEVER);

/** What `/ready` would show. */
function readyText(redis: RedisClient): Promise<string> {
  return redis.ready(NEVER).then(
    () => 'ok',
    (error: unknown) =>
      error instanceof AppError ? `${error.code} ${error.detail ?? ''}` : String(error),
  );
}

interface Refusal {
  readonly kind: string;
  readonly parameters?: (folder: string) => readonly string[];
  readonly begin: readonly string[];
  readonly end: readonly string[];
  /** GET is refused, too. */
  readonly reads?: true;
}

const REFUSALS: readonly Refusal[] = [
  { kind: 'READONLY', begin: ['REPLICAOF 127.0.0.1 1'], end: ['REPLICAOF NO ONE'] },
  {
    kind: 'MASTERDOWN',
    reads: true,
    begin: ['CONFIG SET replica-serve-stale-data no', 'REPLICAOF 127.0.0.1 1'],
    end: ['REPLICAOF NO ONE'],
  },
  {
    kind: 'NOREPLICAS',
    begin: ['CONFIG SET min-replicas-to-write 1'],
    end: ['CONFIG SET min-replicas-to-write 0'],
  },
  {
    kind: 'OOM',
    begin: ['CONFIG SET maxmemory-policy noeviction', 'CONFIG SET maxmemory 1'],
    end: ['CONFIG SET maxmemory 0'],
  },
  {
    kind: 'MISCONF',
    begin: ['SET dirty 1', 'CONFIG SET save "1 1"', 'BGSAVE'],
    end: ['CONFIG SET save ""', 'CONFIG SET stop-writes-on-bgsave-error no'],
    parameters: (folder) => ['--dir', folder],
  },
];

describe('what Redis refuses', { skip: hasRedisServer() ? false : 'needs redis-server' }, () => {
  for (const refusal of REFUSALS) {
    it(`${refusal.kind} is logged once, shown while it lasts, and over when a write is taken`, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'sluice-refusals-'));
      await using server = await startRedisServer({
        parameters: refusal.parameters?.(folder) ?? [],
      });
      const lines: string[] = [];
      await using redis = client(server.url, lines);
      await redis.connected(AbortSignal.timeout(60_000));
      assert.equal(await readyText(redis), 'ok');
      // A folder in the place of the dump makes saving fail, also for root.
      await mkdir(join(folder, 'dump.rdb', 'in-the-way'), { recursive: true });
      for (const command of refusal.begin) await redisInline(server.port, command);
      await eventually('the refusal', async () => !(await succeeds(write(redis))));
      await refusedForAWhile(redis, refusal);
      assert.equal(
        count(lines, `Redis refuses commands; going on without them {"kind":"${refusal.kind}"`),
        1,
        lines.join('\n'),
      );
      assert.equal(count(lines, 'lost'), 0, lines.join('\n'));
      for (const command of refusal.end) await redisInline(server.port, command);
      await eventually('a write', () => succeeds(write(redis)));
      assert.equal(await readyText(redis), 'ok');
      assert.equal(
        count(lines, `Redis takes commands again {"kind":"${refusal.kind}"`),
        1,
        lines.join('\n'),
      );
      assert.ok(await succeeds(writeByScript(redis)));
      await rm(folder, { recursive: true, force: true });
    });
  }

  it('NOPERM of one command and one channel is shown, whatever else is taken', async () => {
    await using server = await startRedisServer();
    await redisInline(
      server.port,
      'ACL SETUSER app on >secret ~p:* resetchannels &p:lease +@all -eval',
    );
    const lines: string[] = [];
    await using redis = client(server.url.replace('//', '//app:secret@'), lines);
    let subscribed = 0;
    redis.subscribe('invalidate', { onMessage: () => undefined, onSubscribed: () => subscribed++ });
    await eventually(
      'the refusal',
      async () => (await readyText(redis)) === 'redis.refused NOPERM',
    );
    await assert.rejects(writeByScript(redis));
    await write(redis);
    assert.equal(await readyText(redis), 'redis.refused NOPERM');
    assert.equal(count(lines, 'Redis refuses commands'), 1, lines.join('\n'));
    await redisInline(server.port, 'ACL SETUSER app +eval &p:*');
    await eventually('the subscription', () => subscribed === 1);
    await eventually('ready', async () => (await readyText(redis)) === 'ok');
    assert.ok(lines.every((line) => !line.includes('secret')));
  });

  it('LOADING: a server that reads its data is left, and found again when it has', async () => {
    await using server = await startRedisServer({
      saves: true,
      parameters: ['--key-load-delay', '10000', '--loading-process-events-interval-bytes', '1024'],
    });
    await redisInline(
      server.port,
      `EVAL "for i = 1, 300 do redis.call('SET', 'k' .. i, string.rep('x', 1000)) end" 0`,
    );
    await redisInline(server.port, 'BGREWRITEAOF');
    await eventually('the rewrite', async () =>
      (await redisInline(server.port, 'INFO persistence')).includes('aof_rewrite_in_progress:0'),
    );
    await server.stop();
    await server.start();
    const lines: string[] = [];
    await using redis = client(server.url, lines);
    await redis.connected(AbortSignal.timeout(60_000));
    await eventually(
      'the refusal',
      async () => (await readyText(redis)) === 'redis.refused LOADING',
    );
    await assert.rejects(redis.getBuffer('k', NEVER));
    await eventually('an answer', async () => (await readyText(redis)) === 'ok');
    assert.equal(count(lines, 'Redis refuses commands'), 1, lines.join('\n'));
    assert.equal(count(lines, 'Redis takes commands again'), 1, lines.join('\n'));
  });

  it('after a failover that keeps its sockets, writes and subscriptions reach the new primary within 10 s', async () => {
    await using former = await startRedisServer();
    await using next = await startRedisServer();
    await using name = await createTcpFaultProxy({ host: '127.0.0.1', port: former.port });
    const lines: string[] = [];
    await using redis = client(`redis://127.0.0.1:${name.port}`, lines);
    const messages: string[] = [];
    let subscribed = 0;
    redis.subscribe('channel', {
      onMessage: (message) => messages.push(message),
      onSubscribed: () => subscribed++,
    });
    await eventually('the subscription', () => subscribed === 1);
    await write(redis);
    await redisInline(former.port, `REPLICAOF 127.0.0.1 ${next.port}`);
    const acceptedBefore = name.accepted;
    for (let turn = 0; turn < 200; turn++) assert.equal(await succeeds(write(redis)), false);
    assert.ok(
      name.accepted - acceptedBefore <= 3,
      `${name.accepted - acceptedBefore} connections for one outage`,
    );
    assert.equal(await readyText(redis), 'redis.refused READONLY');
    name.pointTo(next.port);
    const switchedAt = performance.now();
    await eventually('a write', () => succeeds(write(redis)));
    assert.ok(performance.now() - switchedAt < 10_000);
    assert.match(await redisInline(next.port, 'GET p:k'), /\bv\b/);
    await eventually('the second subscription', () => subscribed === 2);
    await redisInline(former.port, 'REPLICAOF 127.0.0.1 1');
    await redisInline(next.port, 'PUBLISH p:channel hello');
    await eventually('a message of the new primary', () => messages.length === 1);
    assert.equal(count(lines, 'Redis refuses commands'), 1, lines.join('\n'));
    assert.equal(count(lines, 'Redis takes commands again'), 1, lines.join('\n'));
    assert.equal(count(lines, 'lost'), 0, lines.join('\n'));
  });
});

/** Some turns of what requests do. */
async function refusedForAWhile(redis: RedisClient, { kind, reads }: Refusal): Promise<void> {
  await eventually(`${kind} in /ready`, async () => {
    if (reads === true) await succeeds(redis.getBuffer('k', NEVER));
    return (await readyText(redis)).includes(kind);
  });
  for (let turn = 0; turn < 20; turn++) {
    assert.equal(await succeeds(write(redis)), false);
    assert.equal(await succeeds(writeByScript(redis)), false);
    assert.match(await readyText(redis), new RegExp(`redis.refused .*${kind}`));
  }
  if (reads !== true) await eventually('a read', () => succeeds(redis.getBuffer('k', NEVER)));
}
