/**
 * Every environment variable: parser, default, unit, effect, aliases. `docs/operating.md` is
 * generated from this table and compared by an architecture test.
 */
import {
  boolean,
  cidrList,
  hostList,
  integer,
  oneOf,
  postgresUri,
  publicUrl,
  redisUrl,
  secretKey,
  secretKeyList,
  text,
  token,
  url,
  zeroOr,
} from './parsers.ts';
import { scheduleChanges, shownSchedules } from './schedule-parser.ts';
import { METADATA_VARIABLES } from './metadata-variables.ts';
import { IMPORT_VARIABLES } from './import-variables.ts';
import { LIVE_VARIABLES } from './live-variables.ts';
import { DEBRID_VARIABLES } from './debrid-variables.ts';
import { SOURCE_VARIABLES } from './source-variables.ts';
import { optional, variable, type Variable } from './variable.ts';

const MB = 1024 * 1024;
/** Names of Python's log levels and of other loggers. */
const PYTHON_LEVELS = {
  warning: 'warn',
  critical: 'error',
  fatal: 'error',
  trace: 'debug',
} as const;

export const VARIABLES = {
  HOST: variable({
    parser: text(255),
    fallback: '127.0.0.1',
    effect: 'Address to listen on. `0.0.0.0` or `::` opens the server to the network.',
  }),
  PORT: variable({
    parser: integer(0, 65_535),
    fallback: 8000,
    aliases: [{ name: 'STREAM_RS_PORT' }],
    effect: 'Port to listen on; 0 takes any free one.',
  }),
  HOST_URL: variable({
    parser: optional(publicUrl),
    fallback: null,
    fallbackText: 'none',
    effect:
      'Public address of this instance, with the path that it is hosted below, if any; every absolute link (posters, ' +
      'install) is built from it.',
  }),
  TLS_CERT: variable({
    parser: optional(text(4096)),
    fallback: null,
    fallbackText: 'none',
    effect: 'PEM certificate chain; with `TLS_KEY` the server speaks HTTPS itself.',
  }),
  TLS_KEY: variable({
    parser: optional(text(4096)),
    fallback: null,
    fallbackText: 'none',
    effect: 'PEM private key file of `TLS_CERT`.',
  }),
  HSTS_MAX_AGE_S: variable({
    parser: integer(0, 63_072_000),
    fallback: 0,
    unit: 's',
    effect:
      'Pages tell browsers to ask this name by HTTPS alone for so long (`Strict-Transport-Security`); 0 says nothing. ' +
      'Only where HTTPS is there to stay: nobody can take it back.',
  }),
  TRUSTED_PROXIES: variable({
    parser: cidrList,
    fallback: [],
    fallbackText: 'none',
    aliases: [{ name: 'FORWARDED_ALLOW_IPS' }],
    effect: 'Peers whose `X-Forwarded-For` (or `Forwarded`), `-Proto` and `-Host` are believed.',
  }),
  SECRET_KEY: variable({
    parser: optional(secretKey),
    fallback: null,
    fallbackText: 'generated once, kept in `DATA_DIR`',
    mask: 'secret',
    effect:
      'Seals install addresses and stored profiles. Instances that serve the same addresses need the same one.',
  }),
  SECRET_KEYS_OLD: variable({
    parser: secretKeyList,
    fallback: [],
    fallbackText: 'none',
    mask: 'secret',
    effect:
      'Former values of `SECRET_KEY`, comma-separated: addresses that were made with them keep working.',
  }),
  CONFIG_CACHE_ENTRIES: variable({
    parser: integer(100, 1_000_000),
    fallback: 16_384,
    unit: 'configurations per process',
    effect: 'Configurations that are kept read and compiled, about 4 KB each.',
  }),
  PROFILES_PER_HOUR_MAX: variable({
    parser: integer(1, 1_000_000),
    fallback: 30,
    unit: 'profiles per client address and process',
    effect: 'Configurations that one address may store in an hour; one more is answered 429.',
  }),
  ...IMPORT_VARIABLES,
  PREVIEWS_PER_MINUTE_MAX: variable({
    parser: integer(1, 1_000_000),
    fallback: 240,
    unit: 'previews per client address and process',
    effect:
      'Previews and checks of settings (the configure page, while one types) that one address may have in a minute; ' +
      'one more is answered 429.',
  }),
  HTTP_PROCESSES: variable({
    parser: integer(1, 256),
    fallback: 1,
    aliases: [{ name: 'GUNICORN_WORKERS' }, { name: 'WEB_CONCURRENCY' }],
    effect: 'Processes that share the port under a supervisor. More than 1 needs `REDIS_URL`.',
  }),
  HTTP_IN_FLIGHT_MAX: variable({
    parser: integer(1, 100_000),
    fallback: 4096,
    unit: 'requests per process',
    effect: 'Requests that may wait for something at a time; one more is answered 503 at once.',
  }),
  HTTP_TURN_BUDGET_MS: variable({
    parser: zeroOr(integer(1, 1000)),
    fallback: 3,
    unit: 'ms',
    effect:
      'A process whose event loop has taken 16 times as long a turn for 0.3 s serves for this long in ' +
      'each turn and refuses the rest with 503, until what is asked would leave it idle time. More trades ' +
      'refusals for waiting; 0 never refuses.',
  }),
  REQUEST_TIMEOUT_MS: variable({
    parser: integer(100, 600_000),
    fallback: 15_000,
    unit: 'ms',
    aliases: [{ name: 'REQUEST_TIMEOUT', factor: 1000 }],
    effect: 'Deadline of one request, all waits included.',
  }),
  DRAIN_TIMEOUT_MS: variable({
    parser: integer(0, 600_000),
    fallback: 10_000,
    unit: 'ms',
    aliases: [{ name: 'GRACEFUL_TIMEOUT', factor: 1000 }],
    effect: 'How long requests in flight may take to finish after SIGTERM.',
  }),
  DATA_DIR: variable({
    parser: text(4096),
    fallback: './data',
    effect: 'Folder of everything that Sluice keeps on disk, the embedded PostgreSQL included.',
  }),
  IPTV_STRM_DIR: variable({
    parser: optional(text(4096)),
    fallback: null,
    fallbackText: 'none',
    effect:
      'Folder that `.strm` files of films and series are written into (`POST /api/v1/iptv/strm`); it has to exist.',
  }),
  POSTGRES_URI: variable({
    parser: optional(postgresUri('postgres://user:password@host:5432/sluice', { writable: true })),
    fallback: null,
    fallbackText: 'embedded',
    mask: 'url',
    aliases: [{ name: 'DATABASE_URL' }],
    effect: 'Primary database. Without it the embedded PostgreSQL is started.',
  }),
  POSTGRES_READ_URI: variable({
    parser: optional(
      postgresUri('postgres://user:password@replica:5432/sluice', { writable: false }),
    ),
    fallback: null,
    fallbackText: 'none',
    mask: 'url',
    effect: 'Read replica; reads of the request path go there while it answers.',
  }),
  POSTGRES_MIGRATE_URI: variable({
    parser: optional(postgresUri('postgres://user:password@host:5432/sluice', { writable: true })),
    fallback: null,
    fallbackText: '`POSTGRES_URI`',
    mask: 'url',
    effect: 'Direct connection for migrations when `POSTGRES_URI` leads to a transaction pooler.',
  }),
  POSTGRES_USE_PGBOUNCER: variable({
    parser: optional(boolean),
    fallback: null,
    fallbackText: 'found out at the start',
    effect:
      'The database is behind PgBouncer in transaction mode: no named prepared statements, no session state.',
  }),
  MIGRATE_ON_START: variable({
    parser: boolean,
    fallback: true,
    aliases: [{ name: 'MEDIAFUSION_AUTO_MIGRATE' }],
    effect: 'Apply pending migrations when a server starts.',
  }),
  DB_MAX_CONNECTIONS: variable({
    parser: integer(4, 10_000),
    fallback: 40,
    unit: 'connections of the whole instance',
    effect:
      'Shared out over processes, primary and replica. Of each share a quarter, 1 to 4, reads streams and titles, ' +
      'a sixteenth catalogues and searches.',
  }),
  WORKER_SINGLE_MODE: variable({
    parser: boolean,
    fallback: true,
    aliases: [{ name: 'TASKIQ_SINGLE_WORKER_MODE' }],
    effect:
      '`serve` runs the jobs of all queues, in a process of its own. Off where the role `worker` runs elsewhere.',
  }),
  WORKER_CONCURRENCY: variable({
    parser: optional(integer(1, 100)),
    fallback: null,
    fallbackText: 'by queue ([workers](workers.md))',
    unit: 'jobs of each queue and worker',
    effect: 'Jobs that a worker runs at a time.',
  }),
  WORKER_DB_CONNECTIONS: variable({
    parser: integer(4, 1000),
    fallback: 6,
    unit: 'connections of a worker',
    effect:
      'For jobs, beside `DB_MAX_CONNECTIONS`, one for each queue to listen on, and two to fetch them with.',
  }),
  WORKER_METRICS_PORT: variable({
    parser: optional(integer(1, 65_535)),
    fallback: null,
    fallbackText: 'none',
    effect:
      'Where a worker answers `/metrics`, `/health` and `/ready` about itself, on `HOST`. ' +
      'Each worker of a machine needs one of its own.',
  }),
  SCHEDULES: variable({
    parser: scheduleChanges,
    fallback: new Map(),
    fallbackText: 'as in the code',
    shown: shownSchedules,
    effect:
      'Schedules in place of their defaults, by name; `off` ends one ([workers](workers.md)).',
  }),
  DISABLE_ALL_SCHEDULER: variable({
    parser: boolean,
    fallback: false,
    effect: 'No schedule makes a job; they can still be run by hand.',
  }),
  DB_ACQUIRE_TIMEOUT_MS: variable({
    parser: integer(1, 60_000),
    fallback: 2000,
    unit: 'ms',
    aliases: [{ name: 'DB_ACQUIRE_TIMEOUT_SECS', factor: 1000 }],
    effect: 'How long a statement waits for a free connection before 503.',
  }),
  DB_CONNECT_TIMEOUT_MS: variable({
    parser: integer(100, 60_000),
    fallback: 5000,
    unit: 'ms',
    effect: 'Limit of opening one database connection.',
  }),
  DB_STATEMENT_TIMEOUT_MS: variable({
    parser: integer(10, 3_600_000),
    fallback: 30_000,
    unit: 'ms',
    effect: 'Limit of one statement, those for streams and single titles excepted.',
  }),
  DB_HOT_STATEMENT_TIMEOUT_MS: variable({
    parser: integer(10, 60_000),
    fallback: 3000,
    unit: 'ms',
    effect: 'Limit of one statement for streams or a single title.',
  }),
  DB_RETRY_DEADLINE_MS: variable({
    parser: integer(0, 600_000),
    fallback: 60_000,
    unit: 'ms',
    effect:
      'Total time of all attempts of one read of imports and jobs. Requests of users give up within 1.5 s.',
  }),
  REDIS_URL: variable({
    parser: optional(redisUrl),
    fallback: null,
    fallbackText: 'in-process store',
    mask: 'url',
    effect: 'Shared cache, leases and invalidation. Without it one process keeps them in memory.',
  }),
  REDIS_MAX_CONNECTIONS: variable({
    parser: integer(2, 100_000),
    fallback: 1000,
    unit: 'connections of the whole instance',
    effect:
      'Upper bound that is checked at start: a process needs 2 (commands, subscriptions), not a pool.',
  }),
  REDIS_COMMAND_TIMEOUT_MS: variable({
    parser: integer(5, 60_000),
    fallback: 250,
    unit: 'ms',
    effect: 'A slower command counts as failed; the request goes on without Redis.',
  }),
  REDIS_KEY_PREFIX: variable({
    parser: text(64),
    fallback: 'sluice:',
    effect: 'Prefix of every key and channel.',
  }),
  CACHE_MEMORY_BYTES: variable({
    parser: zeroOr(integer(4 * MB, 64 * 1024 * MB)),
    fallback: 64 * MB,
    unit: 'bytes per process',
    effect:
      'Bound of the in-process cache (L1), over all kinds of entries, and half as much again for finished answers; ' +
      '0 keeps nothing in the process (to measure the tiers behind).',
  }),
  STREAM_CACHE_TTL_SECONDS: variable({
    parser: integer(1, 86_400),
    fallback: 900,
    unit: 's',
    aliases: [{ name: 'STREAM_RAW_REDIS_CACHE_TTL_SECONDS' }],
    effect:
      'How long a set of streams is fresh; after that it is served once more and refreshed behind.',
  }),
  CATALOG_CACHE_TTL_SECONDS: variable({
    parser: integer(1, 86_400),
    fallback: 1800,
    unit: 's',
    effect: 'How long a catalogue page is fresh.',
  }),
  META_CACHE_TTL_SECONDS: variable({
    parser: integer(1, 86_400),
    fallback: 1800,
    unit: 's',
    effect: 'How long a meta answer is fresh.',
  }),
  POSTER_CACHE_TTL_SECONDS: variable({
    parser: integer(1, 2_592_000),
    fallback: 86_400,
    unit: 's',
    aliases: [{ name: 'POSTER_JPEG_CACHE_TTL' }],
    effect: 'How long a rendered poster is fresh.',
  }),
  RESPONSE_REUSE: variable({
    parser: boolean,
    fallback: true,
    effect:
      'Share finished stream lists between requests with the same outcome; off only to measure what it saves.',
  }),
  POOL_THREADS: variable({
    parser: optional(integer(1, 64)),
    fallback: null,
    fallbackText: 'max(1, floor((cores − HTTP_PROCESSES) ÷ HTTP_PROCESSES))',
    unit: 'threads per process',
    effect: 'Threads for posters, compression and decoding.',
  }),
  POOL_QUEUE_MAX: variable({
    parser: integer(1, 100_000),
    fallback: 256,
    unit: 'tasks per process',
    effect: 'Tasks that may wait for a thread; one more is answered 503.',
  }),
  FETCH_ALLOW_PRIVATE: variable({
    parser: hostList,
    fallback: [],
    fallbackText: 'none',
    effect:
      'Private, loopback or link-local hosts that Sluice may fetch from for anybody: artwork, and sources of users. The ' +
      'sources that are configured here need no entry.',
  }),
  ...SOURCE_VARIABLES,
  ...METADATA_VARIABLES,
  ...DEBRID_VARIABLES,
  ...LIVE_VARIABLES,
  POSTER_RATING_BADGE: variable({
    parser: boolean,
    fallback: true,
    effect: 'Draw the rating on posters that have one.',
  }),
  ADDON_NAME: variable({
    parser: text(60),
    fallback: 'Sluice',
    effect: 'Name in the manifest and on every stream.',
  }),
  ADDON_ID: variable({
    parser: text(120),
    fallback: 'org.sluice.addon',
    effect: 'Add-on id in the manifest. Changing it makes clients see another add-on.',
  }),
  ADDON_DESCRIPTION: variable({
    parser: text(500),
    fallback: 'Fast media add-on server. Public-domain and Creative Commons titles included.',
    effect: 'Description in the manifest.',
  }),
  ADDON_LOGO: variable({
    parser: optional(url(['http', 'https'], 'https://example.org/logo.png')),
    fallback: null,
    fallbackText: 'none',
    effect: 'Logo in the manifest and on the pages; ours (`/logo.png`) without it.',
  }),
  CONTACT_EMAIL: variable({
    parser: optional(text(254)),
    fallback: null,
    fallbackText: 'none',
    effect: 'Contact address in the manifest.',
  }),
  META_FOR_ALL_IDS: variable({
    parser: boolean,
    fallback: false,
    effect: 'Also offer meta for `tt` and `tmdb:` ids, so that clients ask here for every title.',
  }),
  ENABLE_TORZNAB_API: variable({
    parser: boolean,
    fallback: true,
    effect:
      'Answer Torznab at `/torznab/api`: Prowlarr, Radarr, Sonarr and other instances search the torrents of this one.',
  }),
  DEMO_CATALOG: variable({
    parser: boolean,
    fallback: true,
    effect: 'Import the demo catalogue (67 free titles) at start.',
  }),
  API_PASSWORD: variable({
    parser: optional(token),
    fallback: null,
    fallbackText: 'none',
    mask: 'secret',
    effect:
      'Key of the admin API (`X-API-Key: …` or `Authorization: Bearer …`), which nobody may use without it, and of a private ' +
      'instance (`IS_PUBLIC_INSTANCE`).',
  }),
  IS_PUBLIC_INSTANCE: variable({
    parser: optional(boolean),
    fallback: null,
    fallbackText: '`true` without `API_PASSWORD`, else `false`',
    effect:
      'Whether everybody may use the instance. A private one asks for `API_PASSWORD` on its configure page, and answers the ' +
      'installs that were made with it.',
  }),
  ENABLE_BROWNOUT: variable({
    parser: boolean,
    fallback: true,
    effect:
      'In an overload answer with what is at hand, then refuse, least important first: admin reads, posters, cold titles, ' +
      'catalogues, manifests.',
  }),
  RATE_LIMIT_PER_MINUTE: variable({
    parser: zeroOr(integer(10, 1_000_000_000)),
    fallback: 3000,
    effect:
      'Tokens a minute of each client address (IPv6: of each /64), and at once after a pause: a list of streams costs 2, ' +
      'settings and admin calls 5, posters and health none, everything else 1. 0: no limit.',
  }),
  ENABLE_METRICS_ENDPOINT: variable({
    parser: boolean,
    fallback: true,
    aliases: [{ name: 'ENABLE_PROMETHEUS_METRICS' }],
    effect:
      'Count requests and answer Prometheus at `/metrics`, for all processes of the instance together.',
  }),
  METRICS_BEARER_TOKEN: variable({
    parser: optional(token),
    fallback: null,
    fallbackText: 'none',
    aliases: [{ name: 'PROMETHEUS_METRICS_TOKEN' }],
    mask: 'secret',
    effect:
      'What `/metrics` asks for (`Authorization: Bearer …`). Without it only private addresses that come directly, ' +
      'or through one of `TRUSTED_PROXIES`, are answered.',
  }),
  ENABLE_REQUEST_METRICS: variable({
    parser: boolean,
    fallback: true,
    effect:
      'Keep statistics of requests, and what the newest ones did, for `/api/v1/admin/metrics/request-metrics` and ' +
      '`/api/v1/admin/requests`.',
  }),
  ENABLE_PROFILER: variable({
    parser: boolean,
    fallback: false,
    effect:
      'Answer `?_profile=1` on every GET, and `/api/v1/admin/profile`, with flame graphs for whoever has `API_PASSWORD`; heap ' +
      'snapshots go to `DATA_DIR/profiles`.',
  }),
  LOG_LEVEL: variable({
    parser: oneOf(['debug', 'info', 'warn', 'error', 'silent'], PYTHON_LEVELS),
    fallback: 'info',
    aliases: [{ name: 'LOGGING_LEVEL' }],
    effect: 'Least severity that is logged.',
  }),
  LOG_FORMAT: variable({
    parser: oneOf(['auto', 'json', 'text']),
    fallback: 'auto',
    effect: '`json`: one object a line; `text`: for people; `auto`: text on a terminal, else JSON.',
  }),
} as const;

export type VariableName = keyof typeof VARIABLES;
export type VariableValue<N extends VariableName> =
  (typeof VARIABLES)[N] extends Variable<infer T> ? T : never;
