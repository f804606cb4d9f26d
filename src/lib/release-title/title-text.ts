/** The name of the film or series as it stands in the title: dots that belong to it, and nothing that does not. */

const ACRONYM = /(?<![A-Za-z])(?:[A-Z]\.){5,}/g;
const FIRST_NOT_ASCII = 0x80;
const LETTERS = /^[\p{L}\p{M}]+$/u;
const SITE_BEFORE =
  /^(?:www\.)?[A-Za-z0-9-]{3,20}\.(?:com|org|net|to|cc|tv|me|in|co|info|xyz|lat|sbs|show)\s+-\s+/i;

/** @param title as it was sent; @param found what the library takes for the name */
export function titleText(title: string, found: string): string {
  const whole = withFirstLetters(title, found);
  let text = whole.includes(' - ') ? whole.replace(SITE_BEFORE, '') : whole;
  if (!title.includes('.')) return text;
  if (!/[A-Z]\.[A-Z]\.[A-Z]\./.test(title)) return withEllipses(title, text);
  for (const [acronym] of title.matchAll(ACRONYM)) {
    const letters = acronym.replaceAll('.', ' ').trim();
    if (text.includes(letters)) text = text.replace(letters, acronym);
  }
  return withEllipses(title, text);
}

/** The library drops letters that are not ASCII from the beginning: `Ágora` is `gora` to it. */
function withFirstLetters(title: string, found: string): string {
  if (title.charCodeAt(0) < FIRST_NOT_ASCII || found === '') return found;
  const [word = ''] = found.split(' ', 1);
  const before = title.slice(0, Math.max(0, title.indexOf(word)));
  return LETTERS.test(before) ? before + found : found;
}

/** `What.If...2010` is "What If...". Three dots join words, more of them also end one. */
function withEllipses(title: string, text: string): string {
  let result = text;
  if (!title.includes('...')) return result;
  for (const match of title.matchAll(/([\p{L}\p{N}]+)(\.{3,})([\p{L}\p{N}]*)/gu)) {
    const [, before = '', dots = '', after = ''] = match;
    const plain = `${before} ${after}`;
    const joint = dots.length > 3 ? '... ' : '...';
    if (after !== '' && result.includes(plain))
      result = result.replace(plain, before + joint + after);
    else if (result.endsWith(before)) result += '...';
  }
  return result;
}
