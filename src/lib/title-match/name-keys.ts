/**
 * Names as keys: a name without blanks in every way that releases write it. A release's words joined together are looked up
 * among them, so `Spider-Man`, `Spider Man` and `Spiderman` are one, and `S.W.A.T.` is `SWAT`.
 */
import { spellings } from '../search-text.ts';
import { BRANDS, COUNTRY_CODES } from './known-words.ts';
import { letterNumber, ordinalOf } from './number-words.ts';
import { romanizations } from './romanize.ts';
import { seasonWords } from './season-words.ts';
import type { TitleFacts } from './title-facts.ts';
import { wordsOf, type Word } from './words.ts';

const NAMES_MAX = 64;
const NAME_CHARS_MAX = 200;
/** Ways to write one name; each kind of change doubles them at most. */
const WAYS_MAX = 48;
/** Of one name, and of a title: names beyond that repeat the ones before. */
const NAME_KEYS_MAX = 200;
const KEYS_MAX = 1000;
/** One letter is no evidence of a shorter name. */
const SHORTER_NAME_CHARS_MIN = 4;

const ARTICLES: ReadonlySet<string> = new Set(
  'the a an der die das ein eine le la les l un une el los las il lo gli i o os as um uma de het een den det en ett'.split(
    ' ',
  ),
);
const ENGLISH_ARTICLES: ReadonlySet<string> = new Set(['the', 'a', 'an']);
/** "And" in other languages, where names use them between words. */
const AND_WORDS = ['und', 'et', 'y', 'e', 'en', 'og', 'och', 'i', 'и'];
const AND_SIGN = /\s*[&＆+]\s*/gu;
/** What a name goes on with: a subtitle, or its second name. */
const SUBTITLE = /\s*(?::\s|\s[-–—]\s|\(|\s+or[,:]?\s+(?=[\p{Lu}(]))/u;
const BRACKETED_END = /\s*[([]([^()[\]]{2,20})[)\]]\s*$/;

export interface NameKeys {
  /** Each is the whole name. */
  readonly whole: ReadonlySet<string>;
  /** Beginnings of movies' names, up to the subtitle: with the very year they will do. */
  readonly shorter: ReadonlySet<string>;
  /** By key of a name without its season: `Tidal Clock 2nd Season` is season 2 of `Tidal Clock`. */
  readonly seasons: ReadonlyMap<string, number>;
  /** Countries that names end in, `US` of `The Office (US)`. */
  readonly countries: ReadonlySet<string>;
}

export function nameKeys(facts: TitleFacts): NameKeys {
  const whole = new Set<string>();
  const shorter = new Set<string>();
  const seasons = new Map<string, number>();
  const countries = new Set<string>();
  const names = facts.names.slice(0, NAMES_MAX).map((name) => name.slice(0, NAME_CHARS_MAX));
  const seasonsKnown = lastSeasonOf(facts);
  for (const known of names) {
    if (whole.size >= KEYS_MAX) break;
    const name = seasonsKnown > 1 ? withoutSeason(known, names, facts, seasonsKnown) : known;
    addAll(whole, keysOf(name, facts));
    const base = withoutQualifier(name, facts, countries);
    if (base !== name) addAll(whole, keysOf(base, facts));
    if (facts.type === 'movie') addAll(shorter, shorterKeys(base, facts));
    else if (seasonsKnown <= 1) addSeason(seasons, base, facts);
  }
  whole.delete('');
  shorter.delete('');
  return { whole, shorter, seasons, countries };
}

/** Of words of a release, to be looked up. */
export function keyOf(words: readonly Word[], from: number, to: number): string {
  let key = '';
  for (let at = from; at < to; at++) key += words[at]?.text ?? '';
  return key;
}

export function isArticle(word: string | undefined): boolean {
  return word !== undefined && ARTICLES.has(word);
}

export function isEnglishArticle(word: string | undefined): boolean {
  return word !== undefined && ENGLISH_ARTICLES.has(word);
}

/** `Hard Rain (1998)` and `The Office (US)` without what only tells them from others. */
function withoutQualifier(name: string, facts: TitleFacts, countries: Set<string>): string {
  const [all = '', inside = ''] = BRACKETED_END.exec(name) ?? [];
  if (all === '' || all.length === name.length) return name;
  const country = COUNTRY_CODES.get(inside.toLowerCase());
  if (country !== undefined) countries.add(country);
  const isQualifier =
    country !== undefined || inside === String(facts.year) || /^(?:tv|movie|film)\b/i.test(inside);
  return isQualifier ? name.slice(0, -all.length) : name;
}

/** The name as it is, with umlauts spelled out, and in Latin letters. */
function keysOf(name: string, facts: TitleFacts): Set<string> {
  const keys = new Set<string>();
  for (const text of [...spellings(name), ...romanizations(name)])
    for (const written of andWays(text)) {
      const words = wordsOf(written, facts);
      if (keys.size >= NAME_KEYS_MAX) break;
      for (const way of waysOf(words, facts)) keys.add(way.join(''));
    }
  return keys;
}

/** `Hänsel & Gretel` with every word that a release may have for the sign. */
function andWays(name: string): string[] {
  if (name.search(AND_SIGN) < 0) return [name];
  return [name, ...AND_WORDS.map((word) => name.replace(AND_SIGN, ` ${word} `))];
}

type Change = (words: readonly string[]) => readonly string[];

function waysOf(words: readonly Word[], { type }: TitleFacts): readonly (readonly string[])[] {
  const numbers = words.map(({ text }) => text);
  const changes: Change[] = [
    withoutArticle,
    withArticleFirst,
    withoutBrand,
    withoutAndWord,
    withOtherLastNumber,
    ...(type === 'movie' ? [withoutFirstPart] : []),
  ];
  let ways: (readonly string[])[] = [numbers, words.map(({ written }) => written)];
  for (const change of changes) {
    const changed = ways.map(change).filter((way, at) => way !== ways[at] && way.length > 0);
    ways = [...ways, ...changed].slice(0, WAYS_MAX);
  }
  return ways;
}

const withoutArticle: Change = (words) =>
  words.length > 1 && isArticle(words[0]) && words.slice(1).join('').length > 1
    ? words.slice(1)
    : words;

/** `Matrix, The` */
const withArticleFirst: Change = (words) => {
  const last = words.at(-1);
  return words.length > 1 &&
    last !== undefined &&
    ['the', 'a', 'an', 'der', 'die', 'das', 'le', 'la', 'les'].includes(last)
    ? [last, ...words.slice(0, -1)]
    : words;
};

const withoutBrand: Change = (words) =>
  words.length > 1 && BRANDS.has(words[0] ?? '') ? words.slice(1) : words;

const withoutAndWord: Change = (words) => {
  const at = words.findIndex(
    (word, index) => index > 0 && index < words.length - 1 && AND_WORDS.includes(word),
  );
  return at === -1 ? words : words.toSpliced(at, 1);
};

/** `Saw X` is `Saw 10`. */
const withOtherLastNumber: Change = (words) => {
  const other = words.length > 1 ? letterNumber(words.at(-1) ?? '') : undefined;
  return other === undefined ? words : [...words.slice(0, -1), other];
};

/** `Dune: Part One` is `Dune` to most. */
const withoutFirstPart: Change = (words) =>
  words.length > 1 && words.at(-1) === '1' ? words.slice(0, -1) : words;

/** `Dr. Strangelove` of a longer name; none where a number says which of several movies it is. */
function shorterKeys(name: string, facts: TitleFacts): Set<string> {
  const keys = new Set<string>();
  const at = name.search(SUBTITLE);
  if (at <= 0) return keys;
  const rest = wordsOf(name.slice(at), facts);
  if (rest.length === 0 || rest.some(({ isPart }) => isPart)) return keys;
  for (const key of keysOf(name.slice(0, at), facts))
    if (key.length >= SHORTER_NAME_CHARS_MIN) keys.add(key);
  return keys;
}

function lastSeasonOf({ episodes }: TitleFacts): number {
  return episodes.reduce((last, { season }) => Math.max(last, season), 0);
}

/**
 * Names of one season among those of all: `Tidal Clock 2nd Season` is season 2 of `Tidal Clock`, not a name of it.
 * A bare number is a season only behind another name, `Tidal Clock II`.
 */
function withoutSeason(
  name: string,
  names: readonly string[],
  facts: TitleFacts,
  lastSeason: number,
): string {
  const words = wordsOf(name, facts);
  for (let at = 1; at < words.length; at++) {
    const found = seasonWords(words, at, words.length);
    if (found?.to !== words.length || found.season > lastSeason) continue;
    const base = name.slice(0, words[at - 1]?.to);
    const isBare = at === words.length - 1 && words[at]?.isPart === false;
    if (!isBare || names.includes(base)) return base;
  }
  return name;
}

function addSeason(seasons: Map<string, number>, name: string, facts: TitleFacts): void {
  const words = wordsOf(name, facts);
  const { season, length } = seasonAtTheEnd(words, facts.isAnime);
  if (season < 2 || length >= words.length) return;
  const base = name.slice(0, words[words.length - length]?.from);
  for (const key of keysOf(base, facts)) seasons.set(key, season);
}

/** `2nd Season`, `Season 2`, `S2`, `II` at the end of a name, and how many words that is. */
function seasonAtTheEnd(
  words: readonly Word[],
  isAnime: boolean,
): { season: number; length: number } {
  const [last, before] = [words.at(-1), words.at(-2)];
  if (last === undefined || before === undefined) return { season: 0, length: 0 };
  if (last.text === 'season') return { season: ordinalOf(before.text) ?? 0, length: 2 };
  if (before.text === 'season' && /^\d{1,2}$/.test(last.text))
    return { season: Number(last.text), length: 2 };
  const short =
    /^s(\d{1,2})$/.exec(last.text)?.[1] ?? (isAnime && /^\d$/.test(last.text) ? last.text : '0');
  return { season: Number(short), length: 1 };
}

function addAll(target: Set<string>, keys: Iterable<string>): void {
  for (const key of keys) {
    if (target.size >= KEYS_MAX) return;
    target.add(key);
  }
}
