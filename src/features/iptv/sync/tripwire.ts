/** Differences that nobody wants to see published without a look. */
import type { DifferenceCounts } from './store.ts';

const VANISHING_SHARE_MAX = 0.2;
const SHRUNK_SHARE = 0.5;
/** Of fewer channels any share is soon reached. */
const BEFORE_MIN = 10;

/** Why a person has to look, or an empty text. */
export function tripwire({ before, total, removed }: DifferenceCounts): string {
  if (before < BEFORE_MIN) return '';
  if (total < before * SHRUNK_SHARE)
    return `the list has ${total} entries, less than half of the ${before} before`;
  if (removed > before * VANISHING_SHARE_MAX)
    return `${removed} of ${before} entries would vanish, more than ${VANISHING_SHARE_MAX * 100} %`;
  return '';
}
