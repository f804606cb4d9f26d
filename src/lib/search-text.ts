/**
 * Words of titles and searches, made the same way on both sides. PostgreSQL only compares the results:
 * its own lower-casing and pg_trgm drop every letter that is not ASCII in a database with locale C.
 */

/** Raised with every change of `titleLexemes`: titles whose lexemes are older are written again at the next start. */
export const SEARCH_TEXT_VERSION = 2;

/** Scripts that are written without spaces: a search may start anywhere inside a run of these. */
const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** Signs that stand for one, and letters that look like one (ʻokina). */
const APOSTROPHE = /['’‘‛ʼʻʹ′`´]/u;
const APOSTROPHES = /['’‘‛ʼʻʹ′`´]/gu;
const SIGNS = /[^\p{L}\p{N}\p{M}]+/gu;
const AMPERSANDS = /[&＆﹠]/gu;
/** "Fast & Furious" is found by "fast and furious", "Hänsel & Gretel" by "hansel und gretel". */
const AND_WORDS = ['and', 'und', 'et', 'y', 'e', 'en', 'og', 'och'];
/** 8½ is eight and a half, not eighty-one halves. */
const VULGAR_FRACTION = /(?<=\d)(?=[\u00bc-\u00be\u2150-\u215e])/gu;

/** Letters that Unicode does not decompose, as people type them without such a keyboard. */
const PLAIN_LETTERS: Readonly<Record<string, string>> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ß: 'ss',
  ı: 'i',
  ȷ: 'j',
  ŋ: 'n',
  ħ: 'h',
  ŧ: 't',
  ĸ: 'k',
  ƀ: 'b',
  ɓ: 'b',
  ɖ: 'd',
  ɗ: 'd',
  ǥ: 'g',
  ɨ: 'i',
  ƙ: 'k',
  ɔ: 'o',
  ɛ: 'e',
  ə: 'e',
  ǝ: 'e',
  ʉ: 'u',
  ƶ: 'z',
  ς: 'σ',
};
const OTHER_LETTERS = new RegExp(`[${Object.keys(PLAIN_LETTERS).join('')}]`, 'gu');
/** Two letters for one, as Germans, Danes and Norwegians write them: Müller is Mueller, Åse is Aase. */
const SPELLED_OUT: Readonly<Record<string, string>> = {
  ä: 'ae',
  ö: 'oe',
  ü: 'ue',
  ø: 'oe',
  å: 'aa',
};
const UMLAUTS = /[äöüøå]/gu;

const WORD_CHARS_MAX = 40;
const TITLE_CHARS_MAX = 120;
/** Words of one search; each costs one look-up in the index, with its other spellings a few. */
const SEARCH_WORDS_MAX = 8;
/** Names of one title that are searched. */
const NAMES_MAX = 32;
/** Lexemes of one title with all its other names; long lists of names repeat themselves. */
const LEXEMES_MAX = 256;

/** Marks the lexeme that holds a whole title without its spaces; no word contains it. */
const WHOLE_TITLE = '=';
/** Marks the lexeme that holds the year. */
const YEAR = '@';
/** A search that ends in a year; "1984" alone is a title. */
const TRAILING_YEAR = /[\s([]((?:18|19|20)\d\d)[)\]]?\s*$/u;
/** A shorter beginning of a whole title says no more than the beginning of its first word. */
const BEGINNING_CHARS_MIN = 3;

/** `Amélie – “Le Film”` → `amelie le film`: letters and digits, in lower case, without accents, single spaces. */
export function plainText(text: string): string {
  return fold(text).replace(SIGNS, ' ').trim();
}

/** The lexemes that a title with these names is found by, sorted. `year` is 0 when unknown. */
export function titleLexemes(names: readonly string[], year = 0): string[] {
  const lexemes = new Set<string>();
  if (year > 0) lexemes.add(YEAR + String(year));
  for (const name of names.slice(0, NAMES_MAX)) {
    for (const spelling of spellings(name)) addName(lexemes, spelling);
  }
  return [...lexemes].slice(0, LEXEMES_MAX).sort();
}

export interface SearchQueries {
  /** A tsquery: every word is the start of a word of the title, in one of the ways that people write it. */
  readonly words: string;
  /** A tsquery: one of the title's names is exactly this, with its year where the search ends in one. */
  readonly whole: string;
}

/** What to ask the index for, or null when the search has no letter or digit. */
export function searchQueries(search: string): SearchQueries | null {
  if (wordsOf(search) === '') return null;
  const dated = yearAtTheEnd(search);
  const words = [wordsQuery(search)];
  const whole = [wholeQuery(search)];
  if (dated !== null) {
    words.push(`${wordsQuery(dated.title)} & ${dated.year}`);
    whole.push(`${wholeQuery(dated.title)} & ${dated.year}`);
  }
  return { words: anyOf(words), whole: anyOf(whole) };
}

/** `Nosferatu (1922)`: the title and the lexeme of the year; null without a year, or with nothing but one. */
function yearAtTheEnd(search: string): { readonly title: string; readonly year: string } | null {
  const match = TRAILING_YEAR.exec(search);
  const title = search.slice(0, match?.index ?? 0);
  return match === null || wordsOf(title) === '' ? null : { title, year: `'${YEAR}${match[1]}'` };
}

/** In lower case, without accents and apostrophes; other signs are still there. */
function fold(text: string): string {
  const decomposed = text
    .replace(APOSTROPHES, '')
    .replace(VULGAR_FRACTION, ' ')
    .replace(AMPERSANDS, ' and ')
    .normalize('NFKD');
  return decomposed
    .replace(/[\u0300-\u036f]/gu, '')
    .toLowerCase()
    .normalize('NFC')
    .replace(APOSTROPHES, '')
    .replace(OTHER_LETTERS, (letter) => PLAIN_LETTERS[letter] ?? letter);
}

/** As it is, and with its umlauts spelled out where it has any. */
export function spellings(text: string): string[] {
  const composed = text.normalize('NFC').toLowerCase();
  const spelledOut = composed.replace(UMLAUTS, (letter) => SPELLED_OUT[letter] ?? letter);
  return spelledOut === composed ? [text] : [text, spelledOut];
}

function addName(lexemes: Set<string>, name: string): void {
  const plain = plainText(name);
  if (plain === '') return;
  lexemes.add(whole(name));
  for (const word of plain.split(' ')) addWord(lexemes, word);
  for (const word of joinedWords(name)) lexemes.add(cut(word, WORD_CHARS_MAX));
  // L'Avventura is found by "lavventura" and by "avventura".
  if (APOSTROPHE.test(name)) {
    for (const word of plainText(name.replace(APOSTROPHES, ' ')).split(' '))
      if (word !== '') addWord(lexemes, word);
  }
  if (name.search(AMPERSANDS) >= 0) for (const word of AND_WORDS) lexemes.add(word);
}

/** A word, and in scripts without spaces everything that follows a character of it, too. */
function addWord(lexemes: Set<string>, word: string): void {
  lexemes.add(cut(word, WORD_CHARS_MAX));
  if (!UNSPACED.test(word)) return;
  const characters = Array.from(word);
  for (let at = 1; at < characters.length; at++)
    lexemes.add(cut(characters.slice(at).join(''), WORD_CHARS_MAX));
}

/** The words of a text with the signs inside of them left out: `Spider-Man 2` → `spiderman`, `2`. */
function joinedWords(text: string): string[] {
  const folded = fold(text.replace(AMPERSANDS, '-'));
  return folded
    .split(/\s+/u)
    .map((word) => word.replace(SIGNS, ''))
    .filter((word) => word !== '');
}

/** The lexeme of the whole title; `Spider-Man`, `Spider Man` and `Spiderman` are one. */
function whole(name: string): string {
  return WHOLE_TITLE + cut(plainText(name).replaceAll(' ', ''), TITLE_CHARS_MAX);
}

function wholeQuery(search: string): string {
  return anyOf(spellings(search).map((spelling) => `'${whole(spelling)}'`));
}

/** The words one by one, two of them as one, without the signs inside of words, or the beginning of the whole title. */
function wordsQuery(search: string): string {
  const forms = spellings(search).map(searchWords);
  const ways = forms[0]?.map((_, at) => forms.map((form) => form[at] ?? '')) ?? [];
  const pairs = ways
    .slice(1)
    .map((_, at) => [
      ...ways.slice(0, at),
      forms.map((form) => `${form[at]}${form[at + 1]}`),
      ...ways.slice(at + 2),
    ]);
  const joined = joinedWords(search)
    .slice(0, SEARCH_WORDS_MAX)
    .map((word) => [word]);
  const alternatives = [ways, ...pairs, joined].map((words) =>
    words.map(startsWithAny).join(' & '),
  );
  const beginnings = spellings(search)
    .map(whole)
    .filter((beginning) => beginning.length > BEGINNING_CHARS_MIN);
  return anyOf([...alternatives, ...beginnings.map((beginning) => `'${beginning}':*`)]);
}

function searchWords(search: string): string[] {
  return wordsOf(search).split(' ').slice(0, SEARCH_WORDS_MAX);
}

/** A sign for "and" is no word: titles have it as a word of any language, or not at all. */
function wordsOf(search: string): string {
  return plainText(search.replace(AMPERSANDS, ' '));
}

function startsWithAny(words: readonly string[]): string {
  return anyOf(words.map((word) => `'${cut(word, WORD_CHARS_MAX)}':*`));
}

function anyOf(queries: readonly string[]): string {
  const different = [...new Set(queries)].filter((query) => query !== '');
  return different.length === 1 ? different.join('') : `(${different.join(' | ')})`;
}

/** At most so many UTF-16 units, never half a character. */
function cut(text: string, charsMax: number): string {
  const end = text.charCodeAt(charsMax - 1);
  return text.slice(0, end >= 0xd800 && end <= 0xdbff ? charsMax - 1 : charsMax);
}
