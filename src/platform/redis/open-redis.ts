/** The Redis that all processes on one database share. */
import type { Config } from '../config/config.ts';
import type { Logger } from '../log/logger.ts';
import { createRedis, type RedisClient } from './client.ts';

const REDIS_CONNECT_TIMEOUT_MS = 2000;
/** A Redis that is up answers long before; one that is down must not hold the start. */
const REDIS_FIRST_CONNECT_MS = 1000;
const INSTANCE_CHARS = 8;

/**
 * Connects in the background: a Redis that is down makes requests slower, it does not stop the start.
 * @param instanceId of the database: keys hold numbers of its rows, which mean something else in another one
 */
export async function openRedis(
  config: Config,
  instanceId: string,
  logger: Logger,
): Promise<RedisClient | null> {
  if (config.REDIS_URL === null) return null;
  const redis = createRedis(
    {
      url: config.REDIS_URL,
      keyPrefix: `${config.REDIS_KEY_PREFIX}${instanceId.slice(0, INSTANCE_CHARS)}:`,
      commandTimeoutMs: config.REDIS_COMMAND_TIMEOUT_MS,
      connectTimeoutMs: REDIS_CONNECT_TIMEOUT_MS,
    },
    logger,
  );
  await redis.connected(AbortSignal.timeout(REDIS_FIRST_CONNECT_MS)).catch(() => {
    logger.warn({}, 'Redis does not answer yet; going on without it until it does');
  });
  return redis;
}
