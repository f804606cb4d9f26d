/** Masking of configuration values in dumps and errors. */
import { parsePostgresUri } from '../../lib/postgres-uri/postgres-uri.ts';

/** What may be shown of a value: everything, a URL without its password, or nothing. */
export function maskValue(raw: string, mask: 'secret' | 'url' | undefined): string {
  if (mask === undefined) return JSON.stringify(raw);
  return mask === 'secret' ? '"***"' : JSON.stringify(maskUrl(raw));
}

const SECRET_NAME = /pass|secret|token|key/i;

/** Replaces the password (and secret-looking query values) of a URL; anything that is none is hidden whole. */
export function maskUrl(raw: string): string {
  if (/^postgres/i.test(raw)) return maskPostgresUri(raw);
  if (!URL.canParse(raw)) return '***';
  const parsed = new URL(raw);
  if (parsed.password !== '') parsed.password = '***';
  for (const name of parsed.searchParams.keys()) {
    if (SECRET_NAME.test(name)) parsed.searchParams.set(name, '***');
  }
  return parsed.href;
}

/** Built of what was read: to a URL parser, several hosts are no URL, and a `#` in a password is the end of it. */
function maskPostgresUri(raw: string): string {
  try {
    const { hosts, user, password, database } = parsePostgresUri(raw);
    const credentials =
      user === null ? '' : `${encodeURIComponent(user)}${password === null ? '' : ':***'}@`;
    const places = hosts.map(({ name, port }) => {
      const host =
        name.includes(':') && !name.startsWith('/') ? `[${name}]` : name.replaceAll('/', '%2F');
      return port === 5432 ? host : `${host}:${port}`;
    });
    const path = database === null ? '' : `/${encodeURIComponent(database)}`;
    return `postgres://${credentials}${places.join(',')}${path}${maskQuery(raw)}`;
  } catch {
    return '***';
  }
}

/** Of hosts, user and password the query says nothing that is not shown before. */
function maskQuery(uri: string): string {
  const query = uri.includes('?') ? uri.slice(uri.indexOf('?') + 1) : '';
  const shown = query.split('&').flatMap((part) => {
    const name = decodeURIComponent(part.split('=')[0] ?? '');
    if (name === '' || SHOWN_BEFORE.has(name)) return [];
    return SECRET_NAME.test(name) ? [`${name}=***`] : [part];
  });
  return shown.length === 0 ? '' : `?${shown.join('&')}`;
}

const SHOWN_BEFORE: ReadonlySet<string> = new Set([
  'host',
  'hostaddr',
  'port',
  'user',
  'password',
  'dbname',
]);
