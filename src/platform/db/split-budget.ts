/**
 * Who may open how many connections. `DB_MAX_CONNECTIONS` counts for the whole instance; every process
 * works on its own share, so that the sum can never exceed what the server was sized for.
 */
import { StartError } from '../../lib/start-error.ts';

export interface LaneBudget {
  /** Connections of what is found by an id: streams, titles. */
  readonly hot: number;
  /** Connections of catalogues and searches; 0 when they have those of `rest`. */
  readonly page: number;
  /** Connections of everything else. */
  readonly rest: number;
}

export interface ShareBudget {
  readonly primary: LaneBudget;
  readonly replica: LaneBudget | undefined;
}

/** A lane without a connection would wait for ever: one hot and one other per server. */
const CONNECTIONS_PER_SERVER_MIN = 2;
/** Hot statements are pipelined: one connection carries more than 20,000 reads a second (docs/database-access.md). */
const HOT_CONNECTIONS_MAX = 4;
/** PostgreSQL shares out its CPU by connections: pages on 36 of them left the four hot ones a tenth (docs/database-access.md). */
const PAGE_SHARE = 1 / 16;

/**
 * This process's share of the instance's connections.
 * @throws StartError when the share is too small to give every lane a connection.
 */
export function shareOfInstance(
  instanceConnectionsMax: number,
  processes: number,
  hasReplica: boolean,
): number {
  const share = Math.floor(instanceConnectionsMax / processes);
  const shareMin = connectionsMin(hasReplica);
  if (share < shareMin) {
    throw new StartError(
      `DB_MAX_CONNECTIONS is ${instanceConnectionsMax} for ${processes} processes, ${share} each; ` +
        `each needs at least ${shareMin}${hasReplica ? ' (primary and replica)' : ''}: ` +
        `set it to ${shareMin * processes} or more, or start fewer processes`,
    );
  }
  return share;
}

/**
 * Splits one process's share between primary and replica and, in each, between the lanes. A replica
 * gets the larger half: all reads go there while it answers. The hot lane gets a quarter, 1 to 4, and pages a sixteenth.
 * @throws StartError when the share is too small.
 */
export function splitShare(connectionsMax: number, hasReplica: boolean): ShareBudget {
  if (!Number.isInteger(connectionsMax) || connectionsMax < connectionsMin(hasReplica)) {
    throw new StartError(
      `a process with ${connectionsMax} database connections cannot work: it needs at least ` +
        `${connectionsMin(hasReplica)}${hasReplica ? ' (primary and replica)' : ''}; raise DB_MAX_CONNECTIONS`,
    );
  }
  if (!hasReplica) return { primary: splitServer(connectionsMax), replica: undefined };
  const replica = Math.ceil(connectionsMax / 2);
  return { primary: splitServer(connectionsMax - replica), replica: splitServer(replica) };
}

function connectionsMin(hasReplica: boolean): number {
  return hasReplica ? 2 * CONNECTIONS_PER_SERVER_MIN : CONNECTIONS_PER_SERVER_MIN;
}

function splitServer(connections: number): LaneBudget {
  const hot = Math.min(HOT_CONNECTIONS_MAX, Math.max(1, Math.floor(connections / 4)));
  const page = Math.min(Math.max(1, Math.floor(connections * PAGE_SHARE)), connections - hot - 1);
  return { hot, page, rest: connections - hot - page };
}
