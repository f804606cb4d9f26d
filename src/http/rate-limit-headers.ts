/** `RateLimit-Limit`, `-Remaining` and `-Reset`, as limiters of many servers write them, in one native call. */
import { Buffer } from 'node:buffer';
import type { RateLimit } from './route.ts';

export const RATE_LIMIT_NAME = Buffer.from('RateLimit-Limit');

/** Of `RateLimit-Limit`, and the lines after it. */
export function rateLimitValue({ limit, remaining, fullInMs }: RateLimit): string {
  const resetS = Math.ceil(fullInMs / 1000);
  return `${limit}\r\nRateLimit-Remaining: ${remaining}\r\nRateLimit-Reset: ${resetS}`;
}
