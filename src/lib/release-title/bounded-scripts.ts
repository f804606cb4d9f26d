/**
 * Texts with so many kana, Chinese or Cyrillic characters that the library takes too long: its search for a second name in them
 * takes steps by the square of the text's length and their number, where no slash follows.
 */

const CHARACTERS = /[\u3040-\u30ff\u4e00-\u9fff\u0400-\u04ff]/g;
const SLASH = /[/|]/;
/** Some 6 ms. Names of 255 characters with 90 of them are within. */
const STEPS_MAX = 6_000_000;
/** Of any text this long all characters may be of these scripts. */
const CHARS_MIN = 180;

/** The text with blanks in place of as many of the last of them as are too many. */
export function withBoundedScripts(text: string): string {
  if (text.length <= CHARS_MIN) return text;
  const last = lastSlash(text);
  const length = text.length - last;
  const keptMax = Math.floor(STEPS_MAX / (length * length));
  let kept = 0;
  return (
    text.slice(0, last) +
    text.slice(last).replace(CHARACTERS, (one) => (++kept > keptMax ? ' ' : one))
  );
}

function lastSlash(text: string): number {
  for (let at = text.length - 1; at > 0; at--) if (SLASH.test(text.charAt(at))) return at;
  return 0;
}
