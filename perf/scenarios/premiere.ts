/** A herd: a thousand clients ask at the same moment for a title that nothing has cached. */
import { heavyTitleIds } from '../harness/bench-data.ts';
import { PERF_SECRET_KEY } from '../install-tokens.ts';
import { atMost, medianOf } from './figures.ts';
import { HEAVY_STREAM_PATH } from './paths.ts';
import { runPhase, warmUp, warningsOf } from './phases.ts';
import type { Bench, Outcome, SpecialScenario } from './scenario.ts';
import { startScenarioServer } from './standard.ts';

const CLIENTS = 1000;
/** Every round takes a title that was not asked for before. */
const ROUNDS = 10;

export const PREMIERE: SpecialScenario = {
  name: 'premiere',
  description: `${CLIENTS} clients ask at one moment for one title with 200 streams that no cache holds.`,
  needs: { seed: false, redis: true },
  run,
};

async function run(bench: Bench): Promise<Outcome> {
  const { needs } = PREMIERE;
  await bench.data.emptyRedis();
  await using server = await startScenarioServer(
    { environment: { SECRET_KEY: PERF_SECRET_KEY }, needs },
    bench.data,
  );
  const target = { server, requests: { paths: [HEAVY_STREAM_PATH] }, needs, position: 0 };
  await warmUp(bench, target, 2);
  const cold = heavyTitleIds().filter((id) => !HEAVY_STREAM_PATH.includes(id));
  const herd = await runPhase(bench, target, {
    name: `${CLIENTS} clients at once`,
    loop: 'burst',
    connections: CLIENTS,
    rounds: ROUNDS,
    roundS: 1,
    requestsOf: (round) => ({ paths: [`/stream/movie/${cold[round % cold.length] ?? ''}.json`] }),
  });
  const failed = herd.rounds.reduce((sum, { result }) => sum + result.failed + result.shed, 0);
  return {
    phases: [herd.result],
    checks: [
      atMost(
        'stream queries a herd',
        Math.max(...herd.rounds.map(({ executed }) => executed?.streamQueries ?? Infinity)),
        1,
        'statements',
      ),
      atMost('p99', medianOf(herd.result, (round) => round.latency?.p99) / 1000, 250, 'ms'),
      atMost('not served', failed, 0, 'requests'),
    ],
    warnings: warningsOf(herd),
  };
}
