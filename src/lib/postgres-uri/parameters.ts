/**
 * The parameters of a PostgreSQL URI: what libpq, poolers and ORMs read there, and what each is here. One that is not in
 * this table, or has no `read`, is left out and named in one line of the log. docs/operating.md shows the table.
 */
import { PostgresUriError } from './postgres-uri-error.ts';

export type SslMode = 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full';
export type SessionAttributes =
  | 'any'
  | 'read-write'
  | 'read-only'
  | 'primary'
  | 'standby'
  | 'prefer-standby';

/** What the parameters of one URI say; absent: nothing. */
export interface ConnectionParameters {
  readonly hosts?: readonly string[];
  readonly addresses?: readonly string[];
  readonly ports?: readonly string[];
  readonly user?: string;
  readonly password?: string;
  readonly database?: string;
  readonly sslMode?: SslMode;
  readonly isDirectTls?: boolean;
  readonly rootCert?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly keyPassword?: string;
  readonly revoked?: string;
  readonly connectTimeoutMs?: number;
  readonly applicationName?: string;
  readonly sessionAttributes?: SessionAttributes;
  readonly isBalanced?: boolean;
  readonly isPooled?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PostgresParameter {
  /** For docs/operating.md. */
  readonly effect: string;
  /** Absent: no effect here. @throws PostgresUriError */
  readonly read?: (value: string) => ConnectionParameters;
}

const SSL_MODES: readonly SslMode[] = [
  'disable',
  'allow',
  'prefer',
  'require',
  'verify-ca',
  'verify-full',
];
const SESSION_ATTRIBUTES: readonly SessionAttributes[] = [
  'any',
  'read-write',
  'read-only',
  'primary',
  'standby',
  'prefer-standby',
];
/** What drivers that know no modes write. */
const SSL_SYNONYMS: Readonly<Record<string, SslMode>> = {
  true: 'require',
  1: 'require',
  'no-verify': 'require',
  false: 'disable',
  0: 'disable',
};
const YES: ReadonlySet<string> = new Set(['true', '1', 'yes', 'on']);
const NO: ReadonlySet<string> = new Set(['false', '0', 'no', 'off', '']);

const POOL = 'none: `DB_MAX_CONNECTIONS` and the other `DB_…` variables decide';
const PREPARED = 'none: `POSTGRES_USE_PGBOUNCER` decides about prepared statements';
const KEEPALIVE = 'none: idle connections are probed after 30 s';
const KERBEROS = 'none: GSSAPI is not supported';
const NOT_SUPPORTED = 'none: not supported';
const OF_AN_ORM = 'none: for a program that is not this one';

export const PARAMETERS: Readonly<Record<string, PostgresParameter>> = {
  host: {
    effect:
      'Host, several separated by commas, or the folder of a Unix-domain socket (`/var/run/postgresql/`)',
    read: (value) => ({ hosts: value.split(',') }),
  },
  hostaddr: {
    effect: 'Addresses to connect to instead of looking the hosts up',
    read: (value) => ({ addresses: value.split(',') }),
  },
  port: {
    effect: 'Port, one for all hosts or one for each',
    read: (value) => ({ ports: value.split(',') }),
  },
  user: { effect: 'User', read: (value) => ({ user: value }) },
  password: { effect: 'Password', read: (value) => ({ password: value }) },
  dbname: { effect: 'Database', read: (value) => ({ database: value }) },
  sslmode: {
    effect:
      '`disable` (default), `allow` and `prefer` (TLS where the server has it), `require`, `verify-ca`, `verify-full`',
    read: (value) => ({ sslMode: sslMode('sslmode', value) }),
  },
  ssl: {
    effect: 'As `sslmode`; `true` is `require`',
    read: (value) => ({ sslMode: sslMode('ssl', value) }),
  },
  requiressl: {
    effect: '`1` is `sslmode=require`',
    read: (value) => ({ sslMode: value === '1' ? 'require' : 'prefer' }),
  },
  sslnegotiation: {
    effect: '`direct`: TLS from the first byte (PostgreSQL 17)',
    read: (value) => ({
      isDirectTls: oneOf('sslnegotiation', value, ['postgres', 'direct'] as const) === 'direct',
    }),
  },
  sslrootcert: {
    effect:
      'PEM file of the authorities that are believed; `system`: those of Node.js. Without `sslmode`: `verify-full`',
    read: (value) => ({ rootCert: path('sslrootcert', value) }),
  },
  sslcert: {
    effect: 'PEM file of our own certificate',
    read: (value) => ({ cert: path('sslcert', value) }),
  },
  sslkey: { effect: 'PEM file of its key', read: (value) => ({ key: path('sslkey', value) }) },
  sslpassword: { effect: 'Password of `sslkey`', read: (value) => ({ keyPassword: value }) },
  sslcrl: {
    effect: 'PEM file of revoked certificates',
    read: (value) => ({ revoked: path('sslcrl', value) }),
  },
  connect_timeout: {
    effect:
      'Seconds for opening one connection, instead of `DB_CONNECT_TIMEOUT_MS`; 0 is the default',
    read: connectTimeout,
  },
  application_name: {
    effect: 'Name in `pg_stat_activity`',
    read: (value) => ({ applicationName: value }),
  },
  target_session_attrs: {
    effect:
      'Which of the hosts: `any`, `read-write`, `read-only`, `primary`, `standby`, `prefer-standby`',
    read: (value) => ({
      sessionAttributes: oneOf('target_session_attrs', value, SESSION_ATTRIBUTES),
    }),
  },
  load_balance_hosts: {
    effect: '`random`: the hosts are tried in a random order',
    read: (value) => ({
      isBalanced: oneOf('load_balance_hosts', value, ['disable', 'random'] as const) === 'random',
    }),
  },
  pgbouncer: {
    effect: '`true` is `POSTGRES_USE_PGBOUNCER=true` for this URI',
    read: (value) => ({ isPooled: yesOrNo('pgbouncer', value) }),
  },
  options: {
    effect: 'Settings for the server: `-c search_path=app`, `endpoint=…`',
    read: (value) => ({ settings: { options: value.replaceAll('+', ' ') } }),
  },
  search_path: { effect: 'Schema of all tables, which must exist', read: searchPath },
  schema: { effect: 'As `search_path`', read: searchPath },
  currentSchema: { effect: 'As `search_path`', read: searchPath },

  channel_binding: { effect: 'none: passwords are sent by SCRAM without channel binding' },
  require_auth: { effect: NOT_SUPPORTED },
  sslcompression: { effect: NOT_SUPPORTED },
  sslcertmode: { effect: 'none: `sslcert` is sent when it is set' },
  sslcrldir: { effect: NOT_SUPPORTED },
  sslsni: { effect: 'none: the host is always named' },
  ssl_min_protocol_version: { effect: 'none: TLS 1.2 or newer' },
  ssl_max_protocol_version: { effect: 'none: TLS 1.2 or newer' },
  sslaccept: { effect: 'none: `sslmode` decides' },
  sslidentity: { effect: 'none: `sslcert` and `sslkey`' },
  uselibpqcompat: { effect: 'none: `sslmode` is always read as libpq reads it' },
  gssencmode: { effect: KERBEROS },
  krbsrvname: { effect: KERBEROS },
  gsslib: { effect: KERBEROS },
  gssdelegation: { effect: KERBEROS },
  keepalives: { effect: KEEPALIVE },
  keepalives_idle: { effect: KEEPALIVE },
  keepalives_interval: { effect: KEEPALIVE },
  keepalives_count: { effect: KEEPALIVE },
  tcp_user_timeout: { effect: KEEPALIVE },
  tcpKeepAlive: { effect: KEEPALIVE },
  passfile: { effect: 'none: the password is part of the URI' },
  service: { effect: NOT_SUPPORTED },
  requirepeer: { effect: NOT_SUPPORTED },
  replication: { effect: NOT_SUPPORTED },
  client_encoding: { effect: 'none: UTF-8' },
  encoding: { effect: 'none: UTF-8' },
  charset: { effect: 'none: UTF-8' },
  fallback_application_name: { effect: 'none: `application_name`' },
  statement_timeout: { effect: 'none: `DB_STATEMENT_TIMEOUT_MS`' },
  query_timeout: { effect: 'none: `DB_STATEMENT_TIMEOUT_MS`' },
  command_timeout: { effect: 'none: `DB_STATEMENT_TIMEOUT_MS`' },
  socket_timeout: { effect: 'none: `DB_STATEMENT_TIMEOUT_MS`' },
  connection_limit: { effect: POOL },
  pool_timeout: { effect: POOL },
  pool_size: { effect: POOL },
  max_overflow: { effect: POOL },
  pool_recycle: { effect: POOL },
  pool_pre_ping: { effect: POOL },
  max: { effect: POOL },
  min: { effect: POOL },
  idle_timeout: { effect: POOL },
  max_lifetime: { effect: POOL },
  max_idle_connection_lifetime: { effect: POOL },
  statement_cache_size: { effect: PREPARED },
  prepared_statement_cache_size: { effect: PREPARED },
  prepared_statements: { effect: PREPARED },
  prepareThreshold: { effect: PREPARED },
  prepare: { effect: PREPARED },
  targetServerType: { effect: 'none: `target_session_attrs`' },
  reconnect: { effect: OF_AN_ORM },
  pool: { effect: OF_AN_ORM },
  fetch_types: { effect: OF_AN_ORM },
  supa: { effect: OF_AN_ORM },
};

function sslMode(name: string, value: string): SslMode {
  return SSL_SYNONYMS[value] ?? oneOf(name, value, SSL_MODES);
}

function oneOf<const V extends string>(name: string, value: string, values: readonly V[]): V {
  const found = values.find((candidate) => candidate === value);
  if (found === undefined) throw new PostgresUriError(`${name} to be one of ${values.join(', ')}`);
  return found;
}

function yesOrNo(name: string, value: string): boolean {
  if (YES.has(value.toLowerCase())) return true;
  if (NO.has(value.toLowerCase())) return false;
  throw new PostgresUriError(`${name} to be true or false`);
}

function path(name: string, value: string): string {
  if (value === '') throw new PostgresUriError(`${name} to be the path of a file`);
  return value;
}

function connectTimeout(value: string): ConnectionParameters {
  if (!/^-?\d{1,5}$/.test(value))
    throw new PostgresUriError('connect_timeout to be a number of seconds');
  const seconds = Number(value);
  return seconds <= 0 ? {} : { connectTimeoutMs: seconds * 1000 };
}

/** Goes to the server as it is: several schemas are separated by commas there, too. */
function searchPath(value: string): ConnectionParameters {
  return value === '' ? {} : { settings: { search_path: value } };
}
