/** Sides of a comparison, a round each in turn: a slow second of the machine hits all of them. */
import { median } from '../harness/statistics.ts';
import type { RoundResult } from '../result.ts';
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

/** Of one round to the round of the other side that was beside it: median over the rounds. */
export function medianRatio(
  one: Phase,
  other: Phase,
  figure: (round: RoundResult) => number | null,
): number {
  const value = (round: RoundResult | undefined) =>
    (round === undefined ? null : figure(round)) ?? Number.NaN;
  return median(
    one.result.rounds.map((round, at) => value(round) / value(other.result.rounds[at])),
  );
}

/** Microseconds of CPU that a request took, for `medianRatio`. */
export function cpuMicros({ server }: RoundResult): number | null {
  return server.cpuMicrosPerRequest;
}

function joined(phases: readonly Phase[]): Phase {
  const [first] = phases;
  if (first === undefined) throw new Error('there were no rounds');
  return {
    rounds: phases.flatMap(({ rounds }) => rounds),
    result: { ...first.result, rounds: phases.flatMap(({ result }) => result.rounds) },
  };
}
