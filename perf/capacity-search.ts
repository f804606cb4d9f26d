/** The highest rate that an objective holds at: up in large steps until it breaks, then between the last two. */

export interface Step {
  readonly ratePerS: number;
  readonly holds: boolean;
}

const GROWTH = 1.5;
/** The answer is known to this share. */
const PRECISION = 0.05;
/** A server that keeps it at any rate that can be asked for is not searched for ever. */
const STEPS_MAX = 24;

/**
 * Tries rates until the highest one that holds is known to 5 %.
 * @param firstPerS where to begin; half and half again when it does not hold
 * @param tryRate measures at a rate
 * @returns what was tried, in order; the answer is the highest that holds, null when none does
 */
export async function searchCapacity(
  firstPerS: number,
  tryRate: (ratePerS: number) => Promise<boolean>,
): Promise<{ readonly steps: readonly Step[]; readonly capacityPerS: number | null }> {
  const steps: Step[] = [];
  let holding = 0;
  let breaking = Infinity;
  let ratePerS = Math.max(1, Math.round(firstPerS));
  while (steps.length < STEPS_MAX) {
    const holds = await tryRate(ratePerS);
    steps.push({ ratePerS, holds });
    if (holds) holding = Math.max(holding, ratePerS);
    else breaking = Math.min(breaking, ratePerS);
    if (breaking <= Math.max(1, holding * (1 + PRECISION))) break;
    ratePerS = nextRate(holding, breaking);
  }
  return { steps, capacityPerS: holding === 0 ? null : holding };
}

function nextRate(holding: number, breaking: number): number {
  if (breaking === Infinity) return Math.ceil(holding * GROWTH);
  if (holding === 0) return Math.max(1, Math.floor(breaking / 2));
  return Math.round((holding + breaking) / 2);
}
