/** The title that a line of an import names. */
import type { IdProvider } from '../stremio/media-id.ts';
import { publicIdOf, publicIdOfName } from '../stremio/public-id.ts';
import type { MediaType } from '../stremio/types.ts';
import type { LineFields } from './line-fields.ts';

export interface LineId {
  readonly provider: IdProvider;
  /** As it is stored: `tt…`, digits, `sl:…`. */
  readonly id: string;
}

export interface LineTitle {
  readonly type: MediaType;
  /** Given, or made of the surest id, else of name and year. */
  readonly publicId: string;
  /** By which it is found, the surest first; never empty. */
  readonly ids: readonly LineId[];
  /** Empty where only ids are given. */
  readonly name: string;
  /** 0 when unknown. */
  readonly year: number;
}

const NAME_CHARS_MAX = 500;
const TYPES = ['movie', 'series'] as const;
const YEARS = { min: 1870, max: 2200, fallback: 0 };
/** Ids of a whole title, the surest first. */
const WHOLE_IDS = [
  { provider: 'imdb', names: ['imdb', 'imdbId', 'imdb_id'] },
  { provider: 'tmdb', names: ['tmdb', 'tmdbId', 'tmdb_id'] },
  { provider: 'tvdb', names: ['tvdb', 'tvdbId', 'tvdb_id'] },
] as const;
const ID_CHARS_MAX = 100;
const IMDB_DIGITS = 7;

/** @throws AppError `import.bad-line` */
export function readTitle(fields: LineFields): LineTitle {
  const type = fields.name(TYPES, 'type') ?? fields.fail('type', 'movie or series');
  const name = fields.text(NAME_CHARS_MAX, 'name', 'title');
  const year = fields.integer(YEARS, 'year');
  const known = WHOLE_IDS.flatMap(({ provider, names }) => {
    const id = idOf(fields.text(ID_CHARS_MAX, ...names), provider, fields);
    return id === '' ? [] : [{ provider, id }];
  });
  if (name === '' && known.length === 0 && !fields.has('id'))
    return fields.fail('name', 'a name, or an id (imdb, tmdb, tvdb, id)');
  const publicId = ownId(fields) || madeId(type, known, name, year);
  const ids: readonly LineId[] = [{ provider: 'sl', id: publicId }, ...known];
  return { type, publicId, ids, name, year };
}

function madeId(type: MediaType, known: readonly LineId[], name: string, year: number): string {
  const idBy = (provider: IdProvider) => known.find((id) => id.provider === provider)?.id ?? '';
  const ids = { type, imdbId: idBy('imdb'), tmdbId: idBy('tmdb'), tvdbId: idBy('tvdb') };
  return known.length === 0 ? publicIdOfName(type, name, year) : publicIdOf(ids);
}

function ownId(fields: LineFields): string {
  const id = fields.text(ID_CHARS_MAX, 'id', 'publicId');
  if (id === '') return '';
  return /^sl:[a-z0-9][a-z0-9-]{0,78}$/.test(id)
    ? id
    : fields.fail('id', 'sl: and a name in a-z, 0-9 and hyphens');
}

/** Canonical, or empty when there is none. */
function idOf(text: string, provider: 'imdb' | 'tmdb' | 'tvdb', fields: LineFields): string {
  if (text === '' || text === '0') return '';
  if (provider !== 'imdb')
    return /^[1-9]\d{0,8}$/.test(text) ? text : fields.fail(provider, 'a number of up to 9 digits');
  const digits = /^(?:tt)?0*([1-9]\d{0,9})$/.exec(text)?.[1];
  if (digits === undefined) return fields.fail('imdb', 'tt and up to 10 digits');
  return `tt${digits.padStart(IMDB_DIGITS, '0')}`;
}
