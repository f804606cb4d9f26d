/** Where in a release title the name of a title stands, and whether it is the whole name there. */
import { bareEpisode } from './bare-episodes.ts';
import type { CompiledTitle } from './compiled-title.ts';
import {
  BRANDS,
  countryOfRelease,
  endsName,
  isCollection,
  isCollectionOrEdition,
  isEditionAt,
} from './known-words.ts';
import { isArticle, isEnglishArticle } from './name-keys.ts';
import { seasonWords } from './season-words.ts';
import type { TitleFacts } from './title-facts.ts';
import type { Word } from './words.ts';

/**
 * `whole`: the name and nothing else. `beside`: other words stand beside it behind a dash: a second name, or a subtitle.
 * `shorter`: the beginning of the name, up to its subtitle. `longer`: the words go on.
 */
export type NameFit = 'whole' | 'beside' | 'shorter' | 'longer';

export interface NameFound {
  readonly fit: NameFit;
  /** The words that it is. */
  readonly from: number;
  readonly to: number;
  /** Which season the name stands for without its number; 0 when for the whole title. */
  readonly seasonOfTitle: number;
}

/** What the parser takes for the name, as a range of the release's words; `from` is -1 when it is not among them. */
export interface ParsedName {
  readonly from: number;
  readonly to: number;
}

interface Search {
  readonly words: readonly Word[];
  readonly title: CompiledTitle;
  readonly parsed: ParsedName;
  /** The first word that is not in the brackets before everything. */
  readonly first: number;
}

const FITS: readonly NameFit[] = ['whole', 'beside', 'shorter', 'longer'];
const LEADING_BRACKETS = /^\s*(?:(?:\[[^\]]*\]|【[^】]*】|\([^)]*\)|（[^）]*）)[\s_.-]*)+/;
const SLASHES = /[/\\|]/;
const PART_NUMBER = /^\d{1,2}$/;

/** The best place, or undefined when no name begins anywhere that a name may begin. @param text of the words */
export function findName(
  text: string,
  words: readonly Word[],
  title: CompiledTitle,
  parsed: ParsedName,
): NameFound | undefined {
  const search = { words, title, parsed, first: firstAfterBrackets(text, words) };
  let best: NameFound | undefined;
  for (const start of startsOf(search, text)) {
    const found = nameAt(search, start);
    if (found !== undefined && isBetter(found, best)) best = found;
  }
  return best;
}

function isBetter(one: NameFound, other: NameFound | undefined): boolean {
  if (other === undefined) return true;
  const [rank, otherRank] = [FITS.indexOf(one.fit), FITS.indexOf(other.fit)];
  return rank !== otherRank ? rank < otherRank : one.to - one.from > other.to - other.from;
}

function firstAfterBrackets(text: string, words: readonly Word[]): number {
  const end = LEADING_BRACKETS.exec(text)?.[0].length ?? 0;
  const first = words.findIndex(({ from }) => from >= end);
  return first === -1 ? 0 : first;
}

/** Names begin at the front, after what separates, and where the parser says; behind what ends a name only after slashes. */
function startsOf({ words, parsed, first }: Search, text: string): number[] {
  const starts: number[] = [];
  let isBehind = false;
  for (const [at, word] of words.entries()) {
    const isFront = at === 0 || at === first || at === parsed.from;
    const isAfterSlash = word.before === 'part' && SLASHES.test(gapBefore(text, words, at));
    const isInside = !isBehind && !endsName(word) && beginsAnother(words, at);
    const isStart = isFront || isInside || isAfterSlash;
    if (isStart) {
      starts.push(at);
      const isDetached = isEnglishArticle(word.text) || BRANDS.has(word.written);
      if (isDetached && at + 1 < words.length) starts.push(at + 1);
    }
    isBehind ||= at >= first && endsName(word);
  }
  return starts;
}

function beginsAnother(words: readonly Word[], at: number): boolean {
  return words[at]?.before !== 'none' || isAka(words, at);
}

/** `aka`, `a.k.a.` */
function isAka(words: readonly Word[], at: number): boolean {
  const [third, second, last] = [words[at - 3], words[at - 2], words[at - 1]];
  if (last?.written === 'aka') return true;
  return last?.written === 'a' && second?.written === 'k' && third?.written === 'a';
}

function gapBefore(text: string, words: readonly Word[], at: number): string {
  return text.slice(words[at - 1]?.to ?? 0, words[at]?.from);
}

