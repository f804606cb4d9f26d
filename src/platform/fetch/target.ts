/** Where a call goes, and what it may carry there. */
import { AppError } from '../../lib/errors.ts';

const URL_CHARS_MAX = 4096;
/** RFC 9110 section 5.1. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
/** Visible characters, spaces and Latin-1: more than this ends a line or cannot be sent. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * @param base what a redirect is relative to; credentials in its target are dropped
 * @throws AppError `fetch.bad-url`
 */
export function parseTarget(url: string, base?: URL): URL {
  const refused = (why: string) =>
    new AppError('fetch.bad-url', `the address ${why}: expected http:// or https://`);
  if (url.length > URL_CHARS_MAX) throw refused(`is longer than ${URL_CHARS_MAX} characters`);
  if (!URL.canParse(url, base?.href)) throw refused('is not a URL');
  const target = new URL(url, base?.href);
  if (target.protocol !== 'http:' && target.protocol !== 'https:')
    throw refused('has another scheme');
  if (base !== undefined) target.username = target.password = '';
  return target;
}

/** The same server, or the same name that has gone from http to https. */
export function mayCarryCredentials(first: URL, target: URL): boolean {
  if (target.origin === first.origin) return true;
  const isUpgrade = first.protocol === 'http:' && target.protocol === 'https:';
  return isUpgrade && first.hostname === target.hostname && first.port === '' && target.port === '';
}

/**
 * Headers of the caller, by lower-case name, and the credentials of the address where they have none.
 * @throws AppError `fetch.bad-url`, `fetch.bad-header`
 */
export function callerHeaders(
  target: URL,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const headers = basicCredentials(target);
  for (const [key, value] of Object.entries(own)) {
    const name = key.toLowerCase();
    if (!HEADER_NAME.test(name)) throw badHeader('the name of a header');
    if (!HEADER_VALUE.test(value)) throw badHeader(`the header ${name}`);
    headers[name] = value;
  }
  return headers;
}

function badHeader(what: string): AppError {
  return new AppError('fetch.bad-header', `${what} has characters that cannot be sent`);
}

function basicCredentials({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {};
  try {
    const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
  } catch {
    throw new AppError('fetch.bad-url', 'user or password of the address are not percent-encoded');
  }
}
