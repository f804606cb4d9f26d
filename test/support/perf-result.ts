/** Made-up results of measurements, as `npm run perf` writes them: enough of everything that a report has to show. */
import {
  RESULT_SCHEMA,
  type Check,
  type Latency,
  type PerfResult,
  type PhaseResult,
  type RoundResult,
  type ScenarioResult,
} from '../../perf/result.ts';
import { Random } from '../../perf/seed/random.ts';

const MIB = 1024 * 1024;

interface Shape {
  readonly requestsPerS: number;
  /** Median latency. */
  readonly micros: number;
  readonly cpuMicros: number;
  readonly rssMiB: number;
  readonly seconds: number;
  readonly shedShare?: number;
  readonly sql?: number | null;
  readonly redis?: number | null;
  readonly hasProbe?: boolean;
  readonly clientCpuShare?: number;
}

/** A long tail: each further nine costs about twice as much. */
function latencyOf(micros: number, random: Random): Latency {
  const factor = (percentile: number) =>
    0.45 + 0.4 * 1.32 ** (-Math.log2(1 - percentile / 100) * 0.8);
  const at = (percentile: number) =>
    Math.round(micros * factor(percentile) * (0.98 + random.between(0, 40) / 1000));
  const grid = [0, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.9, 99.95, 99.99];
  const curve: [number, number][] = [];
  let floor = 0;
  for (const percentile of grid) {
    floor = Math.max(floor, at(percentile));
    curve.push([percentile, floor]);
  }
  const known = (percentile: number) => curve.find(([one]) => one === percentile)?.[1] ?? 0;
  const max = Math.round(floor * 1.6);
  curve.push([100, max]);
  return {
    p50: known(50),
    p90: known(90),
    p95: known(95),
    p99: known(99),
    p999: known(99.9),
    max,
    curve,
  };
}

function roundOf(shape: Shape, random: Random): RoundResult {
  const scatter = () => 0.975 + random.between(0, 50) / 1000;
  const requestsPerS = shape.requestsPerS * scatter();
  const shedPerS = (requestsPerS * (shape.shedShare ?? 0)) / (1 - (shape.shedShare ?? 0));
  const latency = latencyOf(shape.micros * scatter(), random);
  const rssBytes = Math.round(shape.rssMiB * MIB * scatter());
  return {
    elapsedS: shape.seconds,
    succeeded: Math.round(requestsPerS * shape.seconds),
    shed: Math.round(shedPerS * shape.seconds),
    failed: 0,
    requestsPerS,
    latency,
    shedLatency: shedPerS > 0 ? latencyOf(900 * scatter(), random) : null,
    server: {
      cpuMicrosPerRequest: shape.cpuMicros * scatter(),
      cpuShare: Math.min(1.6, (requestsPerS * shape.cpuMicros) / 1e6),
      rssBytes,
      rssPeakBytes: Math.round(rssBytes * 1.08),
      loopDelayP99: shape.hasProbe === false ? null : Math.round(900 * scatter()),
      loopDelayMax: shape.hasProbe === false ? null : Math.round(11_000 * scatter()),
      handles: shape.hasProbe === false ? null : 71,
      redisCommandsPerRequest: shape.redis ?? null,
      sqlStatementsPerRequest: shape.sql ?? null,
    },
    clientCpuShare: shape.clientCpuShare ?? 0.41,
    timeline:
      shape.seconds < 3
        ? []
        : Array.from({ length: shape.seconds }, (_, second) => ({
            atS: second + 1,
            requestsPerS: requestsPerS * scatter(),
            shedPerS: shedPerS * scatter(),
            p95: second === 4 && shape.seconds > 8 ? null : latency.p95 * scatter(),
            cpuShare: Math.min(1.6, (requestsPerS * shape.cpuMicros) / 1e6) * scatter(),
            rssBytes: rssBytes * (0.96 + 0.04 * Math.min(1, second / shape.seconds)),
          })),
  };
}

function phase(
  name: string,
  loop: PhaseResult['loop'],
  shape: Shape,
  random: Random,
  rounds = 5,
): PhaseResult {
  return {
    name,
    loop,
    generator: loop === 'closed' ? 'wrk' : 'sluice',
    connections: loop === 'closed' ? 64 : 128,
    ratePerS:
      loop === 'open' ? Math.round(shape.requestsPerS / (1 - (shape.shedShare ?? 0))) : null,
    rounds: Array.from({ length: rounds }, () => roundOf(shape, random)),
  };
}

function scenario(
  name: string,
  description: string,
  phases: PhaseResult[],
  checks: Check[] = [],
  warnings: string[] = [],
  contender = 'sluice',
): ScenarioResult {
  return { name, description, contender, phases, checks, warnings };
}

