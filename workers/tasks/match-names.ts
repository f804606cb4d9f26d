/** Pool task `names.match`: users' regular expressions on the names of a StreamSet, or on given names. */
import { LRUCache } from 'lru-cache';
import { matchRows } from '../../src/lib/name-filter/match-rows.ts';
import { checkExpressions, compileExpressions, type NameTest } from '../../src/lib/name-filter/name-filter.ts';
import { decodeStreamSet } from '../../src/lib/stream-set/decode.ts';
import type { TaskHandler } from '../contract.ts';

/** Compiled filters of this thread: 256 KB each at the very most. */
const FILTERS_MAX = 64;
const filters = new LRUCache<string, NameTest>({ max: FILTERS_MAX });

export const matchNames: TaskHandler<'names.match'> = ({ patterns, blob, names }) => {
  if (blob !== null) {
    const set = decodeStreamSet(Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength));
    return { problems: [], matches: set === null ? new Uint8Array(0) : matchRows(set, filterOf(patterns)) };
  }
  const problems = checkExpressions(patterns);
  if (names.length === 0) return { problems, matches: new Uint8Array(0) };
  const test = filterOf(patterns);
  return { problems, matches: Uint8Array.from(names, (name) => (test(name) ? 1 : 0)) };
};

function filterOf(patterns: readonly string[]): NameTest {
  const key = JSON.stringify(patterns);
  const known = filters.get(key);
  if (known !== undefined) return known;
  const made = compileExpressions(patterns);
  filters.set(key, made);
  return made;
}
