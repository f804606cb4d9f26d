/** `If-None-Match` (RFC 9110 section 13.1.2): weak comparison against the ETag of the chosen bytes. */

/**
 * Whether the client has the bytes of this ETag already. A header that is not a list of entity tags
 * does not match.
 * @param header as sent; not empty
 * @param etag strong, with its quotes
 */
export function matchesEtag(header: string, etag: string): boolean {
  if (header === etag) return true;
  const text = header.trim();
  if (text === '*') return true;
  let at = 0;
  while (at < text.length) {
    const start = text.startsWith('W/', at) ? at + 2 : at;
    const close = text[start] === '"' ? text.indexOf('"', start + 1) : -1;
    if (close < 0) return false;
    if (close + 1 - start === etag.length && text.startsWith(etag, start)) return true;
    at = nextMember(text, close + 1);
  }
  return false;
}

/** Start of the next list member, or the end of the text where something else than a comma follows. */
function nextMember(text: string, from: number): number {
  let at = from;
  let commas = 0;
  for (; at < text.length; at += 1) {
    const char = text[at];
    if (char === ',') commas += 1;
    else if (char !== ' ' && char !== '\t') break;
  }
  return commas > 0 ? at : text.length;
}
