/** What a host is right now, asked over a connection that serves nothing else. */
import { NEVER_CANCELLED } from '../../lib/async/cancel.ts';
import type {
  PostgresHost,
  PostgresTarget,
  SessionAttributes,
} from '../../lib/postgres-uri/postgres-uri.ts';
import type { Logger } from '../log/logger.ts';
import { HostChoice, type HostState } from './host-choice.ts';
import { Session, type SessionOptions } from './session.ts';
import { supervise } from './statement.ts';

interface StateRow {
  readonly isStandby: boolean;
  readonly isReadOnly: boolean;
}

/** The choice among the hosts of one URI. */
export function createHostChoice(
  target: PostgresTarget,
  wanted: SessionAttributes,
  connectTimeoutMs: number,
  logger: Logger,
): HostChoice {
  const { hosts, isBalanced } = target;
  return new HostChoice({
    hosts,
    wanted,
    isBalanced,
    probe: (host) => probeHost(target, host, connectTimeoutMs, logger),
  });
}

async function probeHost(
  target: PostgresTarget,
  host: PostgresHost,
  connectTimeoutMs: number,
  logger: Logger,
): Promise<HostState> {
  const options: SessionOptions = {
    target,
    chooseHost: () => Promise.resolve(host),
    applicationName: 'sluice host',
    prepare: false,
    connectTimeoutMs,
    maxLifetimeMs: Infinity,
    statementTimeoutMs: undefined,
  };
  const session = new Session(options, { opened: () => undefined, ended: () => undefined }, logger);
  const limits = {
    name: 'host-state',
    timeoutMs: connectTimeoutMs,
    signal: NEVER_CANCELLED,
    cancellable: false,
  };
  try {
    const asked = session.query(
      (sql) => sql<StateRow[]>`
      select pg_is_in_recovery() as "isStandby", current_setting('transaction_read_only') = 'on' as "isReadOnly"`,
    );
    const [row] = await supervise(session, limits, asked, () => undefined);
    if (row === undefined) throw new Error('no answer to what this host is');
    return { isStandby: row.isStandby, isReadOnly: row.isReadOnly };
  } finally {
    void session.destroy();
  }
}

/**
 * What `POSTGRES_URI` and `POSTGRES_MIGRATE_URI` need: of several hosts the one that can be written to, unless the URI
 * asks for one in particular.
 */
export function writableHost({ hosts, sessionAttributes }: PostgresTarget): SessionAttributes {
  return sessionAttributes === 'any' && hosts.length > 1 ? 'read-write' : sessionAttributes;
}
