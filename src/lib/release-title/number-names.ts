/**
 * Numbers that belong to a name: years that cannot be one (`Night Harbor 2049`), and names of digits alone (`1938`,
 * `[Group] 86 - 05`), which the library takes for years and episodes. It gets letters in their place.
 */
import { isTechnicalWord } from './technical-words.ts';

/** Releases come before their year by a few months at most; a clock that is behind must not make years impossible. */
const YEAR_MAX = Math.max(2026, new Date().getUTCFullYear()) + 1;
const LATE_YEAR_HINT = /20(?:2[7-9]|[3-9])|2100/;
const LATE_YEAR = /(?<![\dA-Za-z])([([]?)(20[2-9]\d|2100)(?![\dA-Za-z])[)\]]?/g;
const DIGITS_FIRST = /^([1-9]\d{0,3})[ ._]+([^ ._]+)(?:[ ._]|$)/;
const DIGITS_OF_FANSUB =
  /^(\[[^\]]{1,40}\][ _.]*)([1-9]\d{0,3})(?=[ _]-[ _]\d{2,3}(?:v\d)?(?![\dpi]))/;

const MARK = 'Qxz';
const LETTERS = 'qvwzjkyxuf';
const MASKED = new RegExp(`${MARK}([${LETTERS}]{1,4})`, 'g');

function masked(digits: string): string {
  return MARK + Array.from(digits, (digit) => LETTERS.charAt(Number(digit))).join('');
}

/** In brackets it is no part of the name either. */
function maskedIfLate(text: string, bracket: string, year: string): string {
  if (Number(year) <= YEAR_MAX) return text;
  return bracket === '' ? text.replace(year, masked(year)) : '';
}

/** @param isEpisodeFile the number that begins the name of a file in a folder may be an episode's */
export function withMaskedNumbers(title: string, isEpisodeFile: boolean): string {
  const text = LATE_YEAR_HINT.test(title) ? title.replace(LATE_YEAR, maskedIfLate) : title;
  const first = text.charCodeAt(0);
  if (first === OPEN_BRACKET)
    return text.replace(
      DIGITS_OF_FANSUB,
      (_, group: string, digits: string) => group + masked(digits),
    );
  if (isEpisodeFile || first < DIGIT_ONE || first > DIGIT_NINE) return text;
  const [, digits = '', next = ''] = DIGITS_FIRST.exec(text) ?? [];
  const isFileName = digits.length + 1 + next.length === text.length;
  const isName =
    digits !== '' && isTechnicalWord(next.toLowerCase()) && (!isFileName || YEAR_LIKE.test(digits));
  return isName ? masked(digits) + text.slice(digits.length) : text;
}

const OPEN_BRACKET = 0x5b;
const DIGIT_ONE = 0x31;
const DIGIT_NINE = 0x39;
/** `1938.mkv` is a name, `12.mkv` an episode. */
const YEAR_LIKE = /^(?:1[89]|20)\d\d$/;

/** The text with its numbers again. */
export function unmasked<T extends string | undefined>(text: T): T | string {
  return text?.includes(MARK) === true
    ? text.replaceAll(MASKED, (_, letters: string) =>
        Array.from(letters, (letter) => LETTERS.indexOf(letter)).join(''),
      )
    : text;
}
