/** A StreamSet made here, of rows that are known: never null, unlike one that comes from a cache. */
import type { StreamRow } from '../stream/fields.ts';
import { adoptStreamSet } from './decode.ts';
import { encodeStreamSet } from './encode.ts';
import type { StreamSetMedia } from './row.ts';
import type { SearchMark } from './search-mark.ts';
import type { StreamSet } from './stream-set.ts';

export function packedSet(
  media: StreamSetMedia,
  rows: readonly StreamRow[],
  mark?: SearchMark,
): StreamSet {
  const set = adoptStreamSet(encodeStreamSet(media, rows, mark));
  if (set === null) throw new TypeError('a set that was packed here cannot be read');
  return set;
}
