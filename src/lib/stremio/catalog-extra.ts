/**
 * The extra segment of a catalogue path: `skip=100&genre=Sci-Fi&search=big%20buck`. Names and values
 * are percent-encoded one by one and joined by `&`, without an order of their own: so do
 * stremio-addon-client (`querystring.encode`) and Stremio itself.
 */
import { hasControlCharacter } from '../control-characters.ts';
import { AppError } from '../errors.ts';
import { decodeSegment } from './media-id.ts';

export type ExtraName = 'skip' | 'genre' | 'search';

/** What was asked for; null and 0 stand for "not given". */
export interface CatalogExtra {
  readonly skip: number;
  readonly genre: string | null;
  /** Lower case, NFC, single spaces: equal searches share one cache entry. */
  readonly search: string | null;
}

/** Clients ask for pages by multiples of this (stremio-addon-sdk, defineCatalogHandler). */
export const CATALOG_PAGE_ITEMS = 100;

/** A larger skip is no number that any catalogue has. */
const SKIP_DIGITS_MAX = 9;
const GENRE_CHARS_MAX = 64;
const SEARCH_CHARS_MAX = 200;

export const NO_EXTRA: CatalogExtra = { skip: 0, genre: null, search: null };

/**
 * Reads an extra segment.
 * @param raw as sent, percent-encoded, without `.json`
 * @throws AppError `request.bad-extra` naming the extra, `request.bad-path` for broken encoding.
 */
export function parseCatalogExtra(raw: string): CatalogExtra {
  const values: Record<ExtraName, string | null> = { skip: null, genre: null, search: null };
  for (const pair of unwrap(raw).split('&')) {
    const equals = pair.indexOf('=');
    const name = decodeSegment(equals === -1 ? pair : pair.slice(0, equals));
    if (equals === -1 || !isExtraName(name)) {
      throw badExtra(
        'extra',
        'an unknown extra: expected skip=…, genre=… or search=…, joined by &',
      );
    }
    if (values[name] !== null) throw badExtra(`extra.${name}`, `${name} twice: expected it once`);
    values[name] = decodeValue(pair.slice(equals + 1));
  }
  return {
    skip: values.skip === null ? 0 : parseSkip(values.skip),
    genre: values.genre === null ? null : parseText('genre', values.genre, GENRE_CHARS_MAX),
    search:
      values.search === null
        ? null
        : parseText('search', values.search, SEARCH_CHARS_MAX).toLowerCase(),
  };
}

/** Some proxies and apps encode the finished segment once more; a pair without `=` gives them away. */
function unwrap(raw: string): string {
  return raw.includes('=') ? raw : decodeSegment(raw);
}

/** Stremio writes a space as `%20` and a plus as `%2B`: a bare plus is a form encoder's space. */
function decodeValue(raw: string): string {
  return decodeSegment(raw.includes('+') ? raw.replaceAll('+', ' ') : raw);
}

function isExtraName(name: string): name is ExtraName {
  return name === 'skip' || name === 'genre' || name === 'search';
}

function parseSkip(value: string): number {
  if (/^\d+$/.test(value) && value.length <= SKIP_DIGITS_MAX) return Number(value);
  throw badExtra('extra.skip', `skip: expected a number of 1 to ${SKIP_DIGITS_MAX} digits`);
}

/** Control characters are refused before spaces are folded: PostgreSQL cannot store NUL, and nobody types the others. */
function parseText(name: 'genre' | 'search', value: string, charsMax: number): string {
  const text = value.normalize('NFC').replace(/\s+/gu, ' ').trim();
  if (text === '' || text.length > charsMax || hasControlCharacter(value)) {
    throw badExtra(
      `extra.${name}`,
      `${name}: expected 1 to ${charsMax} characters without control characters`,
    );
  }
  return text;
}

function badExtra(field: string, message: string): AppError {
  return new AppError('request.bad-extra', message, { field });
}
