/** Nothing is cached anywhere: every request reads its title's streams from PostgreSQL. */
import { PERF_SECRET_KEY } from '../install-tokens.ts';
import { Random } from '../seed/random.ts';
import { atMost, p95Ms, requestsPerS } from './figures.ts';
import { seededTitles, streamPath, zipfOrder } from './paths.ts';
import { runPhase, warmUp, warningsOf, type Target } from './phases.ts';
import type { Bench, Outcome, Phase, Requests, SpecialScenario } from './scenario.ts';
import { startScenarioServer, verify } from './standard.ts';

const RATE_PER_S = 1000;
const REQUESTS = 60_000;

export const STREAM_COLD: SpecialScenario = {
  name: 'stream-cold',
  description:
    "Titles by Zipf's law over all generated ones; both cache tiers are off, every request is a statement over all streams.",
  needs: { seed: true, redis: false },
  run,
};

/** The server of it: nothing kept in the process, and no Redis. */
export const COLD_ENVIRONMENT = { SECRET_KEY: PERF_SECRET_KEY, CACHE_MEMORY_BYTES: '0' };

export async function coldRequests(bench: Pick<Bench, 'data'>): Promise<Requests> {
  const titles = await seededTitles(bench.data);
  const random = new Random(5);
  return {
    paths: titles.map((title) => streamPath(title, random)),
    order: zipfOrder(titles.length, REQUESTS),
  };
}

async function run(bench: Bench): Promise<Outcome> {
  const tenth = Math.max(1, Math.round(bench.data.profile.databaseBytes / 10 / 2 ** 20));
  const usual = await measure(bench, '', true);
  await bench.data.restartPostgres([`shared_buffers=${tenth}MB`]);
  try {
    const small = await measure(bench, `, shared_buffers ${tenth} MiB`, false);
    const queries = small
      .concat(usual)
      .flatMap(({ rounds }) =>
        rounds.map(
          ({ executed, result }) =>
            (executed?.streamQueries ?? 0) / Math.max(1, result.succeeded + result.failed),
        ),
      );
    const [, atRate] = usual;
    const [atRateSmall] = small;
    return {
      phases: [...usual, ...small].map(({ result }) => result),
      checks: [
        atMost(`p95 at ${RATE_PER_S} req/s`, p95Ms(atRate?.result), 15, 'ms'),
        atMost(
          `p95 at ${RATE_PER_S} req/s, shared_buffers a tenth of the data`,
          p95Ms(atRateSmall?.result),
          15,
          'ms',
        ),
        atMost('stream queries a request', Math.max(...queries), 1, 'statements'),
      ],
      warnings: [...usual, ...small].flatMap(warningsOf),
    };
  } finally {
    await bench.data.restartPostgres([]);
  }
}

async function measure(
  bench: Bench,
  suffix: string,
  withThroughput: boolean,
): Promise<readonly Phase[]> {
  const needs = STREAM_COLD.needs;
  await using server = await startScenarioServer(
    { environment: COLD_ENVIRONMENT, needs },
    bench.data,
  );
  const requests = await coldRequests(bench);
  await verify(server, requests.paths[0] ?? '/', {});
  const target: Target = { server, requests, needs, position: 0 };
  await warmUp(bench, target, 5);
  const throughput = withThroughput
    ? [await runPhase(bench, target, { name: `throughput${suffix}`, loop: 'closed' })]
    : [];
  const capacity = requestsPerS(throughput[0]?.result);
  const atRate = await runPhase(bench, target, {
    name: `latency at ${RATE_PER_S} req/s${suffix}`,
    loop: 'open',
    ratePerS: RATE_PER_S,
  });
  if (!withThroughput) return [atRate];
  const half = await runPhase(bench, target, {
    name: 'latency at half of capacity',
    loop: 'open',
    ratePerS: Math.max(1, Math.floor(capacity / 2)),
  });
  return [...throughput, atRate, half];
}