/** The longest name that begins here. */
function nameAt(search: Search, from: number): NameFound | undefined {
  const { words, title } = search;
  const { whole, shorter, seasons } = title.keys;
  let found: NameFound | undefined;
  let key = '';
  for (let to = from + 1; to <= words.length; to++) {
    key += words[to - 1]?.text ?? '';
    if (key.length > title.keyCharsMax) break;
    if (whole.has(key)) found = { fit: 'whole', from, to, seasonOfTitle: 0 };
    else if (seasons.has(key)) {
      found = { fit: 'whole', from, to, seasonOfTitle: seasons.get(key) ?? 0 };
    } else if (shorter.has(key) && found?.fit !== 'whole')
      found = { fit: 'shorter', from, to, seasonOfTitle: 0 };
  }
  if (found === undefined || isGroup(search, found)) return undefined;
  const after = fitAfter(search, found.to);
  const before = fitBefore(search, from);
  const fit = [found.fit, after, before].toSorted(byRank).at(-1) ?? 'longer';
  // A beginning of the name that goes on otherwise is another movie of the same kind.
  if (found.fit === 'shorter' && fit !== 'shorter') return undefined;
  return { ...found, fit };
}

/** `[Judas] Name - 05`: in the brackets before a name stands who released it. */
function isGroup(
  { words, first, parsed }: Search,
  { from, to }: { from: number; to: number },
): boolean {
  const next = words[first];
  return (
    from < first && to <= first && from !== parsed.from && next !== undefined && !endsName(next)
  );
}

function byRank(one: NameFit, other: NameFit): number {
  return FITS.indexOf(one) - FITS.indexOf(other);
}

function fitBefore({ words, parsed, first }: Search, from: number): NameFit {
  if (from <= first || from === parsed.from) return 'whole';
  const previous = words[from - 1];
  const isSecondWord = isEnglishArticle(previous?.text) || BRANDS.has(previous?.written ?? '');
  if (words[from]?.before === 'part' || isSecondWord || isAka(words, from)) return 'whole';
  return 'beside';
}

/** The parser's name ends here, or ended inside of the title's, so that what follows is none. */
function hasEnded({ from, to }: ParsedName, at: number): boolean {
  return from !== -1 && at >= to;
}

/** Whether the name ends where it does, or goes on. */
function fitAfter(search: Search, to: number): NameFit {
  const { words, title, parsed } = search;
  let at = to;
  for (;;) {
    const word = words[at];
    if (word === undefined || hasEnded(parsed, at) || endsHere(search, at)) return 'whole';
    const next = otherNameAt(search, at);
    if (next > at) {
      at = next;
      continue;
    }
    const isMovie = title.facts.type === 'movie';
    const isDropped = at === to && (isArticle(word.text) || (isMovie && word.text === '1'));
    const isCountry = countryOfRelease(word) !== undefined;
    if ((isDropped || isCountry) && isEndOrBreak(search, at + 1)) return 'whole';
    if (word.before === 'part') return isMovie && isNumbered(word) ? 'longer' : 'whole';
    return word.before === 'subtitle' && !hasNumber(search, at) ? 'beside' : 'longer';
  }
}

function endsHere(search: Search, at: number): boolean {
  const { words, title } = search;
  const word = words[at];
  if (word === undefined) return true;
  if (isEditionAt(words, at)) return true;
  if (endsName(word) || isCollection(word) || isCollectionOrEdition(word)) return true;
  if (word.written === 'aka' || isAka(words, at + 3)) return true;
  if (word.written === 'the' && words[at + 1]?.written === 'complete') return true;
  if (bareEpisode(title, word) !== undefined) return true;
  const { facts } = title;
  return (
    facts.type === 'series' && seasonWords(words, at, sequelEnd(facts, search.parsed)) !== undefined
  );
}

/** Where a number at the end of the parser's name is a season; -1 when it never is. */
export function sequelEnd({ isAnime }: TitleFacts, { to }: ParsedName): number {
  return isAnime ? to : -1;
}

function isEndOrBreak(search: Search, at: number): boolean {
  const word = search.words[at];
  return at === search.parsed.to || endsHere(search, at) || word?.before !== 'none';
}

/** A second name right behind the first: where it ends, or `at`. */
function otherNameAt({ words, title }: Search, at: number): number {
  let end = at;
  let key = '';
  for (let to = at + 1; to <= words.length; to++) {
    key += words[to - 1]?.text ?? '';
    if (key.length > title.keyCharsMax) break;
    if (title.keys.whole.has(key) && to > at) end = to;
  }
  return end;
}

function isNumbered(word: Word): boolean {
  return word.isPart || (PART_NUMBER.test(word.text) && word.text !== '1');
}

/** Before the name's end: `Name - Part 2`, `Name: 3`. */
function hasNumber(search: Search, at: number): boolean {
  for (let index = at; index < search.words.length; index++) {
    const word = search.words[index];
    if (word === undefined || index === search.parsed.to || endsHere(search, index)) return false;
    if (index > at && word.before === 'part') return false;
    if (isNumbered(word)) return true;
  }
  return false;
}

/** Whether the title's name is among the words, wherever it stands. */
export function holdsName(words: readonly Word[], { keys, keyCharsMax }: CompiledTitle): boolean {
  for (let from = 0; from < words.length; from++) {
    let key = '';
    for (let to = from; to < words.length; to++) {
      key += words[to]?.text ?? '';
      if (key.length > keyCharsMax) break;
      if (keys.whole.has(key)) return true;
    }
  }
  return false;
}
