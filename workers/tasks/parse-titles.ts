/** Pool task `titles.parse`: many release titles at once. The answer is columns of codes and one text of names. */
import { releaseCodes } from '../../src/lib/release-title/codes.ts';
import { parseReleaseTitle } from '../../src/lib/release-title/parse.ts';
import type { TaskHandler } from '../contract.ts';

/** 10,000 titles take half a second of a thread; beyond it, callers cut their lists. */
export const TITLES_MAX = 10_000;

/** Numbers a title in `codes`, in the order of `ReleaseCodes`. */
const CODES = 12;

export const parseTitles: TaskHandler<'titles.parse'> = ({ titles }) => {
  if (titles.length > TITLES_MAX)
    throw new RangeError(`${titles.length} titles: expected at most ${TITLES_MAX}`);
  const codes = new Float64Array(titles.length * CODES);
  const names = titles.map((title, index) => {
    const release = parseReleaseTitle(title);
    codes.set(Object.values(releaseCodes(release)), index * CODES);
    const { title: name, year = 0, seasons, episodes, group = '' } = release;
    return [name, year, seasons, episodes, group] as const;
  });
  return { codes, names: JSON.stringify(names) };
};
