/** Reads the address of a PostgreSQL as people have it: as libpq does, with what poolers and ORMs add to it. */
import { isIPv6 } from 'node:net';
import {
  PARAMETERS,
  type ConnectionParameters,
  type SessionAttributes,
  type SslMode,
} from './parameters.ts';
import { PostgresUriError } from './postgres-uri-error.ts';

export type { SessionAttributes } from './parameters.ts';

export interface PostgresHost {
  /** As it was given, and as a certificate names it; the folder of a Unix-domain socket when it begins with a slash. */
  readonly name: string;
  /** Where to connect to, when that is not the name (`hostaddr`). */
  readonly address: string;
  readonly port: number;
}

export interface PostgresTls {
  /** `require` with a root certificate is `verify-ca`, as in libpq. */
  readonly mode: Exclude<SslMode, 'disable'>;
  /** Without asking in plain text before. */
  readonly isDirect: boolean;
  /** Paths of PEM files; `system` and null: the certificates that Node.js trusts. */
  readonly rootCert: string | null;
  readonly cert: string | null;
  readonly key: string | null;
  readonly keyPassword: string | null;
  readonly revoked: string | null;
}

export interface PostgresTarget {
  /** At least one, in the order of the URI. */
  readonly hosts: readonly PostgresHost[];
  /** Null: what the environment and the system say (`PGUSER`, the user's name), as in libpq. */
  readonly user: string | null;
  readonly password: string | null;
  readonly database: string | null;
  /** Null: no TLS. */
  readonly tls: PostgresTls | null;
  readonly connectTimeoutMs: number | null;
  readonly applicationName: string | null;
  readonly sessionAttributes: SessionAttributes;
  /** The order of the hosts does not matter (`load_balance_hosts=random`). */
  readonly isBalanced: boolean;
  /** Behind a transaction pooler (`pgbouncer=true`). */
  readonly isPooled: boolean;
  /** Settings that the server gets when a connection starts: `search_path`, `options`. */
  readonly settings: Readonly<Record<string, string>>;
  /** Names of parameters that have no effect here. */
  readonly ignored: readonly string[];
}

const SCHEME = /^(?:postgres|postgresql)(?:\+[a-z0-9_]+)?:\/\//i;
const DEFAULT_PORT = 5432;
/** More is a mistake, and every one of them may cost a time-out. */
const HOSTS_MAX = 16;
const ENCODED =
  'special characters of user and password encoded: @ as %40, / as %2F, ? as %3F, : as %3A';

const DEFAULTS = {
  user: null,
  password: null,
  database: null,
  connectTimeoutMs: null,
  applicationName: null,
  sessionAttributes: 'any' as SessionAttributes,
  isBalanced: false,
  isPooled: false,
};

/** @throws PostgresUriError saying what was expected; nothing of the URI is quoted but names of parameters */
export function parsePostgresUri(uri: string): PostgresTarget {
  const scheme = SCHEME.exec(uri)?.[0] ?? fail('it to begin with postgres:// or postgresql://');
  const [beforeQuery, query = ''] = splitAt(uri.slice(scheme.length), '?');
  const [authority, path = ''] = splitAt(beforeQuery, '/');
  // Behind a password with a slash or a question mark: none of it may end in a message as a database or a parameter.
  const isCut =
    path.includes('@') ||
    (beforeQuery === authority && !authority.includes('@') && query.includes('@'));
  if (isCut) fail(ENCODED);
  const userEnd = authority.lastIndexOf('@');
  const { parameters, ignored } = readQuery(query);
  const given = {
    ...DEFAULTS,
    ...credentialsOf(authority.slice(0, Math.max(0, userEnd)), path),
    ...parameters,
  };
  const {
    user,
    password,
    database,
    connectTimeoutMs,
    applicationName,
    sessionAttributes,
    isBalanced,
    isPooled,
  } = given;
  return {
    hosts: hostsOf(parameters, authority.slice(userEnd + 1)),
    tls: tlsOf(parameters),
    settings: parameters.settings ?? {},
    ignored,
    user,
    password,
    database,
    connectTimeoutMs,
    applicationName,
    sessionAttributes,
    isBalanced,
    isPooled,
  };
}

function credentialsOf(userInfo: string, path: string): ConnectionParameters {
  const [user, password] = splitAt(userInfo, ':');
  return {
    ...(user === '' ? {} : { user: decode(user, 'the user') }),
    ...(password === undefined ? {} : { password: decode(password, 'the password') }),
    ...(path === '' ? {} : { database: decode(path, 'the database') }),
  };
}

