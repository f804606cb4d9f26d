/** The scenarios that are one kind of load on one server. */
import { heavyTitleIds } from '../harness/bench-data.ts';
import { PERF_SECRET_KEY } from '../install-tokens.ts';
import type { PhaseResult } from '../result.ts';
import { atLeast, atMost, p95Ms, requestsPerS } from './figures.ts';
import { mixedRequests } from './mixed.ts';
import { distinctStreamPaths, HEAVY_STREAM_PATH, heavyStreamPaths } from './paths.ts';
import type { LoadScenario, Requests } from './scenario.ts';

const NOTHING = { seed: false, redis: false };
const REDIS = { seed: false, redis: true };
const EVERYTHING = { seed: true, redis: true };
const PLAIN = { SECRET_KEY: PERF_SECRET_KEY };
/** L1 keeps nothing: what is found comes from the tiers behind. */
const WITHOUT_L1 = { ...PLAIN, CACHE_MEMORY_BYTES: '0' };
const GZIP = { 'Accept-Encoding': 'gzip' };

function fixed(
  paths: readonly string[],
  more: Omit<Requests, 'paths'> = {},
): () => Promise<Requests> {
  return () => Promise.resolve({ paths, ...more });
}

function halfCapacity(
  limitMs: number,
): (phases: readonly PhaseResult[]) => ReturnType<typeof atMost> {
  return (phases) => atMost('p95 at half of capacity', p95Ms(phases[1]), limitMs, 'ms');
}

export const PLAIN_SCENARIOS: readonly LoadScenario[] = [
  {
    name: 'manifest',
    description: 'The manifest, compressed, as every client asks for it first.',
    needs: NOTHING,
    environment: PLAIN,
    warmUpS: 2,
    requests: fixed(['/manifest.json'], { headers: GZIP }),
  },
  {
    name: 'catalog',
    description: 'First page of a catalogue, 67 titles, compressed.',
    needs: NOTHING,
    environment: PLAIN,
    warmUpS: 2,
    requests: fixed(['/catalog/movie/latest.json'], { headers: GZIP }),
  },
  {
    name: 'stream-repeat',
    description: 'One title with 200 streams, again and again: the finished answer is reused.',
    needs: NOTHING,
    environment: PLAIN,
    warmUpS: 2,
    requests: fixed([HEAVY_STREAM_PATH]),
  },
  {
    name: 'stream-distinct',
    description:
      'One title with 200 streams, 10,000 installs with settings of their own, more than answers are kept for: ' +
      'every request filters, sorts and writes its list.',
    needs: NOTHING,
    environment: PLAIN,
    warmUpS: 6,
    requests: () => Promise.resolve({ paths: distinctStreamPaths() }),
    checks: (phases) => [
      atLeast('throughput', requestsPerS(phases[0]), 3500, 'req/s'),
      halfCapacity(3)(phases),
    ],
  },
  {
    name: 'stream-distinct-gzip',
    description: 'stream-distinct, compressed: every request compresses its own list.',
    needs: NOTHING,
    environment: PLAIN,
    warmUpS: 6,
    requests: () => Promise.resolve({ paths: distinctStreamPaths(), headers: GZIP }),
  },
  {
    name: 'stream-l2',
    description:
      '200 titles with 200 streams; nothing is kept in the process, every request reads its set from Redis.',
    needs: REDIS,
    environment: WITHOUT_L1,
    warmUpS: 3,
    requests: fixed(heavyStreamPaths()),
    checks: (phases) => [
      atLeast('throughput', requestsPerS(phases[0]), 2500, 'req/s'),
      halfCapacity(3)(phases),
    ],
  },
  {
    name: 'poster-hot',
    description: 'One poster that is rendered already.',
    needs: NOTHING,
    environment: PLAIN,
    warmUpS: 2,
    requests: fixed([`/poster/movie/${heavyTitleIds()[0] ?? ''}.jpg`]),
  },
  {
    name: 'poster-cold',
    description: 'Posters that nothing keeps: every request renders one in the worker pool.',
    needs: NOTHING,
    environment: WITHOUT_L1,
    warmUpS: 2,
    requests: fixed(heavyTitleIds().map((id) => `/poster/movie/${id}.jpg`)),
  },
  {
    name: 'mixed',
    description:
      'A realistic day over the generated titles: manifest, catalogues, meta, streams and posters, 2,000 installs.',
    needs: EVERYTHING,
    environment: PLAIN,
    warmUpS: 20,
    requests: mixedRequests,
  },
  {
    name: 'churn',
    description: 'stream-repeat with a new connection for every request.',
    needs: NOTHING,
    environment: PLAIN,
    warmUpS: 2,
    requests: fixed([HEAVY_STREAM_PATH], { newConnectionEach: true }),
  },
];