/** @param speed 1.2 is a fifth faster everywhere but in `stream-cold` */
export function sampleResult(seed = 1, speed = 1): PerfResult {
  const random = new Random(seed);
  const fast = (
    requestsPerS: number,
    micros: number,
    cpuMicros: number,
    rest: Partial<Shape> = {},
  ): Shape => ({
    requestsPerS: requestsPerS * speed,
    micros: micros / speed,
    cpuMicros: cpuMicros / speed,
    rssMiB: 150,
    seconds: 10,
    redis: 0,
    sql: 0,
    ...rest,
  });
  const half = (shape: Shape): Shape => ({
    ...shape,
    requestsPerS: shape.requestsPerS / 2,
    micros: shape.micros / 4,
  });
  const repeat = fast(21_400, 2800, 41, { rssMiB: 132, clientCpuShare: 0.97 });
  const distinct = fast(3_710, 16_500, 262, { rssMiB: 214 });
  const shared = fast(2_840, 21_800, 344, { rssMiB: 188, redis: 1 });
  const cold = {
    ...fast(1_320, 44_000, 702, { rssMiB: 246, redis: 2.04, sql: 1 }),
    requestsPerS: 1_320,
    micros: 44_000,
  };
  return {
    schema: RESULT_SCHEMA,
    createdAt: '2026-03-14T09:26:53.000Z',
    command:
      'npm run perf -- stream-repeat stream-distinct stream-l2 stream-cold poster-hot overload',
    revision: {
      commit: seed.toString(16).padStart(7, 'c0ffee1').padEnd(40, '0'),
      isModified: seed > 1,
      subject: 'perf(streams): rank reads columns in one pass',
    },
    machine: {
      processor: 'Made-up processor, sample figures',
      processors: 2,
      threadsPerCore: 2,
      memoryBytes: 8 * 1024 * MIB,
      system: 'Linux 6.1',
      node: 'v20.20.2',
      postgres: 'PostgreSQL 18.4',
      redis: 'Redis 7.4.1',
    },
    data: { titles: 100_000, streams: 2_000_000, databaseBytes: 1_431_655_765 },
    scenarios: [
      scenario(
        'stream-repeat',
        'One stream list again and again, of users whose settings lead to the same answer.',
        [
          phase('throughput', 'closed', repeat, random),
          phase('latency at half of capacity', 'open', half(repeat), random),
        ],
        [
          {
            name: 'share of the bare ceiling',
            value: 0.71,
            relation: 'at least',
            limit: 0.6,
            unit: '',
            passed: true,
          },
        ],
        ['The generator used 97 % of a processor: it was the bottleneck of the closed loop.'],
      ),
      scenario(
        'stream-distinct',
        'Every request comes with another configuration.',
        [
          phase('throughput', 'closed', distinct, random),
          phase('latency at half of capacity', 'open', half(distinct), random),
        ],
        [
          {
            name: 'throughput',
            value: 3710,
            relation: 'at least',
            limit: 3500,
            unit: 'req/s',
            passed: true,
          },
          {
            name: 'p95 at half of capacity',
            value: 3.42,
            relation: 'at most',
            limit: 3,
            unit: 'ms',
            passed: false,
          },
        ],
      ),
      scenario('stream-l2', 'The cache of the process is off, Redis has every set.', [
        phase('throughput', 'closed', shared, random),
        phase('latency at half of capacity', 'open', half(shared), random),
      ]),
      scenario(
        'stream-cold',
        'Both caches are cold; titles are asked for as their popularity demands.',
        [
          phase('throughput', 'closed', cold, random),
          phase('1,000 req/s', 'open', { ...cold, requestsPerS: 1000, micros: 9_400 }, random),
        ],
        [
          {
            name: 'stream queries per request',
            value: 1,
            relation: 'at most',
            limit: 1,
            unit: 'statements',
            passed: true,
          },
        ],
      ),
      scenario('poster-hot', 'Posters that are in the cache.', [
        phase(
          'throughput',
          'closed',
          fast(18_900, 3300, 47, { sql: null, redis: null, seconds: 2 }),
          random,
          1,
        ),
      ]),
      scenario(
        'overload',
        'Five times what the server can do, then back to half.',
        [
          phase('capacity', 'closed', distinct, random),
          phase(
            'five times capacity',
            'open',
            { ...distinct, micros: 41_000, shedShare: 0.8, rssMiB: 301 },
            random,
            3,
          ),
        ],
        [
          {
            name: 'goodput of capacity',
            value: 0.93,
            relation: 'at least',
            limit: 0.8,
            unit: '',
            passed: true,
          },
        ],
      ),
    ],
  };
}

/** Two others beside Sluice, as `npm run perf:compare` writes it; one has no probe inside. */
export function sampleComparison(): PerfResult {
  const random = new Random(7);
  const shape = (requestsPerS: number, cpuMicros: number, rest: Partial<Shape>): Shape => ({
    requestsPerS,
    micros: 64e6 / requestsPerS,
    cpuMicros,
    rssMiB: 120,
    seconds: 5,
    ...rest,
  });
  const against = (contender: string, one: Shape) =>
    scenario(
      'stream',
      '200 streams, the same titles for everyone.',
      [
        phase('throughput', 'closed', one, random),
        phase(
          'latency at 200 req/s',
          'open',
          { ...one, requestsPerS: 200, micros: one.cpuMicros * 1.2 },
          random,
        ),
      ],
      [],
      [],
      contender,
    );
  return {
    ...sampleResult(3),
    command: 'npm run perf:compare',
    scenarios: [
      against('sluice', shape(19_800, 44, {})),
      against('stremio-addon-sdk', shape(1_610, 612, { hasProbe: false, rssMiB: 171 })),
      against('json-pipeline', shape(905, 1_108, { hasProbe: false, redis: 1, rssMiB: 204 })),
    ],
  };
}

/** Steps of a rate, as `npm run perf:capacity` writes them. */
export function sampleCapacity(): PerfResult {
  const random = new Random(11);
  const steps = [400, 800, 1200, 1600, 2000, 2400].map((rate, index) =>
    phase(
      `${rate.toLocaleString('en-US')} req/s`,
      'open',
      {
        requestsPerS: rate,
        micros: 700 * 1.7 ** index,
        cpuMicros: 402,
        rssMiB: 180 + 4 * index,
        seconds: 6,
        redis: 0.3,
        sql: 0.02,
      },
      random,
      1,
    ),
  );
  const command = "npm run perf:capacity -- --slo 'p95<5ms' --scenario mixed";
  return { ...sampleResult(5), command, scenarios: [scenario('mixed', 'A realistic day.', steps)] };
}
