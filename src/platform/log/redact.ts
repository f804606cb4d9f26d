/** Masks secrets in everything that is logged: field names, URLs with passwords, install tokens in paths. */

const MASK = '***';
const SECRET_FIELD = /pass(word|wd)?$|secret|token|api_?key|authorization|cookie|credential/i;
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@/]+@/gi;
const INSTALL_TOKEN = /\/([SDUP])-[A-Za-z0-9_\-.=%]{11,}/g;
const INGEST_KEY = /\/ingest\/[^/\s?]+/g;
const QUERY_SECRET = /([?&][^=&\s]*(?:pass|secret|token|key)[^=&\s]*=)[^&\s]+/gi;
const DEPTH_MAX = 6;
const ENTRIES_MAX = 100;

/** The text without URL passwords, install tokens (`/S-…`), owner keys of live streams and secret-looking query values. */
export function redactText(text: string): string {
  if (!/[:/?&]/.test(text)) return text;
  return text
    .replace(URL_PASSWORD, `$1:${MASK}@`)
    .replace(INSTALL_TOKEN, `/$1-${MASK}`)
    .replace(INGEST_KEY, `/ingest/${MASK}`)
    .replace(QUERY_SECRET, `$1${MASK}`);
}

/** A copy of a log field with every secret masked; depth and breadth are bounded, cycles cut. */
export function redactValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEPTH_MAX) return '[…]';
  if (value instanceof Error) return redactError(value, depth);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value))
    return value.slice(0, ENTRIES_MAX).map((entry) => redactValue(entry, depth + 1));
  return redactFields(value, depth);
}

function redactFields(value: object, depth: number): Record<string, unknown> {
  const masked: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value).slice(0, ENTRIES_MAX)) {
    const isSecret = SECRET_FIELD.test(name) && field !== null && field !== undefined;
    masked[name] = isSecret ? MASK : redactValue(field, depth + 1);
  }
  return masked;
}

function redactError(error: Error, depth: number): Record<string, unknown> {
  const own: Record<string, unknown> = { name: error.name, message: redactText(error.message) };
  if ('code' in error) own['code'] = error.code;
  if (error.stack !== undefined) own['stack'] = redactText(error.stack);
  if (error.cause !== undefined) own['cause'] = redactValue(error.cause, depth + 1);
  return own;
}
