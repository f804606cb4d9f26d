/** Statements as operators may see them: without the values that are written in them. */

const CHARS_MAX = 500;
const READS_OR_WRITES = /^(?:select|insert|update|delete|with|merge|copy|values)\b/i;
const COMMENT = /\/\*[\s\S]*?\*\/|--[^\n]*/g;
/** `'…'`, `E'…'`, `U&'…'`, `B'…'`, `X'…'`; a cut one ends with the text. */
const STRING = /(?:\b[ebnux]&?)?'(?:[^'\\]|\\.|'')*(?:'|$)/gi;
const DOLLAR_STRING = /\$([a-z_]\w*)?\$[\s\S]*?(?:\$\1\$|$)/gi;
const NUMBER = /(?<![\w$.])\d+(?:\.\d+)?\b/g;

/**
 * On one line, cut at 500 characters. Of others than reads and writes only the first word is told: `ALTER ROLE` has a
 * password in it.
 */
export function maskedStatement(statement: string): string {
  const bare = statement.replace(COMMENT, ' ').trim();
  if (!READS_OR_WRITES.test(bare)) return (/^\w+/.exec(bare)?.[0] ?? '').toLowerCase();
  return bare
    .replace(DOLLAR_STRING, '?')
    .replace(STRING, '?')
    .replace(NUMBER, '?')
    .replace(/\s+/g, ' ')
    .slice(0, CHARS_MAX);
}
