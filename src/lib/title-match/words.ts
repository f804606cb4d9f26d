/**
 * Names and release titles as words that can be compared: folded, with numbers as digits however they are written
 * (`Part Two`, `Vol. II`, `2`), and with what separates them.
 */
import { plainText } from '../search-text.ts';
import { numberOf } from './number-words.ts';
import type { TitleFacts } from './title-facts.ts';

/** `part`: a bracket, slash or bar, between which another name may stand. `subtitle`: a dash with blanks, or a colon. */
export type Break = 'none' | 'subtitle' | 'part';

export interface Word {
  /** Lower case, without accents; numbers are digits. */
  readonly text: string;
  /** As it is written, folded alike. */
  readonly written: string;
  /** Where it stands in the text that it is of. */
  readonly from: number;
  readonly to: number;
  /** What stands before it. */
  readonly before: Break;
  /** A number after "part" or "volume", which are left out. */
  readonly isPart: boolean;
}

/** More words than any name and what follows it have; a longer text is read so far. */
const WORDS_MAX = 96;
const TOKEN = /[\p{L}\p{N}\p{M}'’‘ʼʻ´`]+|[&＆﹠+]/gu;
const ASCII_WORD = /^[A-Za-z0-9]+$/;
const PART_BREAK = /[/\\|[\](){}【】「」『』《》〈〉（）［］]/;
const SUBTITLE_BREAK = /[:：~～]|[\s._][-–—]+(?=[\s._])|[–—]/;

const PART_WORDS: ReadonlySet<string> = new Set([
  'part',
  'pt',
  'vol',
  'volume',
  'chapter',
  'teil',
  'partie',
  'parte',
  'capitulo',
  'chapitre',
  'kapitel',
]);

/** "And" is a sign or left out; the others stand in the middle of names. */
const NO_WORDS: ReadonlySet<string> = new Set(['and', 'ppv']);

/** What decides how words are read: of movies an "episode" is a part, and Japanese has several Latin spellings. */
export type Kind = Pick<TitleFacts, 'type' | 'isAnime'>;

/** `Suizou` and `Suizo`, `Shippuuden` and `Shippuden`. */
const LONG_VOWELS = /o[uo]|uu/g;

/** At most WORDS_MAX of them. "And" is no word: it is written as a sign, or left out. */
export function wordsOf(text: string, { type, isAnime }: Kind): Word[] {
  const words: Word[] = [];
  let end = 0;
  let partWord: Word | undefined;
  let before: Break = 'none';
  for (const token of text.matchAll(TOKEN)) {
    if (words.length >= WORDS_MAX) break;
    const [raw] = token;
    before = stronger(before, token.index === end ? 'none' : breakOf(text.slice(end, token.index)));
    end = token.index + raw.length;
    for (const written of foldedOf(raw)) {
      if (NO_WORDS.has(written)) continue;
      const number = numberOf(written, partWord !== undefined);
      const isPart = partWord !== undefined && number !== undefined;
      if (partWord !== undefined && number === undefined) words.push(partWord);
      partWord = undefined;
      const from = token.index;
      const word = {
        text: number ?? (isAnime ? short(written) : written),
        written,
        from,
        to: end,
        before,
        isPart,
      };
      before = 'none';
      if (isPartWord(written, type)) partWord = word;
      else words.push(word);
    }
  }
  if (partWord !== undefined) words.push(partWord);
  return words;
}

function short(word: string): string {
  return word === 'wo' ? 'o' : word.replace(LONG_VOWELS, (vowel) => vowel.charAt(0));
}

function isPartWord(word: string, type: Kind['type']): boolean {
  return PART_WORDS.has(word) || (type === 'movie' && word === 'episode');
}

/** "AC/DC" is written with a sign, and "L'Été" with another. */
function foldedOf(token: string): readonly string[] {
  if (ASCII_WORD.test(token)) return [token.toLowerCase()];
  if (token === '&' || token === '+') return [];
  const plain = plainText(token);
  return plain === '' ? [] : plain.split(' ');
}

function breakOf(gap: string): Break {
  if (gap.length === 1) return PART_BREAK.test(gap) ? 'part' : gap === ':' ? 'subtitle' : 'none';
  if (PART_BREAK.test(gap)) return 'part';
  return SUBTITLE_BREAK.test(gap) ? 'subtitle' : 'none';
}

function stronger(one: Break, other: Break): Break {
  if (one === 'part' || other === 'part') return 'part';
  return one === 'subtitle' ? one : other;
}