/** Before and behind the first separator; behind is undefined without one. */
function splitAt(text: string, separator: string): [string, string?] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

function readQuery(query: string): {
  readonly parameters: ConnectionParameters;
  readonly ignored: readonly string[];
} {
  let parameters: ConnectionParameters = {};
  const ignored = new Set<string>();
  for (const part of query.split('&')) {
    if (part === '') continue;
    const [rawName, rawValue = ''] = splitAt(part, '=');
    const name = decode(rawName, 'the name of a parameter');
    const parameter = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (parameter?.read === undefined) {
      ignored.add(printable(name));
      continue;
    }
    const read = parameter.read(decode(rawValue, printable(name)));
    parameters = { ...parameters, ...read, settings: { ...parameters.settings, ...read.settings } };
  }
  return { parameters, ignored: [...ignored] };
}

/** `host` and `port` of the query win over those of the authority, as in libpq. */
function hostsOf(
  { hosts, addresses, ports }: ConnectionParameters,
  authority: string,
): readonly PostgresHost[] {
  const pairs = authority.split(',').map(hostAndPort);
  const names = hosts ?? pairs.map(({ name }) => name);
  const list = names.length === 1 && names[0] === '' && addresses !== undefined ? addresses : names;
  if (list.length > HOSTS_MAX) fail(`at most ${HOSTS_MAX} hosts`);
  if (addresses !== undefined && addresses.length !== list.length)
    fail('as many addresses in hostaddr as hosts');
  const given =
    ports ?? (hosts === undefined ? pairs.map(({ port }) => port) : [pairs[0]?.port ?? '']);
  if (given.length !== 1 && given.length !== list.length) fail('one port, or as many as hosts');
  return list.map((raw, index) => {
    const name = hostName(raw);
    const address = addresses?.[index];
    return {
      name,
      address: address === undefined || address === '' ? name : hostName(address),
      port: portNumber(given.length === 1 ? given[0] : given[index]),
    };
  });
}

/** `name`, `name:port`, `[address]:port`; percent-encoded, which hides the slashes of a socket's folder. */
function hostAndPort(text: string): { readonly name: string; readonly port: string } {
  const match = /^(\[[^\]]*\]|[^:[\]]*)(?::([^:]*))?$/.exec(text);
  if (match === null) fail(`host, host:port or [IPv6 address]:port, and ${ENCODED}`);
  return { name: decode(match[1] ?? '', 'the host'), port: match[2] ?? '' };
}

function hostName(raw: string): string {
  if (raw === '') return 'localhost';
  if (raw.startsWith('/') && !raw.includes('\0')) return raw;
  const name = raw.startsWith('[') && raw.endsWith(']') ? raw.slice(1, -1) : raw;
  if (isIPv6(name) || /^[^\s\p{Cc}/:@?#[\]]{1,255}$/u.test(name)) return name;
  return fail('a host name, an address, or the folder of a Unix-domain socket as host');
}

function portNumber(text = ''): number {
  if (text === '') return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : fail(`a port from 1 to 65535, and ${ENCODED}`);
}

function tlsOf(given: ConnectionParameters): PostgresTls | null {
  const { rootCert = null } = given;
  let mode = given.sslMode ?? (rootCert === null ? 'disable' : 'verify-full');
  if (rootCert === 'system') mode = mode === 'disable' ? mode : 'verify-full';
  else if (mode === 'require' && rootCert !== null) mode = 'verify-ca';
  if (mode === 'disable') return null;
  return {
    mode,
    rootCert,
    isDirect: given.isDirectTls ?? false,
    cert: given.cert ?? null,
    key: given.key ?? null,
    keyPassword: given.keyPassword ?? null,
    revoked: given.revoked ?? null,
  };
}

/** `what` ends in a message, as it is. */
function decode(text: string, what: string): string {
  try {
    const decoded = decodeURIComponent(text);
    return decoded.includes('\0') ? fail(`no zero byte in ${what}`) : decoded;
  } catch (error) {
    if (error instanceof PostgresUriError) throw error;
    return fail(`two hexadecimal digits behind every % in ${what} (a percent sign itself is %25)`);
  }
}

/** Names of parameters come from outside, and end in one line of a log. */
function printable(name: string): string {
  return name.replace(/[^\w.-]/g, '?').slice(0, 40);
}

function fail(expected: string): never {
  throw new PostgresUriError(expected);
}
