/** Words of a search as patterns of `LIKE` that names of releases match, whatever stands between their words. */

const WORDS_MAX = 12;
const APOSTROPHES = /['’ʼʻ`´]/g;

/** Runs of letters and digits; each once. An apostrophe is part of its word. */
export function nameWords(text: string): readonly string[] {
  const words = text
    .normalize('NFC')
    .replaceAll(APOSTROPHES, "'")
    .split(/[^\p{L}\p{N}\p{M}']+/u)
    .map((word) => word.replaceAll(/^'+|'+$/g, ''))
    .filter((word) => word !== '');
  return [...new Set(words)].slice(0, WORDS_MAX);
}

/** `ocean's` is written `Oceans`, `Ocean's` and `Ocean.s`. Words have none of the signs that patterns have. */
export function wordPattern(word: string): string {
  return `%${word.replaceAll(/'+/g, '%')}%`;
}
