/** A comparison in the form that `perf:report` reads: one scenario result for each case and contender. */
import type { PhaseResult, ScenarioResult } from '../result.ts';
import { CONNECTIONS, throughputGenerator } from './measure.ts';
import type { CaseVerdict, Compared } from './verdicts.ts';

/** The bars of a case stand with Sluice's result. */
export function scenarioResults({ compared, contenders }: CaseVerdict): readonly ScenarioResult[] {
  const checks = contenders.flatMap(({ check }) => (check === null ? [] : [check]));
  return contenders.map((one, index) => ({
    name: compared.name,
    description: `${compared.description}; ${one.contender.name}: ${one.contender.description}`,
    contender: one.contender.name,
    phases: phasesOf(one),
    checks: index === 0 ? checks : [],
    warnings: one.warnings,
  }));
}

function phasesOf({ contender, rounds, latency }: Compared): readonly PhaseResult[] {
  const isTarget = 'baseUrl' in contender.server;
  return [
    {
      name: 'throughput',
      loop: 'closed',
      generator: isTarget ? 'sluice' : throughputGenerator,
      connections: CONNECTIONS,
      ratePerS: null,
      rounds,
    },
    {
      name: 'latency of one connection',
      loop: 'closed',
      generator: 'sluice',
      connections: 1,
      ratePerS: null,
      rounds: [latency],
    },
  ];
}
