/** Which rows of a StreamSet a name filter matches. */
import type { StreamSet } from '../stream-set/stream-set.ts';
import type { NameTest } from './name-filter.ts';

/** One byte a row: 1 where the release title or the file name matches. */
export function matchRows(set: StreamSet, test: NameTest): Uint8Array {
  const matches = new Uint8Array(set.rowCount);
  for (let row = 0; row < set.rowCount; row++) {
    if (test(set.name(row)) || (set.columns.filenameId[row] !== 0 && test(set.filename(row))))
      matches[row] = 1;
  }
  return matches;
}
