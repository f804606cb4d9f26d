/** Which of the listed segments players are told of. */
import type { WrittenSegment } from '../../lib/hls/playlist.ts';
import type { StoredSegment } from './store.ts';

/** A missing one of the last few is on its way: those behind it wait for it. */
const ON_THE_WAY = 3;

/**
 * Only what is stored. What never came is a gap in a live stream, whose numbers go on, and left out of a recording.
 * @param listed in their order
 * @param windowSegments null for a recording: all of them
 */
export function publishedSegments(
  listed: readonly StoredSegment[],
  windowSegments: number | null,
): readonly WrittenSegment[] {
  if (windowSegments === null) return recorded(listed);
  const missing = listed.findIndex(
    ({ isStored }, at) => !isStored && at >= listed.length - ON_THE_WAY,
  );
  const there = missing === -1 ? listed : listed.slice(0, missing);
  const last = there.slice(-windowSegments);
  return last.some(({ isStored }) => isStored)
    ? last.map((segment) => ({ ...segment, isGap: !segment.isStored }))
    : [];
}

function recorded(listed: readonly StoredSegment[]): readonly WrittenSegment[] {
  return listed.flatMap((segment, at) => {
    if (!segment.isStored) return [];
    const isBehindGap = at > 0 && listed[at - 1]?.isStored === false;
    const isDiscontinuity = segment.isDiscontinuity || isBehindGap;
    return [{ ...segment, isDiscontinuity, isGap: false }];
  });
}
