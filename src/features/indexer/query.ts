/** What an indexer's client asks for: the parameters of Torznab, checked. */
import type { MediaType } from '../../lib/stremio/types.ts';
import { HD, kindOf, MOVIES, SD, SERIES, UHD } from '../../lib/torznab/categories.ts';
import { RESOLUTIONS, type Resolution } from '../../lib/vocabulary.ts';

export interface OfferQuery {
  /** Null: both. */
  readonly type: MediaType | null;
  /** Empty: the newest. */
  readonly text: string;
  /** Any of these names the title; null when it is not asked for by id. */
  readonly ids: TitleIds | null;
  readonly season: number | null;
  readonly episode: number | null;
  /** Resolutions of films, and of series, that are asked for: codes of RESOLUTIONS; empty for none of them. */
  readonly movieResolutions: readonly number[];
  readonly seriesResolutions: readonly number[];
  readonly limit: number;
  readonly offset: number;
}

/** Each is empty when it is not given. */
export interface TitleIds {
  /** `tt0063350` */
  readonly imdbId: string;
  readonly tmdbId: string;
  readonly tvdbId: string;
}

/** What a Torznab client is told, by Newznab's numbers. */
export class TorznabError extends Error {
  override readonly name = 'TorznabError';
  readonly code: number;

  constructor(code: number, description: string) {
    super(description);
    this.code = code;
  }
}

export const NEWZNAB_ERRORS = {
  wrongKey: 100,
  missingParameter: 200,
  badParameter: 201,
  noSuchFunction: 202,
  /** What other servers of the kind answer while their API is off. */
  disabled: 503,
} as const;

export const LIMIT_DEFAULT = 50;
export const LIMIT_MAX = 100;
const OFFSET_MAX = 1_000_000;
const TEXT_CHARS_MAX = 200;
const NUMBER_MAX = 99_999;

/** Types by the function that asks for them. */
export const FUNCTIONS: ReadonlyMap<string, MediaType | null> = new Map([
  ['search', null],
  ['movie', 'movie'],
  ['tvsearch', 'series'],
]);

/**
 * Parameters that are not known are left alone: every client sends some of its own.
 * @throws TorznabError naming the parameter, what was wrong with it and what is accepted
 */
export function parseOfferQuery(parameters: URLSearchParams, type: MediaType | null): OfferQuery {
  const date = dateOf(parameters);
  const season = date === null ? numberOf(parameters, 'season', NUMBER_MAX) : null;
  const episode = date === null ? numberOf(parameters, 'ep', NUMBER_MAX) : null;
  const text = [(parameters.get('q') ?? '').trim(), date ?? ''].join(' ').trim();
  const ids = idsOf(parameters);
  if (text.length > TEXT_CHARS_MAX)
    throw badParameter('q', `a text of at most ${TEXT_CHARS_MAX} characters`);
  if (episode !== null && season === null)
    throw new TorznabError(
      NEWZNAB_ERRORS.missingParameter,
      'Missing parameter (season): ep is an episode of one',
    );
  if (season !== null && text === '' && ids === null)
    throw new TorznabError(
      NEWZNAB_ERRORS.missingParameter,
      'Missing parameter (q, imdbid, tmdbid or tvdbid): a season of which series?',
    );
  return {
    type: season === null && date === null ? type : 'series',
    text,
    ids,
    season,
    episode,
    ...resolutionsOf(parameters),
    limit: Math.max(
      1,
      Math.min(numberOf(parameters, 'limit', OFFSET_MAX) ?? LIMIT_DEFAULT, LIMIT_MAX),
    ),
    offset: numberOf(parameters, 'offset', OFFSET_MAX) ?? 0,
  };
}

function idsOf(parameters: URLSearchParams): TitleIds | null {
  const imdb = parameters.get('imdbid') ?? '';
  const digits = /^(?:tt)?(\d{1,10})$/i.exec(imdb)?.[1];
  if (imdb !== '' && digits === undefined)
    throw badParameter('imdbid', 'tt and up to 10 digits, or the digits alone');
  const ids = {
    imdbId: digits === undefined ? '' : `tt${String(Number(digits)).padStart(7, '0')}`,
    tmdbId: idOf(parameters, 'tmdbid'),
    tvdbId: idOf(parameters, 'tvdbid'),
  };
  return Object.values(ids).every((id) => id === '') ? null : ids;
}

function idOf(parameters: URLSearchParams, name: string): string {
  const text = parameters.get(name) ?? '';
  if (text !== '' && !/^\d{1,9}$/.test(text)) throw badParameter(name, 'up to 9 digits');
  return text === '' ? '' : String(Number(text));
}

/** Daily shows are asked for as season 2015, episode 08/07: their releases have the date in their names. */
function dateOf(parameters: URLSearchParams): string | null {
  const year = /^\d{4}$/.exec(parameters.get('season') ?? '')?.[0];
  const [, month, day] = /^(\d{2})\/(\d{2})$/.exec(parameters.get('ep') ?? '') ?? [];
  return year === undefined || month === undefined ? null : `${year} ${month} ${day}`;
}

/** Null when it is not given. */
function numberOf(parameters: URLSearchParams, name: string, max: number): number | null {
  const text = parameters.get(name) ?? '';
  if (text === '') return null;
  if (!/^\d{1,7}$/.test(text) || Number(text) > max)
    throw badParameter(name, `a whole number from 0 to ${max}`);
  return Number(text);
}

function badParameter(name: string, accepted: string): TorznabError {
  return new TorznabError(
    NEWZNAB_ERRORS.badParameter,
    `Incorrect parameter (${name}): expected ${accepted}`,
  );
}

const ALL: readonly number[] = RESOLUTIONS.map((_, code) => code);
const UHD_NAMES: readonly Resolution[] = ['2160p'];
const HD_NAMES: readonly Resolution[] = ['1440p', '1080p', '1080i', '720p'];
const BY_SUFFIX: ReadonlyMap<number, readonly number[]> = new Map([
  [UHD, codesOf(UHD_NAMES)],
  [HD, codesOf(HD_NAMES)],
  [SD, ALL.filter((code) => ![0, ...codesOf([...UHD_NAMES, ...HD_NAMES])].includes(code))],
]);

function codesOf(names: readonly Resolution[]): readonly number[] {
  return names.map((name) => RESOLUTIONS.indexOf(name));
}

/** The category beside that of the type; 0 where the resolution is not known. */
export function resolutionCategory(type: MediaType, resolution: number): number {
  const [suffix] = [...BY_SUFFIX].find(([, codes]) => codes.includes(resolution)) ?? [0];
  return suffix === 0 ? 0 : (type === 'movie' ? MOVIES : SERIES) + suffix;
}

/** By `cat`; without a usable one, everything. Sub-categories that are not about a resolution stand for their whole kind. */
function resolutionsOf(
  parameters: URLSearchParams,
): Pick<OfferQuery, 'movieResolutions' | 'seriesResolutions'> {
  const categories = parameters
    .getAll('cat')
    .flatMap((list) => list.split(','))
    .filter((text) => /^\d{1,6}$/.test(text.trim()))
    .map(Number);
  if (categories.length === 0) return { movieResolutions: ALL, seriesResolutions: ALL };
  const of = (kind: number) => {
    const codes = categories
      .filter((category) => kindOf(category) === kind)
      .flatMap((category) => BY_SUFFIX.get(category - kind) ?? ALL);
    return [...new Set(codes)];
  };
  return { movieResolutions: of(MOVIES), seriesResolutions: of(SERIES) };
}
