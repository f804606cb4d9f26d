/** `name="value"` pairs behind the duration of `#EXTINF`, as playlists really write them: quoted in two ways, or not at all. */

export interface InfLine {
  /** Names in lower case; the first of equal names counts. */
  readonly attributes: ReadonlyMap<string, string>;
  /** What stands behind the comma, trimmed. */
  readonly title: string;
}

const DURATION = /^\s*-?\d*(?:\.\d+)?/;
const NAME = /[\w.-]+(?=\s*=)/y;
const BLANK = /\s/;
/** What may follow the quote that ends a value: the title, a further attribute, or nothing. */
const BEHIND_VALUE = /\s*(?:,|$|[\w.-]+\s*=)/y;

/** @param text of the line behind `#EXTINF:` */
export function readInf(text: string): InfLine {
  const attributes = new Map<string, string>();
  let at = DURATION.exec(text)?.[0].length ?? 0;
  while (at < text.length) {
    while (at < text.length && BLANK.test(text.charAt(at))) at++;
    if (text[at] === ',') return { attributes, title: text.slice(at + 1).trim() };
    NAME.lastIndex = at;
    const name = NAME.exec(text)?.[0];
    if (name === undefined) return { attributes, title: titleWithoutAttributes(text.slice(at)) };
    const value = readValue(text, text.indexOf('=', at + name.length) + 1);
    const key = name.toLowerCase();
    if (!attributes.has(key)) attributes.set(key, value.text.trim());
    at = value.end;
  }
  return { attributes, title: '' };
}

interface Value {
  readonly text: string;
  /** Where the next thing begins. */
  readonly end: number;
}

function readValue(text: string, from: number): Value {
  let start = from;
  while (start < text.length && BLANK.test(text.charAt(start))) start++;
  const quote = text[start];
  if (quote !== '"' && quote !== "'") return bareValue(text, from);
  const end = closingQuote(text, quote, start + 1);
  return end < 0 ? bareValue(text, start + 1) : { text: text.slice(start + 1, end), end: end + 1 };
}

/** Quotes within a value are none that end it: behind the one that does stands a comma, an attribute or nothing. */
function closingQuote(text: string, quote: string, from: number): number {
  const first = text.indexOf(quote, from);
  for (let at = first; at >= 0; at = text.indexOf(quote, at + 1)) {
    BEHIND_VALUE.lastIndex = at + 1;
    if (BEHIND_VALUE.test(text)) return at;
  }
  return first;
}

function bareValue(text: string, from: number): Value {
  let end = from;
  while (end < text.length && text[end] !== ',' && !BLANK.test(text.charAt(end))) end++;
  return { text: text.slice(from, end), end };
}

/** Words where an attribute should be: the title is behind the next comma, or is these words. */
function titleWithoutAttributes(rest: string): string {
  const comma = rest.indexOf(',');
  return (comma < 0 ? rest : rest.slice(comma + 1)).trim();
}
