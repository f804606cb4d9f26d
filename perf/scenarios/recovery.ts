/** How soon a server is itself again. */
import type { PhaseResult } from '../result.ts';
import { atMost } from './figures.ts';

const RECOVERED_WITHIN_S = 5;

/** The first second in which nothing was refused and as much served as was asked for. */
export function recovered(name: string, after: PhaseResult | undefined) {
  const [round] = after?.rounds ?? [];
  const wanted = 0.95 * (after?.ratePerS ?? 0);
  const full = (round?.timeline ?? []).find(
    ({ requestsPerS: served, shedPerS }) => served >= wanted && shedPerS === 0,
  );
  return atMost(`${name}: full speed again after`, full?.atS ?? Infinity, RECOVERED_WITHIN_S, 's');
}
