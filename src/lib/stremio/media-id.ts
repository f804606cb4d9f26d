/**
 * Ids of the Stremio protocol: what `/stream`, `/meta`, `/poster` and `/catalog` accept in their path.
 * On the hot path: one scan over char codes, no regular expressions, one object per id.
 */
import { AppError } from '../errors.ts';
import type { MediaType } from './types.ts';

/** `sl` is our own: the id of every title for ever, also of those without an IMDb id. */
export type IdProvider = 'imdb' | 'tmdb' | 'tvdb' | AnimeIdProvider | 'sl';

/** Their ids name a season or a part of one, never a whole series. */
export type AnimeIdProvider = 'kitsu' | 'mal' | 'anilist';

/** A title: what `/meta` and `/poster` name. */
export interface TitleId {
  readonly type: MediaType;
  readonly provider: IdProvider;
  /** Canonical, with its prefix: `tt0063350`, `tmdb:603`, `sl:caminandes`. TMDB and TVDB numbers are per type. */
  readonly id: string;
}

/** Something that plays: a movie, or one episode of a series. */
export interface MediaId extends TitleId {
  /** 0 for movies; for series 0 means specials, and `SEASON_OF_ID` that the id says it. */
  readonly season: number;
  /** 0 for movies. */
  readonly episode: number;
}

/** `MediaId.season` of anime: `kitsu:7442:5` is the fifth episode of whatever season the entry 7442 is. */
export const SEASON_OF_ID = -2;

/** Prefixes as a manifest's `idPrefixes` lists them, in its order. */
export const ID_PREFIXES = {
  imdb: 'tt',
  tmdb: 'tmdb:',
  tvdb: 'tvdb:',
  kitsu: 'kitsu:',
  mal: 'mal:',
  anilist: 'anilist:',
  sl: 'sl:',
} as const satisfies Record<IdProvider, string>;

/** IMDb pads its numbers to this many digits ("tt0063350") and does not pad longer ones. */
const IMDB_DIGITS_MIN = 7;
const IMDB_DIGITS_MAX = 10;
const NUMBER_DIGITS_MAX = 9;
const SLUG_START = ID_PREFIXES.sl.length;
const SLUG_CHARS_MAX = 80;
const SEASON_DIGITS_MAX = 4;
const EPISODE_DIGITS_MAX = 5;

const ACCEPTED_TITLE =
  'tt and 1 to 10 digits; tmdb:, tvdb:, kitsu:, mal: or anilist: and a number; ' +
  'or sl: and a name in a-z, 0-9 and hyphens';
const ACCEPTED_EPISODE =
  `a title id (${ACCEPTED_TITLE}) followed by :season:episode, at most 9999 and 99999; ` +
  'kitsu:, mal: and anilist: ids by :episode';

/**
 * Undoes percent-encoding of one path segment.
 * @throws AppError `request.bad-path` when the encoding is broken or not UTF-8.
 */
export function decodeSegment(raw: string): string {
  if (!raw.includes('%')) return raw;
  try {
    return decodeURIComponent(raw);
  } catch (cause) {
    throw new AppError(
      'request.bad-path',
      'the path has broken percent-encoding: expected UTF-8 as %XX',
      {
        field: 'path',
        cause,
      },
    );
  }
}

/**
 * The decoded name of a document in a path: `tt1254207.json` → `tt1254207`.
 * @throws AppError `request.bad-path` for broken encoding, `request.not-found` without the suffix.
 */
export function documentName(raw: string, suffix: '.json' | '.jpg'): string {
  return decodeSegment(withoutSuffix(raw, suffix));
}

/** @throws AppError `request.not-found` when a path segment does not end in `suffix` */
export function withoutSuffix(raw: string, suffix: '.json' | '.jpg'): string {
  if (raw.endsWith(suffix)) return raw.slice(0, -suffix.length);
  throw new AppError(
    'request.not-found',
    `there is nothing here: expected a path that ends in ${suffix}`,
  );
}

/** @throws AppError `request.bad-type`, field `type`. */
export function parseMediaType(raw: string): MediaType {
  if (raw === 'movie' || raw === 'series') return raw;
  throw new AppError('request.bad-type', 'unknown type: expected movie or series', {
    field: 'type',
  });
}

/**
 * Reads a decoded title id. IMDb ids are brought to the form that IMDb prints (at least 7 digits), so
 * that one title has one cache key.
 * @throws AppError `request.bad-id`, field `id`.
 */
export function parseTitleId(type: MediaType, raw: string): TitleId {
  const provider = providerOf(raw);
  if (provider === null || !isTitleId(provider, raw, raw.length)) throw badId(ACCEPTED_TITLE);
  return { type, provider, id: canonicalId(provider, raw, raw.length) };
}

/**
 * Reads a decoded id of something that plays. Series ids are split from the right, because `tmdb:603`
 * has a colon of its own: `tmdb:603:1:2` is season 1, episode 2.
 * @throws AppError `request.bad-id`, field `id`.
 */
export function parseMediaId(type: MediaType, raw: string): MediaId {
  const provider = providerOf(raw);
  if (type === 'movie') {
    if (provider === null || !isTitleId(provider, raw, raw.length)) throw badId(ACCEPTED_TITLE);
    return { type, provider, id: canonicalId(provider, raw, raw.length), season: 0, episode: 0 };
  }
  if (provider !== null && isAnimeProvider(provider)) return parseAnimeEpisode(provider, raw);
  const episodeColon = raw.lastIndexOf(':');
  const seasonColon = raw.lastIndexOf(':', episodeColon - 1);
  const season = numberAt(raw, seasonColon + 1, episodeColon, SEASON_DIGITS_MAX);
  const episode = numberAt(raw, episodeColon + 1, raw.length, EPISODE_DIGITS_MAX);
  const isEpisode =
    season !== -1 && episode !== -1 && provider !== null && isTitleId(provider, raw, seasonColon);
  if (!isEpisode) throw badId(ACCEPTED_EPISODE);
  return { type, provider, id: canonicalId(provider, raw, seasonColon), season, episode };
}

