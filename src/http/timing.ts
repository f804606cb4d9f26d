/**
 * `X-Request-Id`, `X-Process-Time` ("0.0123 seconds", the format that clients of such servers know) and
 * `Server-Timing` with the tiers touched, as the value of one header write.
 */
import { TIER_DATABASE, TIER_L1, TIER_L2, TIER_POOL, TIER_REUSE } from './route.ts';

const TIER_NAMES: readonly (readonly [bit: number, name: string])[] = [
  [TIER_L1, 'l1'],
  [TIER_L2, 'l2'],
  [TIER_DATABASE, 'db'],
  [TIER_POOL, 'pool'],
  [TIER_REUSE, 'reuse'],
];
const TIER_MASK = TIER_L1 | TIER_L2 | TIER_DATABASE | TIER_POOL | TIER_REUSE;

/** `Server-Timing` has hundredths of a millisecond; below 1 ms the whole text comes from a table. */
const STEPS_PER_MS = 100;
const FAST_TEXTS: (string | undefined)[] = Array.from({ length: (TIER_MASK + 1) * STEPS_PER_MS });

/** Name of the header whose value `timingValue` returns. */
export const TIMING_NAME = Buffer.from('X-Request-Id');

/** Names of the tiers of these bits. */
export function tierNames(tiers: number): readonly string[] {
  return TIER_NAMES.filter(([bit]) => (tiers & bit) !== 0).map(([, name]) => name);
}

/** @param requestId validated or ours: it is not sanitised again */
export function timingValue(requestId: string, tiers: number, elapsedMs: number): string {
  const steps = Math.trunc(elapsedMs * STEPS_PER_MS);
  if (steps < 0 || steps >= STEPS_PER_MS)
    return requestId + timingText(tiers & TIER_MASK, elapsedMs);
  const slot = (tiers & TIER_MASK) * STEPS_PER_MS + steps;
  const text = (FAST_TEXTS[slot] ??= timingText(tiers & TIER_MASK, steps / STEPS_PER_MS));
  return requestId + text;
}

function timingText(tiers: number, elapsedMs: number): string {
  const names = tierNames(tiers)
    .map((name) => `${name}, `)
    .join('');
  const seconds = (elapsedMs / 1000).toFixed(4);
  return `\r\nX-Process-Time: ${seconds} seconds\r\nServer-Timing: ${names}total;dur=${elapsedMs.toFixed(2)}`;
}
