/** More than the server can do: what it still does, how fast it refuses the rest, and how soon it is itself again. */
import type { PhaseResult } from '../result.ts';
import { PERF_SECRET_KEY } from '../install-tokens.ts';
import { atLeast, atMost, medianOf, requestsPerS } from './figures.ts';
import { distinctStreamPaths } from './paths.ts';
import { recovered } from './recovery.ts';
import { runPhase, warmUp, warningsOf, type Target } from './phases.ts';
import type { Bench, Needs, Outcome, Phase, Requests, SpecialScenario } from './scenario.ts';
import { startScenarioServer } from './standard.ts';
import { COLD_ENVIRONMENT, coldRequests } from './stream-cold.ts';
import { runWithControlClient } from './with-control-client.ts';

const FACTORS = [2, 5] as const;
const OVERLOAD_S = 10;
/** The server bears with long turns for 0.3 s of it before it refuses. */
const LEAD_IN_S = 3;
/** Connected before: 20,000 requests waited while the generator connected, which it caught up with in six seconds. */
const CONNECTIONS = 2048;
/** So many clients that none of them waits for another's connection. */
const CONNECTIONS_MAX = 4096;
/**
 * Linux keeps 0.05 of a core from real-time threads, a pause of 50 ms a second. A generator at its limit runs into that, and takes the
 * control client with it; when PostgreSQL has nothing to do it needs no priority.
 */
const PRIORITY_ALONE = 0;
const PRIORITY_BESIDE_POSTGRES = 1;
const RECOVERY_S = 10;
/** In the recovery: a load that the server is at ease with. */
const RECOVERY_SHARE = 0.5;
/** The overload, its control, the recovery. */
const PHASES_A_FACTOR = 3;
const MB = 1e6;

export const OVERLOAD: SpecialScenario = {
  name: 'overload',
  description:
    'Twice and five times the capacity of stream-distinct and of stream-cold, in an open loop, then half of it.',
  needs: { seed: true, redis: false },
  run,
};

interface Case {
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly requests: Requests;
  readonly priority: number;
}

async function run(bench: Bench): Promise<Outcome> {
  const distinct = await overload(bench, {
    name: 'distinct',
    environment: { SECRET_KEY: PERF_SECRET_KEY },
    requests: { paths: distinctStreamPaths() },
    priority: PRIORITY_ALONE,
  });
  const cold = await overload(bench, {
    name: 'cold',
    environment: COLD_ENVIRONMENT,
    requests: await coldRequests(bench),
    priority: PRIORITY_BESIDE_POSTGRES,
  });
  return {
    phases: [...distinct.phases, ...cold.phases],
    checks: [...distinct.checks, ...cold.checks],
    warnings: [...distinct.warnings, ...cold.warnings],
  };
}

async function overload(
  bench: Bench,
  { name, environment, requests, priority }: Case,
): Promise<Outcome> {
  const needs: Needs = OVERLOAD.needs;
  await using server = await startScenarioServer({ environment, needs }, bench.data);
  const target: Target = { server, requests, needs, position: 0 };
  await warmUp(bench, target, 6);
  const throughput = await runPhase(bench, target, { name: `${name}: capacity`, loop: 'closed' });
  const capacity = requestsPerS(throughput.result);
  const phases: Phase[] = [throughput];
  for (const factor of FACTORS) {
    const { load, control } = await runWithControlClient(bench, target, {
      name: `${name}: ${factor} × capacity`,
      loop: 'open',
      ratePerS: Math.floor(capacity * factor),
      connections: CONNECTIONS,
      connectionsMax: CONNECTIONS_MAX,
      roundS: OVERLOAD_S,
      leadInS: LEAD_IN_S,
      priority,
    });
    phases.push(load, control);
    phases.push(
      await runPhase(bench, target, {
        name: `${name}: after ${factor} × capacity`,
        loop: 'open',
        ratePerS: Math.floor(capacity * RECOVERY_SHARE),
        rounds: 1,
        roundS: RECOVERY_S,
      }),
    );
  }
  const results = phases.map(({ result }) => result);
  const [atFive, control, after] = results.slice(-PHASES_A_FACTOR);
  return {
    phases: results,
    checks: [...checksOf(name, throughput.result, atFive, control), recovered(name, after)],
    warnings: phases.flatMap(warningsOf),
  };
}

/** How late a refusal is is told by the control client: at five times the capacity of `stream-distinct` the generator is late itself. */
function checksOf(
  name: string,
  usual: PhaseResult,
  atFive: PhaseResult | undefined,
  control: PhaseResult | undefined,
) {
  const growth =
    medianOf(atFive, ({ server }) => server.rssPeakBytes) -
    medianOf(usual, ({ server }) => server.rssPeakBytes);
  const failed =
    medianOf(atFive, (round) => round.failed) + medianOf(control, (round) => round.failed);
  return [
    atLeast(
      `${name}: goodput at 5 ×, of capacity`,
      requestsPerS(atFive) / requestsPerS(usual),
      0.8,
      '×',
    ),
    atMost(
      `${name}: p95 of refusals at 5 ×`,
      medianOf(control, ({ shedLatency }) => shedLatency?.p95) / 1000,
      50,
      'ms',
    ),
    atMost(`${name}: neither served nor refused at 5 ×`, failed, 0, 'requests'),
    atMost(`${name}: memory beyond that at capacity`, growth / MB, 200, 'MB'),
  ];
}
