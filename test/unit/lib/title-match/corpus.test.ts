/** Protects matching against real names: a release is of its own title, and of none of 50 others. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { readCases, type TitleCase } from '../../../../native-bench/titles-cases.ts';
import { parseReleaseTitle } from '../../../../src/lib/release-title/parse.ts';
import { plainText } from '../../../../src/lib/search-text.ts';
import {
  compileTitle,
  type CompiledTitle,
} from '../../../../src/lib/title-match/compiled-title.ts';
import { verdictOf } from './match-cases.ts';

const CORPUS = '../shared/data/release-titles/cases.jsonl';
const OTHERS = 50;
/** What is left are samples, subtitles, sequels by a name that the cases give without its number, and bouts (`UFC 218`). */
const OWN_SHARE_MIN = 0.945;
/** Names that differ by an article or a language: `Show Name` and `The Show Name`. */
const OTHERS_SHARE_MAX = 0.0005;

interface Item {
  readonly release: string;
  readonly name: string;
  readonly title: CompiledTitle;
}

test(
  'real releases are of their own title and of no other',
  { skip: existsSync(CORPUS) ? false : `${CORPUS} is not there` },
  async () => {
    const items = readCases(await readFile(CORPUS, 'utf8')).flatMap(itemOf);
    const own = items.filter(({ title, release }) => isAccepted(title, release)).length;
    assert.ok(own / items.length >= OWN_SHARE_MIN, `${own} of ${items.length}`);
    const strange = items.flatMap((item, at) =>
      Array.from({ length: OTHERS }, (_, step) => items[(at + 1 + step * 13) % items.length])
        .filter((other) => other !== undefined && other.name !== item.name)
        .filter((other) => other !== undefined && isAccepted(other.title, item.release))
        .map((other) => `${item.release} as ${other?.name}`),
    );
    const share = strange.length / (items.length * OTHERS);
    assert.ok(share <= OTHERS_SHARE_MAX, strange.join('\n'));
  },
);

function isAccepted(title: CompiledTitle, release: string): boolean {
  return verdictOf(title, { release, title: '' }).accepted;
}

/** The title as the case's own facts describe it; what they leave out, the parser says. */
function itemOf({ title: release, expected, isPath }: TitleCase): readonly Item[] {
  const name = expected['title'];
  if (isPath || typeof name !== 'string' || name === '') return [];
  const parsed = parseReleaseTitle(release);
  const date = expected['date'] ?? parsed.date;
  const isSeries = [
    expected['seasons'] ?? parsed.seasons,
    expected['episodes'] ?? parsed.episodes,
  ].some((list) => Array.isArray(list) && list.length > 0);
  const title = compileTitle({
    type: isSeries || date !== undefined || expected['type'] === 'series' ? 'series' : 'movie',
    imdbId: '',
    tmdbId: '',
    names: [name],
    year: Number(expected['year'] ?? parsed.year ?? 0),
    endYear: 0,
    isAnime: false,
    isAdult: true,
    episodes:
      typeof date === 'string' ? [{ season: 1, episode: 1, absolute: 0, released: date }] : [],
  });
  return [{ release, name: plainText(name), title }];
}
