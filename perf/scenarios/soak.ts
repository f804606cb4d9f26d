/** A fixed rate for long: memory and handles must not grow. */
import { slopeOf } from '../harness/statistics.ts';
import { PERF_SECRET_KEY } from '../install-tokens.ts';
import { atMost } from './figures.ts';
import { mixedRequests } from './mixed.ts';
import { runPhase, warmUp, warningsOf, type Target } from './phases.ts';
import type { Bench, Outcome, SpecialScenario } from './scenario.ts';
import { startScenarioServer } from './standard.ts';

const RATE_PER_S = 500;
/** Caches fill and the heap finds its size. */
const WARM_UP_S = 30;
/** The first run was flat from the fourth minute on: 476, 504, 510 MB after 1, 4 and 10 minutes. */
const SETTLING_S = 240;
const MB = 1e6;

export const SOAK: SpecialScenario = {
  name: 'soak',
  description: `The mixed day at ${RATE_PER_S} req/s for ten minutes (--soak-minutes).`,
  needs: { seed: true, redis: true },
  run,
};

async function run(bench: Bench): Promise<Outcome> {
  await bench.data.emptyRedis();
  await using server = await startScenarioServer(
    { environment: { SECRET_KEY: PERF_SECRET_KEY }, needs: SOAK.needs },
    bench.data,
  );
  const target: Target = {
    server,
    requests: await mixedRequests(bench.data),
    needs: SOAK.needs,
    position: 0,
  };
  await warmUp(bench, target, WARM_UP_S);
  const settling = {
    name: 'settling',
    loop: 'open',
    ratePerS: RATE_PER_S,
    rounds: 1,
    roundS: SETTLING_S,
  } as const;
  const before = await runPhase(bench, target, settling);
  const phase = await runPhase(bench, target, {
    ...settling,
    name: 'soak',
    roundS: bench.settings.soakMinutes * 60,
  });
  const points = phase.result.rounds.flatMap(({ timeline }) =>
    timeline.map(({ atS, rssBytes }) => [atS / 60, rssBytes / MB] as const),
  );
  const handles = (one: typeof phase) => one.result.rounds.at(-1)?.server.handles ?? 0;
  return {
    phases: [before.result, phase.result],
    checks: [
      atMost('RSS slope', slopeOf(points), 1, 'MB a minute'),
      // A timer or two of the moment is no growth.
      atMost('handles more than before', handles(phase) - handles(before), 5, 'handles'),
      atMost(
        'failed',
        phase.result.rounds.reduce((sum, { failed }) => sum + failed, 0),
        0,
        'requests',
      ),
    ],
    warnings: [...warningsOf(before), ...warningsOf(phase)],
  };
}
