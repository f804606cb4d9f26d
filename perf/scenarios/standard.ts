/** How a load scenario runs: warm-up, throughput in a closed loop, latency in an open one at half of it. */
import { startSluice, type ServerProcess } from '../harness/server-process.ts';
import type { BenchData } from '../harness/bench-data.ts';
import { requestsPerS } from './figures.ts';
import { RATE_MAX, runPhase, warmUp, warningsOf, type Target } from './phases.ts';
import type { Bench, LoadScenario, Outcome } from './scenario.ts';

/** The server of a load scenario, which lives until it is disposed. `root`: another build than this one. */
export async function startScenarioServer(
  scenario: Pick<LoadScenario, 'environment' | 'needs'>,
  data: BenchData,
  more: { readonly root?: string; readonly imports?: readonly string[] } = {},
): Promise<ServerProcess> {
  if (scenario.needs.seed) await data.readFromDisk();
  return await startSluice({
    ...more,
    environment: {
      POSTGRES_URI: data.postgresUri,
      ...(scenario.needs.redis && data.redisUrl !== null ? { REDIS_URL: data.redisUrl } : {}),
      ...scenario.environment,
    },
  });
}

export async function runStandard(bench: Bench, scenario: LoadScenario): Promise<Outcome> {
  await bench.data.emptyRedis();
  await using server = await startScenarioServer(scenario, bench.data);
  const requests = await scenario.requests(bench.data);
  await verify(server, requests.paths[0] ?? '/', requests.headers ?? {});
  const target: Target = { server, requests, needs: scenario.needs, position: 0 };
  await warmUp(bench, target, scenario.warmUpS);
  const throughput = await runPhase(bench, target, { name: 'throughput', loop: 'closed' });
  const half = requestsPerS(throughput.result) / 2;
  const ratePerS = Math.max(1, Math.floor(scenario.ratePerS ?? Math.min(half, RATE_MAX)));
  const name =
    ratePerS < Math.floor(half) ? `latency at ${ratePerS} req/s` : 'latency at half of capacity';
  const latency = await runPhase(bench, target, { name, loop: 'open', ratePerS });
  const phases = [throughput.result, latency.result];
  return {
    phases,
    checks: scenario.checks?.(phases) ?? [],
    warnings: [throughput, latency].flatMap(warningsOf),
  };
}

/** The first answer, before anything is measured. @throws Error when it is not what the scenario is about */
export async function verify(
  server: ServerProcess,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
    headers,
    signal: AbortSignal.timeout(30_000),
  });
  const bytes = (await response.arrayBuffer()).byteLength;
  if (response.status !== 200 || bytes === 0)
    throw new Error(`${path.slice(-80)} was answered ${response.status} with ${bytes} bytes`);
}
