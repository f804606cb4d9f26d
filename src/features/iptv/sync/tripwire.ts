/** Differences that nobody wants to see published without a look. */
import type { DifferenceCounts } from './store.ts';

const VANISHING_SHARE_MAX = 0.2;
const SHRUNK_SHARE = 0.5;
/** Of fewer channels any share is soon reached. */
const BEFORE_MIN = 10;

/** Why a person has to look, or an empty text. Channels are judged apart: there are many more films than channels. */
export function tripwire(counts: DifferenceCounts): string {
  const { total, before, removed, liveTotal, liveBefore, liveRemoved } = counts;
  return (
    reasonFor('', { total: liveTotal, before: liveBefore, removed: liveRemoved }) ||
    reasonFor('films and episodes: ', {
      total: total - liveTotal,
      before: before - liveBefore,
      removed: removed - liveRemoved,
    })
  );
}

function reasonFor(
  what: string,
  { total, before, removed }: Pick<DifferenceCounts, 'total' | 'before' | 'removed'>,
): string {
  if (before < BEFORE_MIN) return '';
  if (total < before * SHRUNK_SHARE)
    return `${what}the list has ${total} entries, less than half of the ${before} before`;
  if (removed > before * VANISHING_SHARE_MAX)
    return `${what}${removed} of ${before} entries would vanish, more than ${VANISHING_SHARE_MAX * 100} %`;
  return '';
}
