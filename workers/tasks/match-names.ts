/** Pool task `names.match`: users' regular expressions on the names of a StreamSet. */
import { matchRows } from '../../src/lib/name-filter/match-rows.ts';
import { decodeStreamSet } from '../../src/lib/stream-set/decode.ts';
import { compiledFilter } from '../compiled-filters.ts';
import type { TaskHandler } from '../contract.ts';

export const matchNames: TaskHandler<'names.match'> = ({ patterns, blob }) => {
  const set = decodeStreamSet(Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength));
  return { matches: set === null ? new Uint8Array(0) : matchRows(set, compiledFilter(patterns)) };
};
