/** One ioredis connection with the settings that all of ours share. */
import { Redis, type RedisOptions } from 'ioredis';
import { settledWithin } from '../../lib/async/wait.ts';
import type { RedisEndpoint } from '../../lib/redis-url.ts';
import type { Logger } from '../log/logger.ts';
import { describeRedisError } from './redis-error.ts';

export interface ConnectionOptions {
  readonly endpoint: RedisEndpoint;
  /** Limit of connecting, and of the handshake after it, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** PEM certificates that sign the server's own (rediss://); Node's list when absent. */
  readonly tlsCa?: string | undefined;
  /** Shown by `CLIENT LIST`. */
  readonly name: string;
}

const RECONNECT_FIRST_MS = 50;
const RECONNECT_MAX_MS = 2000;
/** How long a closing socket may take before it is destroyed; a black-holed peer never answers FIN. */
const DISCONNECT_TIMEOUT_MS = 200;

/** Connections that we close ourselves, to open them again: whoever does that has said why. */
const reopening = new WeakSet<Redis>();

/**
 * Opens a connection that reconnects for ever, with capped and jittered backoff, and that fails
 * commands at once while it is not ready. Changes of state are logged once each, without secrets.
 */
export function openConnection(options: ConnectionOptions, logger: Logger): Redis {
  const redis = new Redis(driverOptions(options));
  const log = logger.child({ connection: options.name });
  let state: 'new' | 'healthy' | 'ill' = 'new';
  redis.on('ready', () => {
    if (state !== 'healthy') log.info(addressOf(options.endpoint), 'Redis connected');
    state = 'healthy';
    reopening.delete(redis);
  });
  redis.on('error', (error: unknown) => {
    if (state !== 'ill')
      log.warn(
        { reason: describeRedisError(error) },
        'Redis connection failed; going on without it',
      );
    state = 'ill';
  });
  redis.on('reconnecting', () => {
    if (reopening.has(redis)) return;
    if (state !== 'ill') log.warn({}, 'Redis connection lost; reconnecting');
    state = 'ill';
  });
  return redis;
}

/** Closes a connection that is ready and opens it again, so that its name is looked up again. */
export function reconnect(redis: Redis): void {
  if (redis.status !== 'ready') return;
  reopening.add(redis);
  redis.disconnect(true);
}

function addressOf({
  host,
  port,
  path,
}: RedisEndpoint): { path: string } | { host: string; port: number } {
  return path === undefined ? { host, port } : { path };
}

function driverOptions({ endpoint, connectTimeoutMs, name, tlsCa }: ConnectionOptions) {
  return {
    ...addressOf(endpoint),
    db: endpoint.db,
    username: endpoint.username,
    password: endpoint.password,
    ...(endpoint.tls ? { tls: tlsCa === undefined ? {} : { ca: tlsCa } } : {}),
    connectionName: name,
    connectTimeout: connectTimeoutMs,
    // For the handshake only: an accepted connection that never answers HELLO would hang for ever.
    // Commands have a shorter deadline of their own (`withCommandDeadline`).
    commandTimeout: connectTimeoutMs,
    disconnectTimeout: DISCONNECT_TIMEOUT_MS,
    enableOfflineQueue: false,
    // It would hold on to a server that loads for minutes while the name leads to another one (refusals.ts).
    enableReadyCheck: false,
    // Auto-pipelining halves throughput at 20 KB (42,000 against 79,000 replies a second).
    enableAutoPipelining: false,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    // Its SUBSCRIBE has no error handler: a timeout there would be an unhandled rejection.
    autoResubscribe: false,
    retryStrategy: reconnectDelayMs,
  } satisfies RedisOptions;
}

/** Half fixed, half random, so that the processes of an instance do not come back in step. */
function reconnectDelayMs(attempt: number): number {
  const capped = Math.min(RECONNECT_FIRST_MS * 2 ** Math.min(attempt - 1, 10), RECONNECT_MAX_MS);
  return capped / 2 + (Math.random() * capped) / 2;
}

/** Resolves when the connection is closed for good; bounded by the disconnect timeout. */
export async function closeConnection(redis: Redis): Promise<void> {
  if (redis.status === 'end') return;
  const ended = new Promise<void>((resolve) => {
    redis.once('end', resolve);
  });
  redis.disconnect();
  await settledWithin(ended, 2 * DISCONNECT_TIMEOUT_MS);
}
