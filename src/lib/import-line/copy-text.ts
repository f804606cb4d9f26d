/** Rows as COPY's text format takes them. */

const SPECIAL = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** One field, without NUL, which PostgreSQL's texts cannot hold. */
export function copyField(text: string): string {
  const plain = text.includes('\0') ? text.replaceAll('\0', '') : text;
  return SPECIAL.test(plain)
    ? plain.replaceAll(/[\\\n\r\t]/g, (character) => ESCAPES[character] ?? character)
    : plain;
}

/** A field of type text[]. */
export function copyArray(texts: readonly string[]): string {
  const items = texts.map((text) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`);
  return copyField(`{${items.join(',')}}`);
}

/** A field of type bytea. @param hex digits */
export function copyBytes(hex: string): string {
  return `\\\\x${hex}`;
}
