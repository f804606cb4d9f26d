/** What Prometheus sees of the database. */
import type { MetricFamily, Sample } from '../../lib/metrics/metric-family.ts';
import type { EngineStats, MeasuredDatabase } from './database.ts';
import { STATEMENT_BOUNDS, WAIT_BOUNDS } from './statement-recorder.ts';

export function databaseMetrics(database: MeasuredDatabase): readonly MetricFamily[] {
  const perEngine = (value: (engine: EngineStats) => number) => (): readonly Sample[] =>
    database.measures().engines.map((engine) => [[engine.engine], [value(engine)]]);
  const gauge = (name: string, help: string, value: (engine: EngineStats) => number) =>
    ({
      name,
      help,
      kind: 'gauge',
      together: 'sum',
      labels: ['engine'],
      collect: perEngine(value),
    }) satisfies MetricFamily;
  return [
    gauge('db_pool_size', 'Connections that may be open.', (engine) => engine.connectionsMax),
    gauge(
      'db_pool_connections',
      'Connections that are open.',
      ({ connectionsOpen }) => connectionsOpen,
    ),
    gauge(
      'db_pool_checked_out',
      'Connections in use; several statements may share one.',
      ({ connectionsInUse }) => connectionsInUse,
    ),
    gauge(
      'db_pool_overflow',
      'Statements that wait for a connection: no more are opened than db_pool_size.',
      ({ waiting }) => waiting,
    ),
    {
      name: 'db_pool_checkouts_total',
      kind: 'counter',
      help: 'Statements and transactions that were given a connection.',
      labels: ['engine'],
      collect: perEngine(({ checkouts }) => checkouts),
    },
    {
      name: 'db_pool_errors_total',
      kind: 'counter',
      help: 'Attempts that failed or got no connection, by error code; retries may have mended them.',
      labels: ['engine', 'error_type'],
      collect: () =>
        database
          .measures()
          .engines.flatMap(({ engine, failures }) =>
            [...failures].map(([code, count]): Sample => [[engine, code], [count]]),
          ),
    },
    {
      name: 'db_pool_wait_seconds',
      kind: 'histogram',
      help: 'Time that statements waited for a connection.',
      labels: ['engine'],
      bounds: WAIT_BOUNDS,
      collect: () => database.measures().waits,
    },
    {
      name: 'db_query_duration_seconds',
      kind: 'histogram',
      help: 'Time of statements and transactions with their connection, by name.',
      labels: ['query'],
      bounds: STATEMENT_BOUNDS,
      collect: () => database.measures().durations,
    },
  ];
}
