/** `REDIS_URL` as connection parameters. */
import { StartError } from '../../lib/start-error.ts';

export interface RedisEndpoint {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

/**
 * Reads `redis://` and `rediss://` (TLS) URLs: `rediss://user:password@host:6379/2`.
 * The query string is ignored on purpose: ioredis merges it over the caller's options, so that
 * `?enableOfflineQueue=true` in a copied URL would undo the fail-fast settings of the client.
 * @throws StartError without credentials in its message.
 */
export function parseRedisUrl(url: string): RedisEndpoint {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || (parsed.protocol !== 'redis:' && parsed.protocol !== 'rediss:') || parsed.hostname === '') {
    throw new StartError('REDIS_URL is not valid: expected redis://host:6379/0 or rediss://host:6379/0');
  }
  const db = parsed.pathname.slice(1);
  if (!/^\d{0,5}$/.test(db)) {
    throw new StartError(`REDIS_URL names the database "${db}": expected a number, as in redis://host:6379/0`);
  }
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? 6379 : Number(parsed.port),
    db: Number(db),
    tls: parsed.protocol === 'rediss:',
    username: decodeCredential(parsed.username),
    password: decodeCredential(parsed.password),
  };
}

function decodeCredential(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw new StartError('REDIS_URL has a bad percent-encoding in its user name or password');
  }
}
