/** Header lines that users and operators may have sent to their own sources. */
import { hasControlCharacter } from '../control-characters.ts';

const TOKEN = /^[!#$%&'*+.^_`|~\w-]{1,100}$/;
/** A byte a character, as header lines have it. */
const LATIN1 = /^[\u0000-\u00FF]*$/;
/** Of the connection, not of the request: whoever sends it sets them. */
const RESERVED: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What is wrong with a header line, without its value; null when nothing is. */
export function headerProblem(name: string, value: string): string | null {
  if (!TOKEN.test(name)) return 'expected letters, digits and hyphens as the name of a header';
  if (RESERVED.has(name.toLowerCase())) return 'this header is set by the server itself';
  if (hasControlCharacter(value) || !LATIN1.test(value))
    return 'expected a value of one line, of characters that headers can have (ISO 8859-1)';
  return null;
}
