/** Sides of a comparison, a round each in turn: a slow second of the machine hits all of them. */
import { median } from '../harness/statistics.ts';
import { runPhase, warmUp, type Target } from './phases.ts';
import type { Bench, Phase } from './scenario.ts';

export interface Side {
  readonly name: string;
  readonly target: Target;
}

/** A closed loop on each, in the order of `sides`. */
export async function runInTurn(
  bench: Bench,
  sides: readonly Side[],
  { rounds, warmUpS }: { readonly rounds: number; readonly warmUpS: number },
): Promise<readonly Phase[]> {
  const measured = sides.map((): Phase[] => []);
  for (const { target } of sides) await warmUp(bench, target, warmUpS);
  for (let round = 0; round < rounds; round++)
    for (const [at, { name, target }] of sides.entries())
      measured[at]?.push(await runPhase(bench, target, { name, loop: 'closed', rounds: 1 }));
  return measured.map(joined);
}

/** Median over the rounds of the microseconds of CPU that a request took. */
export function cpuMicros({ result }: Phase): number {
  return median(result.rounds.map((round) => round.server.cpuMicrosPerRequest ?? Number.NaN));
}

function joined(phases: readonly Phase[]): Phase {
  const [first] = phases;
  if (first === undefined) throw new Error('there were no rounds');
  return {
    rounds: phases.flatMap(({ rounds }) => rounds),
    result: { ...first.result, rounds: phases.flatMap(({ result }) => result.rounds) },
  };
}
