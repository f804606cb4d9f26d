/** Numbers as names write them: words, and Roman numerals that are no single letter. */

const WORDS = [
  'zero',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
  'twenty',
];
const ROMAN = [
  '',
  'i',
  'ii',
  'iii',
  'iv',
  'v',
  'vi',
  'vii',
  'viii',
  'ix',
  'x',
  'xi',
  'xii',
  'xiii',
  'xiv',
  'xv',
  'xvi',
  'xvii',
  'xviii',
  'xix',
  'xx',
];

const LETTERS: ReadonlyMap<string, string> = new Map([
  ['i', '1'],
  ['v', '5'],
  ['x', '10'],
]);
const NUMBERS: ReadonlyMap<string, string> = new Map([
  ...WORDS.map((word, number): [string, string] => [word, String(number)]),
  ...ROMAN.map((roman, number): [string, string] => [roman, String(number)]).filter(
    ([roman]) => roman.length > 1,
  ),
  ['hundred', '100'],
]);
const DIGITS = /^\d+$/;
const ORDINALS: ReadonlyMap<string, number> = new Map([
  ['first', 1],
  ['second', 2],
  ['third', 3],
  ['fourth', 4],
  ['fifth', 5],
  ['sixth', 6],
  ['seventh', 7],
  ['eighth', 8],
  ['ninth', 9],
  ['tenth', 10],
]);
const ORDINAL = /^(\d{1,2})(?:st|nd|rd|th)$/;

/** In digits; undefined for what is no number. @param isPart after "part", where `V` is one, too. */
export function numberOf(word: string, isPart: boolean): string | undefined {
  if (DIGITS.test(word)) return word.length > 1 ? word.replace(/^0+(?=\d)/, '') : word;
  return NUMBERS.get(word) ?? (isPart ? LETTERS.get(word) : undefined);
}

/** The digits of a single letter (`Saw X`), or the letter of digits (`Saw 10`); undefined where there is neither. */
export function letterNumber(word: string): string | undefined {
  const digits = LETTERS.get(word);
  if (digits !== undefined) return digits;
  for (const [letter, number] of LETTERS) if (number === word) return letter;
  return undefined;
}

/** `2nd`, `second`; undefined for other words. */
export function ordinalOf(word: string): number | undefined {
  const digits = ORDINAL.exec(word)?.[1];
  return digits === undefined ? ORDINALS.get(word) : Number(digits);
}
