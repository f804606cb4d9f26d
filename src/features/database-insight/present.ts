/** What PostgreSQL says of itself, as admin answers have it. */
import { maskedStatement } from './masked-statement.ts';
import type {
  BlockedSession,
  DatabaseInsightStore,
  SessionState,
  StatementStatistics,
} from './store.ts';

type Stats = Awaited<ReturnType<DatabaseInsightStore['stats']>>;

export function shownStatement(statement: StatementStatistics) {
  const { blocksHit, blocksRead } = statement;
  const blocks = blocksHit + blocksRead;
  return {
    // 64 bits: too many for a number of JSON.
    queryid: statement.queryId,
    query_preview: maskedStatement(statement.query),
    calls: statement.calls,
    total_exec_time_ms: statement.totalMs,
    mean_exec_time_ms: statement.meanMs,
    min_exec_time_ms: statement.minMs,
    max_exec_time_ms: statement.maxMs,
    stddev_exec_time_ms: statement.stddevMs,
    rows: statement.rows,
    cache_hit_pct: blocks === 0 ? 100 : (100 * blocksHit) / blocks,
    shared_blks_read: blocksRead,
    shared_blks_hit: blocksHit,
    temp_blks_read: statement.tempBlocksRead,
    temp_blks_written: statement.tempBlocksWritten,
  };
}

export function shownStats({ stats, replicas }: Stats) {
  return {
    version: stats?.version,
    database_name: stats?.databaseName,
    total_size_bytes: stats?.sizeBytes,
    connection_count: stats?.connections,
    max_connections: stats?.connectionsMax,
    cache_hit_ratio: stats?.hitRatio,
    uptime_seconds: stats?.uptimeS,
    active_queries: stats?.active,
    deadlocks: stats?.deadlocks,
    transactions_committed: stats?.committed,
    transactions_rolled_back: stats?.rolledBack,
    temp_bytes: stats?.tempBytes,
    replicas: replicas.map(({ application, state, lagBytes, lagS }) => ({
      application_name: application,
      state,
      lag_bytes: lagBytes,
      lag_seconds: lagS,
    })),
  };
}

export function shownActivity(sessions: readonly SessionState[]) {
  const isIn = (state: string) => (session: SessionState) => session.state === state;
  const active = sessions.filter(isIn('active'));
  const openButIdle = sessions.filter(({ state }) => state.startsWith('idle in transaction'));
  return {
    counts: Object.fromEntries(
      [...new Set(sessions.map(({ state }) => state))].map((state) => [
        state,
        sessions.filter(isIn(state)).length,
      ]),
    ),
    running: active.filter(({ waitsFor }) => waitsFor === '').map(shownSession),
    waiting: active.filter(({ waitsFor }) => waitsFor !== '').map(shownSession),
    idle_in_transaction: openButIdle.map(shownSession),
  };
}

export function shownBlocked(blocked: BlockedSession) {
  return {
    pid: blocked.pid,
    mode: blocked.mode,
    relation: blocked.relation === '' ? null : blocked.relation,
    waiting_seconds: blocked.waitingS,
    query_preview: maskedStatement(blocked.query),
    blocked_by: blocked.blockedBy,
  };
}

function shownSession(session: SessionState) {
  return {
    pid: session.pid,
    application_name: session.application,
    state: session.state,
    wait_event: session.waitsFor === '' ? null : session.waitsFor,
    state_seconds: session.stateS,
    transaction_seconds: session.transactionS,
    query_preview: maskedStatement(session.query),
  };
}
