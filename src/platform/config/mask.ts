/** Masking of configuration values in dumps and errors. */
import { parsePostgresUri } from '../../lib/postgres-uri/postgres-uri.ts';

/**
 * What may be shown of a value. `secret`: nothing; `url`: an address without its password; `origins`: addresses whose path
 * may hold credentials, of which scheme, host and port remain.
 */
export type Mask = 'secret' | 'url' | 'origins';

/** The value as it may be shown, in quotes. */
export function maskValue(raw: string, mask: Mask | undefined): string {
  switch (mask) {
    case undefined:
      return JSON.stringify(raw);
    case 'secret':
      return '"***"';
    case 'url':
      return JSON.stringify(maskUrl(raw));
    case 'origins':
      return JSON.stringify(splitAddresses(raw).map(maskPath).join(','));
  }
}

/** Commas separate addresses where another one follows: they are also common inside of an add-on's. */
export function splitAddresses(raw: string): readonly string[] {
  return raw
    .split(/,(?=\s*[a-z][a-z\d+.-]*:\/\/)/i)
    .map((part) => part.trim().replace(/,$/, ''))
    .filter((part) => part !== '');
}

/** An address whose path may hold a key: that there is one is all that is shown of it. */
export function maskPath(raw: string): string {
  if (!URL.canParse(raw)) return '***';
  const { protocol, host, pathname, search } = new URL(raw);
  return `${protocol}//${host}${pathname === '/' && search === '' ? '' : '/***'}`;
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