/** The id as `media_external_id` stores it: without its prefix, but for ours and IMDb's. */
export function externalIdOf({ provider, id }: Pick<TitleId, 'provider' | 'id'>): string {
  return provider === 'imdb' || provider === 'sl' ? id : id.slice(ID_PREFIXES[provider].length);
}

/** The id that `media_external_id` stores so (see `externalIdOf`). */
export function storedTitleId(type: MediaType, provider: IdProvider, externalId: string): TitleId {
  const prefix = provider === 'imdb' || provider === 'sl' ? '' : ID_PREFIXES[provider];
  return { type, provider, id: prefix + externalId };
}

/** Whether ids of this provider name a season or a part of one. */
export function isAnimeProvider(provider: string): provider is AnimeIdProvider {
  return provider === 'kitsu' || provider === 'mal' || provider === 'anilist';
}

/**
 * `kitsu:7442:5`. Specials with one episode come without its number (`kitsu:7442`), and some clients send a season,
 * which says nothing: the entry is one.
 */
function parseAnimeEpisode(provider: AnimeIdProvider, raw: string): MediaId {
  const start = ID_PREFIXES[provider].length;
  const colon = raw.indexOf(':', start);
  const end = colon === -1 ? raw.length : colon;
  if (!isTitleId(provider, raw, end)) throw badId(ACCEPTED_EPISODE);
  const id = canonicalId(provider, raw, end);
  if (colon === -1) return { type: 'series', provider, id, season: SEASON_OF_ID, episode: 1 };
  const last = raw.lastIndexOf(':');
  const isSeasonFine = last === colon || isDigits(raw, colon + 1, last, SEASON_DIGITS_MAX);
  const episode = numberAt(raw, last + 1, raw.length, EPISODE_DIGITS_MAX);
  if (!isSeasonFine || episode === -1) throw badId(ACCEPTED_EPISODE);
  return { type: 'series', provider, id, season: SEASON_OF_ID, episode };
}

function badId(accepted: string): AppError {
  return new AppError('request.bad-id', `malformed id: expected ${accepted}`, { field: 'id' });
}

/** Whose id `raw` is by its beginning, or null when it is nobody's. */
function providerOf(raw: string): IdProvider | null {
  switch (raw.charCodeAt(0)) {
    case 0x74:
      if (raw.charCodeAt(1) === 0x74) return 'imdb';
      if (raw.startsWith(ID_PREFIXES.tmdb)) return 'tmdb';
      return raw.startsWith(ID_PREFIXES.tvdb) ? 'tvdb' : null;
    case 0x73:
      return raw.startsWith(ID_PREFIXES.sl) ? 'sl' : null;
    case 0x6b:
      return raw.startsWith(ID_PREFIXES.kitsu) ? 'kitsu' : null;
    case 0x6d:
      return raw.startsWith(ID_PREFIXES.mal) ? 'mal' : null;
    case 0x61:
      return raw.startsWith(ID_PREFIXES.anilist) ? 'anilist' : null;
    default:
      return null;
  }
}

/** Whether `raw[0, end)`, which begins as ids of this provider do, is one. */
function isTitleId(provider: IdProvider, raw: string, end: number): boolean {
  if (provider === 'imdb') return isDigits(raw, 2, end, IMDB_DIGITS_MAX);
  if (provider === 'sl') return isSlug(raw, SLUG_START, end);
  const start = raw.indexOf(':') + 1;
  return raw.charCodeAt(start) !== 0x30 && isDigits(raw, start, end, NUMBER_DIGITS_MAX);
}

/** True when `[start, end)` holds 1 to `digitsMax` digits and nothing else. */
function isDigits(raw: string, start: number, end: number, digitsMax: number): boolean {
  if (end <= start || end - start > digitsMax) return false;
  for (let at = start; at < end; at++) {
    const code = raw.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return true;
}

/** Names start with a letter or digit, so that no id looks like an option or a negative number. */
function isSlug(raw: string, start: number, end: number): boolean {
  if (end <= start || end - start > SLUG_CHARS_MAX || raw.charCodeAt(start) === 0x2d) return false;
  for (let at = start; at < end; at++) {
    const code = raw.charCodeAt(at);
    const accepted =
      (code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2d;
    if (!accepted) return false;
  }
  return true;
}

function canonicalId(provider: IdProvider, raw: string, end: number): string {
  const digits = end - 2;
  if (
    provider !== 'imdb' ||
    digits === IMDB_DIGITS_MIN ||
    (digits > IMDB_DIGITS_MIN && raw.charCodeAt(2) !== 0x30)
  ) {
    return end === raw.length ? raw : raw.slice(0, end);
  }
  return `tt${String(Number(raw.slice(2, end))).padStart(IMDB_DIGITS_MIN, '0')}`;
}

/** The number in `[start, end)`, or -1 when it is not 1 to `digitsMax` digits. */
function numberAt(raw: string, start: number, end: number, digitsMax: number): number {
  if (!isDigits(raw, start, end, digitsMax)) return -1;
  let value = 0;
  for (let at = start; at < end; at++) value = value * 10 + raw.charCodeAt(at) - 0x30;
  return value;
}
