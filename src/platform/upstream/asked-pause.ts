/** What a server says about when it wants to be called again: `Retry-After`, `X-RateLimit-*`, and 429 without either. */

type ReadHeader = (lowerCaseName: string) => string;

/** Whatever a server says, it is asked again once in a while. */
export const PAUSE_MAX_MS = 3_600_000;
/** After 429 without a word about how long: doubles with each one in a row. */
const UNSAID_FIRST_MS = 5000;
const UNSAID_MAX_MS = 300_000;
/** Times in ms, in seconds, and above those spans of seconds, as servers write `X-RateLimit-Reset`. */
const EPOCH_MS_MIN = 1e12;
const EPOCH_S_MIN = 1e9;

/**
 * How long the server wants to be left alone, in ms, at most an hour; 0: not at all.
 * @param limitedInRow answers with 429 in a row, this one included
 * @param nowMs by the clock of this machine, for servers that do not say their own time
 */
export function askedPauseMs(
  status: number,
  header: ReadHeader,
  limitedInRow: number,
  nowMs: number,
): number {
  const serverNowMs = Date.parse(header('date')) || nowMs;
  const retryAfterMs = status === 429 || status >= 500 ? retryAfter(header, serverNowMs) : 0;
  const usedUpMs = usedUp(header, serverNowMs);
  const pauseMs = Math.max(retryAfterMs, usedUpMs);
  if (pauseMs > 0) return Math.min(pauseMs, PAUSE_MAX_MS);
  if (status !== 429) return 0;
  return Math.min(UNSAID_FIRST_MS * 2 ** (limitedInRow - 1), UNSAID_MAX_MS);
}

/** RFC 9110 section 10.2.3: seconds or a date. */
function retryAfter(header: ReadHeader, serverNowMs: number): number {
  const value = header('retry-after').trim();
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  return positive(Date.parse(value) - serverNowMs);
}

/** Until the quota is full again, when nothing is left of it. */
function usedUp(header: ReadHeader, serverNowMs: number): number {
  const remaining = header('x-ratelimit-remaining') || header('ratelimit-remaining');
  if (!/^\s*-?\d/.test(remaining) || Number.parseFloat(remaining) > 0) return 0;
  const reset = header('x-ratelimit-reset') || header('ratelimit-reset');
  const value = Number(reset.trim() || Number.NaN);
  if (Number.isNaN(value)) return positive(Date.parse(reset) - serverNowMs);
  if (value >= EPOCH_MS_MIN) return positive(value - serverNowMs);
  if (value >= EPOCH_S_MIN) return positive(value * 1000 - serverNowMs);
  return positive(value * 1000);
}

function positive(ms: number): number {
  return ms > 0 ? ms : 0;
}
