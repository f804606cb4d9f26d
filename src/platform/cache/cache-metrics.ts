/** What Prometheus sees of the caches. */
import type { MetricFamily, Sample } from '../../lib/metrics/metric-family.ts';
import type { NamedStats } from './cache-registry.ts';
import type { TieredCacheStats } from './tiered-cache.ts';

type PerTier = (stats: TieredCacheStats) => readonly (readonly [tier: string, value: number])[];

/** @param caches those that are open when somebody asks */
export function cacheMetrics(caches: () => readonly NamedStats[]): readonly MetricFamily[] {
  const collect = (perTier: PerTier) => (): readonly Sample[] =>
    caches().flatMap((cache) =>
      perTier(cache.stats()).map(([tier, value]): Sample => [[cache.name, tier], [value]]),
    );
  const counter = (name: string, help: string, perTier: PerTier) =>
    ({
      name,
      help,
      kind: 'counter',
      labels: ['cache', 'tier'],
      collect: collect(perTier),
    }) satisfies MetricFamily;
  const gauge = (name: string, help: string, perTier: PerTier) =>
    ({
      name,
      help,
      kind: 'gauge',
      together: 'sum',
      labels: ['cache', 'tier'],
      collect: collect(perTier),
    }) satisfies MetricFamily;
  return [
    counter(
      'cache_hits_total',
      'Look-ups that the tier answered: l1 memory of the process, l2 Redis.',
      ({ l1Hits, l2Hits }) => [
        ['l1', l1Hits],
        ['l2', l2Hits],
      ],
    ),
    counter(
      'cache_misses_total',
      'Look-ups that the tier could not answer; those that joined a load under way count once.',
      ({ l2Hits, misses }) => [
        ['l1', l2Hits + misses],
        ['l2', misses],
      ],
    ),
    counter(
      'cache_stale_hits_total',
      'Answers that had run out and were refreshed behind.',
      ({ staleHits }) => [['l1', staleHits]],
    ),
    counter('cache_loads_total', 'Loads from the origin, refreshes included.', ({ loads }) => [
      ['origin', loads],
    ]),
    counter(
      'cache_load_failures_total',
      'Loads from the origin that failed.',
      ({ loadFailures }) => [['origin', loadFailures]],
    ),
    counter(
      'cache_evictions_total',
      'Entries that were dropped for want of room.',
      ({ l1Evictions }) => [['l1', l1Evictions]],
    ),
    counter(
      'cache_tier_failures_total',
      'Commands of the second tier that failed; the answer came from elsewhere.',
      ({ l2Failures }) => [['l2', l2Failures]],
    ),
    gauge('cache_bytes', 'Memory that entries hold.', ({ l1Bytes }) => [['l1', l1Bytes]]),
    gauge('cache_entries', 'Entries in memory.', ({ l1Entries }) => [['l1', l1Entries]]),
  ];
}
