/** The state of the instance in one answer, from what all processes have counted. */
import type { Snapshot } from '../../lib/metrics/snapshot.ts';
import { SERVICES } from '../../lib/user-config/services.ts';

/** Label values and numbers of a family's series. */
type Series = readonly (readonly [labels: readonly string[], numbers: readonly number[]])[];

const DEBRID: ReadonlySet<string> = new Set(SERVICES.map(({ service }) => service));

/** Times in seconds. */
export function overviewOf(snapshot: Snapshot) {
  const families = new Map(
    snapshot.map(([name, , series]): [string, Series] => [
      name,
      series.map(([labels, numbers]) => [labels.split('\t'), numbers]),
    ]),
  );
  const of = (name: string): Series => families.get(name) ?? [];
  const upstreams = upstreamHealth(of);
  return {
    processes: byLabel(of('metrics_processes')),
    requests: {
      total: sum(of('http_requests_total')),
      failed: sum(of('http_requests_total').filter(([[, , status = '']]) => status >= '500')),
      in_flight: sum(of('http_requests_in_flight')),
    },
    debrid: upstreams.filter(({ name }) => DEBRID.has(name)),
    upstreams: upstreams.filter(({ name }) => !DEBRID.has(name)),
    caches: cacheTiers(of),
    pool: databasePool(of),
    redis: {
      usable: sum(of('redis_usable')) > 0,
      failures: sum(of('redis_command_failures_total')),
      breaker_opened: sum(of('redis_breaker_opened_total')),
    },
    memory: {
      resident_bytes: sum(of('process_resident_memory_bytes')),
      heap_bytes: sum(of('process_heap_bytes')),
    },
  };
}

type Families = (name: string) => Series;

/** Other people's servers: sources, metadata, debrid services. */
function upstreamHealth(of: Families) {
  const names = new Map<string, { calls: number; failures: Map<string, number>; spentS: number }>();
  for (const [[name = '', outcome = ''], numbers] of of('upstream_request_duration_seconds')) {
    const known = names.get(name) ?? { calls: 0, failures: new Map<string, number>(), spentS: 0 };
    const calls = numbers.slice(0, -1).reduce((total, count) => total + count, 0);
    known.calls += calls;
    known.spentS += numbers.at(-1) ?? 0;
    if (outcome !== 'ok' && calls > 0) known.failures.set(outcome, calls);
    names.set(name, known);
  }
  const breakers = of('upstream_breakers');
  return [...names].map(([name, { calls, failures, spentS }]) => ({
    name,
    calls,
    failures: Object.fromEntries(failures),
    avg_time: calls === 0 ? null : spentS / calls,
    breakers: Object.fromEntries(
      breakers
        .filter(([[of = '']]) => of === name)
        .map(([[, state = ''], [count = 0]]) => [state, count]),
    ),
  }));
}

function cacheTiers(of: Families) {
  const at = (name: string, cache: string, tier: string) =>
    sum(of(name).filter(([labels]) => labels[0] === cache && labels[1] === tier));
  return of('cache_hits_total').map(([[cache = '', tier = '']]) => {
    const hits = at('cache_hits_total', cache, tier);
    const misses = at('cache_misses_total', cache, tier);
    return {
      cache,
      tier,
      hits,
      misses,
      hit_rate: hits + misses === 0 ? null : hits / (hits + misses),
      entries: at('cache_entries', cache, tier),
      bytes: at('cache_bytes', cache, tier),
      evictions: at('cache_evictions_total', cache, tier),
    };
  });
}

function databasePool(of: Families) {
  return of('db_pool_size').map(([[engine = ''], [size = 0]]) => {
    const at = (name: string) => sum(of(name).filter(([labels]) => labels[0] === engine));
    return {
      engine,
      size,
      open: at('db_pool_connections'),
      checked_out: at('db_pool_checked_out'),
      waiting: at('db_pool_overflow'),
      checkouts: at('db_pool_checkouts_total'),
      errors: at('db_pool_errors_total'),
    };
  });
}

/** Of families without buckets. */
function sum(series: Series): number {
  return series.reduce((total, [, [value = 0]]) => total + value, 0);
}

function byLabel(series: Series) {
  return Object.fromEntries(series.map(([[label = ''], [value = 0]]) => [label, value]));
}
