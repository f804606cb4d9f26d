/** Regular expressions of users that this thread has compiled. */
import { LRUCache } from 'lru-cache';
import { compileExpressions, type NameTest } from '../src/lib/name-filter/name-filter.ts';

/** 256 KB each at the very most. */
const FILTERS_MAX = 64;
const filters = new LRUCache<string, NameTest>({ max: FILTERS_MAX });

export function compiledFilter(patterns: readonly string[]): NameTest {
  const key = JSON.stringify(patterns);
  const known = filters.get(key);
  if (known !== undefined) return known;
  const made = compileExpressions(patterns);
  filters.set(key, made);
  return made;
}
