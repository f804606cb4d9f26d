/** Pool task `names.check`: whether a user's regular expressions can be used, tried on given names. */
import { checkExpressions } from '../../src/lib/name-filter/name-filter.ts';
import { compiledFilter } from '../compiled-filters.ts';
import type { TaskHandler } from '../contract.ts';

export const checkNames: TaskHandler<'names.check'> = ({ patterns, names }) => {
  const problems = checkExpressions(patterns, Math.max(1, names.length));
  const isUsable = names.length > 0 && problems.every((problem) => problem === null);
  if (!isUsable) return { problems, matches: new Uint8Array(names.length) };
  const test = compiledFilter(patterns);
  return { problems, matches: Uint8Array.from(names, (name) => (test(name) ? 1 : 0)) };
};
