/**
 * Words of titles and searches, made the same way on both sides. PostgreSQL only compares the results:
 * its own lower-casing and pg_trgm drop every letter that is not ASCII in a database with locale C.
 */

/** Scripts that are written without spaces: a search may start anywhere inside a run of these. */
const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

const APOSTROPHE = /['’]/u;
const APOSTROPHES = /['’]/gu;

const WORD_CHARS_MAX = 40;
const TITLE_CHARS_MAX = 120;
/** Words of one search; each costs one look-up in the index. */
const SEARCH_WORDS_MAX = 8;
/** Names of one title that are searched. */
const NAMES_MAX = 32;
/** Lexemes of one title with all its other names; long lists of names repeat themselves. */
const LEXEMES_MAX = 256;

/** Marks the lexeme that holds a whole title; no word contains it. */
const WHOLE_TITLE = '=';

/** `Amélie – “Le Film”` → `amelie le film`: letters and digits, in lower case, without accents, single spaces. */
export function plainText(text: string): string {
  const folded = text.normalize('NFKD').replace(/[\u0300-\u036f]/gu, '').toLowerCase().normalize('NFC');
  return folded.replace(APOSTROPHES, '').replace(/[^\p{L}\p{N}\p{M}]+/gu, ' ').trim();
}

/** The lexemes that a title with these names is found by, sorted. */
export function titleLexemes(names: readonly string[]): string[] {
  const lexemes = new Set<string>();
  for (const name of names.slice(0, NAMES_MAX)) {
    const plain = plainText(name);
    if (plain === '') continue;
    lexemes.add(WHOLE_TITLE + cut(plain, TITLE_CHARS_MAX));
    for (const word of plain.split(' ')) addWord(lexemes, word);
    // L'Avventura is found by "lavventura" and by "avventura".
    if (!APOSTROPHE.test(name)) continue;
    for (const word of plainText(name.replace(APOSTROPHES, ' ')).split(' ')) addWord(lexemes, word);
  }
  return [...lexemes].slice(0, LEXEMES_MAX).sort();
}

export interface SearchQueries {
  /** A tsquery: every word is the start of a word of the title. */
  readonly words: string;
  /** A tsquery: one of the title's names is exactly this. */
  readonly whole: string;
}

/** What to ask the index for, or null when the search has no letter or digit. */
export function searchQueries(search: string): SearchQueries | null {
  const plain = plainText(search);
  if (plain === '') return null;
  const words = plain.split(' ').slice(0, SEARCH_WORDS_MAX);
  return {
    words: words.map((word) => `'${cut(word, WORD_CHARS_MAX)}':*`).join(' & '),
    whole: `'${WHOLE_TITLE}${cut(plain, TITLE_CHARS_MAX)}'`,
  };
}

/** A word, and in scripts without spaces everything that follows a character of it, too. */
function addWord(lexemes: Set<string>, word: string): void {
  lexemes.add(cut(word, WORD_CHARS_MAX));
  if (!UNSPACED.test(word)) return;
  const characters = Array.from(word);
  for (let at = 1; at < characters.length; at++) lexemes.add(cut(characters.slice(at).join(''), WORD_CHARS_MAX));
}

/** At most so many UTF-16 units, never half a character. */
function cut(text: string, charsMax: number): string {
  const end = text.charCodeAt(charsMax - 1);
  return text.slice(0, end >= 0xd800 && end <= 0xdbff ? charsMax - 1 : charsMax);
}
