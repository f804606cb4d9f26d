/** When services are to be asked for a title again. */
import type { LookedUp } from './lookup.ts';

const HOUR_S = 3600;
export const DAY_S = 24 * HOUR_S;
const MONTH_S = 30 * DAY_S;
const DAY_MS = DAY_S * 1000;
/** After its release, a film's names, dates and pictures are settled. */
const SETTLED_AFTER_DAYS = 90;

/** Seconds; a day for what still changes, a month for what does not, an hour where a service was missing. */
export function nextCheckS({ title, isPartial }: LookedUp, nowMs: number = Date.now()): number {
  if (isPartial) return HOUR_S;
  if (title.type === 'series') return title.isRunning ? DAY_S : MONTH_S;
  const released = Date.parse(title.released);
  const isSettled = nowMs - released > SETTLED_AFTER_DAYS * DAY_MS;
  return isSettled ? MONTH_S : DAY_S;
}
