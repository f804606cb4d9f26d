/** The connections of Graphile Worker, which brings `pg` with it: to the hosts, and with the TLS, that all others have. */
import pg from 'pg';
import { parsePostgresUri } from '../../lib/postgres-uri/postgres-uri.ts';
import { createHostChoice, writableHost } from '../db/host-probe.ts';
import type { Logger } from '../log/logger.ts';
import { EngineSocket } from './engine-socket.ts';

export interface EngineConnectionOptions {
  readonly uri: string;
  readonly connectTimeoutMs: number;
  readonly connectionsMax: number;
}

const IDLE_TIMEOUT_MS = 60_000;

export function openEngineConnections(
  { uri, connectTimeoutMs, connectionsMax }: EngineConnectionOptions,
  logger: Logger,
): pg.Pool {
  const target = parsePostgresUri(uri);
  const timeoutMs = target.connectTimeoutMs ?? connectTimeoutMs;
  const hosts = createHostChoice(target, writableHost(target), timeoutMs, logger);
  const { user, password, database, tls, applicationName, settings } = target;
  const [host] = target.hosts;
  const pool = new pg.Pool({
    ...(user === null ? {} : { user }),
    ...(password === null ? {} : { password }),
    ...(database === null ? {} : { database }),
    // Of these two only passwords of ~/.pgpass are looked up by: the socket chooses among all hosts.
    ...(host === undefined ? {} : { host: host.name, port: host.port }),
    ...(settings['options'] === undefined ? {} : { options: settings['options'] }),
    // `pg` asks for nothing that a socket has and a duplex has not.
    stream: () =>
      new EngineSocket({
        chooseHost: () => hosts.choose(),
        tls,
        connectTimeoutMs: timeoutMs,
      }) as unknown as ReturnType<NonNullable<pg.ClientConfig['stream']>>,
    ssl: false,
    application_name: applicationName ?? 'sluice jobs',
    connectionTimeoutMillis: timeoutMs,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    max: connectionsMax,
  });
  const lost = (error: Error) => {
    hosts.forget();
    logger.debug({ err: error }, 'a connection of the job engine was lost');
  };
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));
  return pool;
}
