/** `REDIS_URL` as connection parameters, in the forms that other programs take it. */
import { StartError } from './start-error.ts';

export interface RedisEndpoint {
  readonly host: string;
  readonly port: number;
  /** A unix socket; then host and port say nothing. */
  readonly path: string | undefined;
  readonly db: number;
  readonly tls: boolean;
  readonly username: string | undefined;
  readonly password: string | undefined;
}

export const REDIS_URL_EXPECTED =
  'redis://user:password@host:6379/0 (rediss:// for TLS, unix:///path/to/redis.sock?db=0 for a socket)';

const DEFAULT_PORT = 6379;
const TCP_SCHEMES: ReadonlyMap<string, { readonly tls: boolean }> = new Map([
  ['redis', { tls: false }],
  ['rediss', { tls: true }],
  ['valkey', { tls: false }],
  ['valkeys', { tls: true }],
]);
const SOCKET_SCHEMES: ReadonlySet<string> = new Set([
  'unix',
  'redis+unix',
  'redis-unix',
  'unix+redis',
  'redis+socket',
  'redis-socket',
  'valkey+unix',
  'valkey+socket',
]);
const SCHEME = /^([a-z][a-z+-]*):\/\//i;
/** The WHATWG parser takes no credentials without a host. */
const SOCKET = /^(?:[a-z+-]+:\/\/(?:([^/@]*)@)?)?(\/[^?#]+)(?:\?([^#]*))?$/i;
/** `redis://h1:6379,h2:6379`: a comma among the hosts. */
const SEVERAL_HOSTS = /^[a-z+-]+:\/\/(?:[^/?#]*@)?[^/?#@]*,/i;

/**
 * Of the query only `db` (`database`), `username` (`user`) and `password` are read: ioredis merges all of it over the
 * caller's options, so that `?enableOfflineQueue=true` in a copied URL would undo the fail-fast settings of the client.
 * @throws StartError without credentials in its message.
 */
export function parseRedisUrl(url: string): RedisEndpoint {
  const scheme = SCHEME.exec(url)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme.includes('sentinel'))
    throw refusal('is for Sentinel, which is not supported');
  if (scheme !== undefined && scheme.includes('cluster'))
    throw refusal('is for Redis Cluster, which is not supported');
  if (scheme === undefined ? url.startsWith('/') : SOCKET_SCHEMES.has(scheme))
    return socketEndpoint(url);
  const kind = TCP_SCHEMES.get(scheme ?? '');
  if (kind === undefined) throw refusal('is not valid');
  // `redis:///var/run/redis.sock`; a number alone is a database of no host.
  if (/^[a-z]+:\/\/\/(?!\d*\/?(?:[?#]|$))/i.test(url)) return socketEndpoint(url);
  return tcpEndpoint(url, kind.tls);
}

function tcpEndpoint(url: string, tls: boolean): RedisEndpoint {
  if (SEVERAL_HOSTS.test(url)) throw refusal('names several hosts');
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || parsed.hostname === '') {
    throw refusal('is not valid (special characters of a password must be percent-encoded)');
  }
  const path = parsed.pathname.replace(/^\/|\/$/g, '');
  const named = new URLSearchParams(parsed.search);
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? DEFAULT_PORT : Number(parsed.port),
    path: undefined,
    db: databaseOf(path, named),
    tls,
    username: decoded(parsed.username) ?? userOf(named),
    password: decoded(parsed.password) ?? passwordOf(named),
  };
}

function socketEndpoint(url: string): RedisEndpoint {
  const [, credentials = '', path = '', query = ''] = SOCKET.exec(url) ?? [];
  if (path === '') throw refusal('names no socket');
  const named = new URLSearchParams(query);
  const colon = credentials.indexOf(':');
  return {
    host: '',
    port: 0,
    path: decoded(path),
    db: databaseOf('', named),
    tls: false,
    username: decoded(colon < 0 ? credentials : credentials.slice(0, colon)) ?? userOf(named),
    password: decoded(colon < 0 ? '' : credentials.slice(colon + 1)) ?? passwordOf(named),
  };
}

const userOf = (named: URLSearchParams) => named.get('username') ?? named.get('user') ?? undefined;
const passwordOf = (named: URLSearchParams) => named.get('password') ?? undefined;

/** From the path or the query; both may be there when they agree. */
function databaseOf(path: string, named: URLSearchParams): number {
  const given = [path, named.get('db') ?? '', named.get('database') ?? ''].filter(
    (text) => text !== '',
  );
  for (const text of given) {
    if (!/^\d{1,5}$/.test(text)) throw refusal(`names the database "${text}", which is no number`);
  }
  const numbers = new Set(given.map(Number));
  if (numbers.size > 1) throw refusal(`names different databases (${[...numbers].join(' and ')})`);
  return [...numbers][0] ?? 0;
}

function decoded(part: string): string | undefined {
  if (part === '') return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    throw refusal('has a bad percent-encoding');
  }
}

function refusal(what: string): StartError {
  return new StartError(`REDIS_URL ${what}: expected ${REDIS_URL_EXPECTED}`);
}
