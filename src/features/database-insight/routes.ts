/** `/api/v1/admin/db/…`: slow statements, sizes, sessions and locks. */
import { adminRoute } from '../../http/admin-route.ts';
import type { Request, Route } from '../../http/route.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { QueryFields } from '../../lib/query-fields.ts';
import { shownActivity, shownBlocked, shownStatement, shownStats } from './present.ts';
import { STATEMENT_ORDERS, type DatabaseInsightStore, type StatementOrder } from './store.ts';

const PATH = '/api/v1/admin/db';
const ORDERS = Object.keys(STATEMENT_ORDERS) as StatementOrder[];
const FIELDS = ['limit', 'order_by', 'min_calls', 'min_mean_time_ms'];
const LIMIT = { min: 1, max: 100, fallback: 20 };
const CALLS = { min: 0, max: 1e12, fallback: 5 };
const MEAN_TIME = { min: 0, max: 1e9, fallback: 5 };

export function databaseInsightRoutes(store: DatabaseInsightStore): readonly Route[] {
  return [
    adminRoute({
      name: 'admin-db-slow-queries',
      pattern: `${PATH}/slow-queries`,
      answer: (request) => slowQueries(request, store),
    }),
    adminRoute({
      method: 'POST',
      name: 'admin-db-slow-queries-reset',
      pattern: `${PATH}/slow-queries/reset`,
      answer: ({ signal }) => reset(signal, store),
    }),
    adminRoute({
      name: 'admin-db-stats',
      pattern: `${PATH}/stats`,
      answer: async ({ signal }) => shownStats(await store.stats(signal)),
    }),
    adminRoute({
      name: 'admin-db-activity',
      pattern: `${PATH}/activity`,
      answer: async ({ signal }) => shownActivity(await store.sessions(signal)),
    }),
    adminRoute({
      name: 'admin-db-locks',
      pattern: `${PATH}/locks`,
      answer: ({ signal }) => locks(signal, store),
    }),
  ];
}

async function slowQueries(request: Request, store: DatabaseInsightStore): Promise<object> {
  const fields = new QueryFields(request.query, FIELDS);
  const order = fields.oneOf('order_by', ORDERS, 'total_exec_time');
  const callsMin = fields.integer('min_calls', CALLS);
  const meanTimeMsMin = fields.number('min_mean_time_ms', MEAN_TIME);
  const choice = { order, callsMin, meanTimeMsMin, limit: fields.integer('limit', LIMIT) };
  const statements = await store.statements(choice, request.signal);
  return {
    order_by: order,
    min_calls: callsMin,
    min_mean_time_ms: meanTimeMsMin,
    count: statements.length,
    queries: statements.map(shownStatement),
  };
}

async function reset(signal: CancelSignal, store: DatabaseInsightStore): Promise<object> {
  await store.resetStatements(signal);
  return { status: 'ok', message: 'statistics of statements begin anew' };
}

async function locks(signal: CancelSignal, store: DatabaseInsightStore): Promise<object> {
  const { blocked, held } = await store.locks(signal);
  return { blocked: blocked.map(shownBlocked), held };
}
