/** The catalogues: one table for the manifest, for the requests and for the configure page. */
import { AppError } from '../../lib/errors.ts';
import { NO_EXTRA, parseCatalogExtra, type ExtraName } from '../../lib/stremio/catalog-extra.ts';
import type { ManifestCatalog, MediaType } from '../../lib/stremio/types.ts';
import { NOTHING_PLAYS } from '../../lib/user-config/hidden-levels.ts';
import type { CatalogChoice, CatalogSort } from '../../lib/user-config/user-config.ts';
import type { ManifestSettings } from '../configure/contract.ts';
import type { CatalogOrder, CatalogQuery, GenreNames } from './contract.ts';

interface CatalogSpec {
  readonly id: string;
  readonly name: string;
  readonly order: CatalogOrder;
  /** What the manifest declares. */
  readonly extras: readonly ExtraName[];
  /** Without this extra there is nothing to list; clients then show the catalogue only where they have it. */
  readonly required: ExtraName | null;
}

/** Ids are stored in clients with the manifest: they do not change. */
const CATALOGS: readonly CatalogSpec[] = [
  { id: 'latest', name: 'Latest', order: 'latest', extras: ['genre', 'skip'], required: null },
  { id: 'popular', name: 'Popular', order: 'popular', extras: ['genre', 'skip'], required: null },
  { id: 'rating', name: 'Top rated', order: 'rating', extras: ['genre', 'skip'], required: null },
  {
    id: 'search',
    name: 'Search',
    order: 'relevance',
    extras: ['search', 'skip'],
    required: 'search',
  },
];

/** Id of the catalogue of what was played last. */
export const CONTINUE_WATCHING = 'continue-watching';
/** Of ids as other servers have them: `realdebrid_watchlist_movies`. */
export const WATCHLIST = '_watchlist_';
const PLURALS: Readonly<Record<MediaType, string>> = { movie: 'movies', series: 'series' };

/** What shapes a page beside its path. */
export interface CatalogPreferences {
  readonly catalogs: readonly CatalogChoice[];
  /** Bits as in `lib/user-config/hidden-levels.ts`. */
  readonly hiddenLevels: number;
  /** Whether a search may find something to play of titles that have nothing. */
  readonly liveSearch: boolean;
}

/** Skipping costs PostgreSQL every row skipped, and nobody scrolls past a hundred pages: there the list ends. */
const SKIP_ITEMS_MAX = 10_000;

const TYPES: readonly MediaType[] = ['movie', 'series'];

/** One catalogue of one type, as configurations name it: `movie.latest`. */
export interface NamedCatalog {
  readonly id: string;
  readonly type: MediaType;
  readonly spec: CatalogSpec;
}

/** In the order of a manifest without a configuration. */
export const NAMED_CATALOGS: readonly NamedCatalog[] = CATALOGS.flatMap((spec) =>
  TYPES.map((type) => ({ id: `${type}.${spec.id}`, type, spec })),
);

/** Orders that a user can choose for a catalogue, by their names in configurations. */
const SORT_ORDERS: Readonly<Record<CatalogSort, CatalogOrder>> = {
  latest: 'latest',
  popular: 'popular',
  rating: 'rating',
  year: 'released',
  release_date: 'released',
  title: 'title',
};
/** Titles ascend by themselves, everything else descends. */
const ASCENDING: ReadonlySet<CatalogOrder> = new Set(['title']);

/** What a configuration says about the catalogues of its manifest. */
export interface ManifestPreferences {
  readonly enableCatalogs: boolean;
  readonly continueWatching: boolean;
  readonly watchlists: ManifestSettings['watchlists'];
  readonly catalogs: readonly CatalogChoice[];
}

/** The manifest's `catalogs`; a type without genres gets no genre filter (an empty list breaks clients). */
export function manifestCatalogs(
  genres: GenreNames,
  preferences: ManifestPreferences,
): ManifestCatalog[] {
  const listed = enabledCatalogs(preferences).map(({ type, spec }) => ({
    type,
    id: spec.id,
    name: spec.name,
    extra: spec.extras
      .filter((name) => name !== 'genre' || genres[type].length > 0)
      .map((name) => ({
        name,
        isRequired: name === spec.required,
        ...(name === 'genre' ? { options: genres[type], optionsLimit: 1 } : {}),
      })),
  }));
  return [...personalCatalogs(preferences), ...listed];
}

/** Those of this user alone come first. */
function personalCatalogs({
  enableCatalogs,
  continueWatching,
  watchlists,
}: ManifestPreferences): readonly ManifestCatalog[] {
  if (!enableCatalogs) return [];
  const extra = [{ name: 'skip', isRequired: false }] as const;
  const continued = { id: CONTINUE_WATCHING, name: 'Continue watching', extra } as const;
  return [
    ...(continueWatching ? TYPES.map((type) => ({ type, ...continued })) : []),
    ...watchlists.flatMap(({ service, label }) =>
      TYPES.map((type) => ({
        type,
        id: service + WATCHLIST + PLURALS[type],
        name: `${label} Watchlist`,
        extra,
      })),
    ),
  ];
}

/** The service whose contents a catalogue lists; null for other catalogues. @param id decoded */
export function watchlistService(type: MediaType, id: string): string | null {
  const tail = WATCHLIST + PLURALS[type];
  return id.endsWith(tail) ? id.slice(0, -tail.length) : null;
}

/** The chosen ones in their order; all where none was chosen. Ids of older configurations lead nowhere. */
function enabledCatalogs({
  enableCatalogs,
  catalogs,
}: Pick<ManifestPreferences, 'enableCatalogs' | 'catalogs'>): readonly NamedCatalog[] {
  if (!enableCatalogs) return [];
  if (catalogs.length === 0) return NAMED_CATALOGS;
  const named = catalogs
    .filter(({ enabled }) => enabled)
    .map(({ id }) => NAMED_CATALOGS.find((catalog) => catalog.id === id));
  return [...new Set(named.filter((catalog) => catalog !== undefined))];
}

/**
 * Checks a catalogue's id and extra segment. Every catalogue takes every extra, also those that its
 * manifest entry does not declare: an older manifest may still be installed.
 * @param id decoded
 * @param rawExtra as sent, or null when the path has none
 * @param preferences what a configuration says about order and hidden titles
 * @returns null for a catalogue that does not exist, and past the end of every list
 * @throws AppError `request.bad-id` for a malformed id, `request.bad-extra` for a malformed extra
 */
export function parseCatalogQuery(
  type: MediaType,
  id: string,
  rawExtra: string | null,
  preferences: CatalogPreferences,
): CatalogQuery | null {
  const spec = CATALOGS.find((catalog) => catalog.id === id) ?? rejectMalformed(id);
  const extra = rawExtra === null ? NO_EXTRA : parseCatalogExtra(rawExtra);
  if (spec === null) return null;
  if (spec.required !== null && extra[spec.required] === null) {
    throw new AppError('request.bad-extra', `the ${id} catalogue needs ${spec.required}=…`, {
      field: `extra.${spec.required}`,
    });
  }
  if (extra.skip > SKIP_ITEMS_MAX) return null;
  const choice = preferences.catalogs.find((catalog) => catalog.id === `${type}.${id}`);
  const chosen =
    choice === undefined || choice.sort === null ? spec.order : SORT_ORDERS[choice.sort];
  const order = extra.search === null ? chosen : 'relevance';
  const descending = choice?.descending ?? null;
  // What nothing plays is found by search and by id; it is offered only where a search may find something to play.
  const listsAll = order === 'relevance' || preferences.liveSearch;
  const hiddenLevels = listsAll
    ? preferences.hiddenLevels
    : preferences.hiddenLevels | NOTHING_PLAYS;
  const isReversed =
    order !== 'relevance' && descending !== null && descending === ASCENDING.has(order);
  return {
    type,
    order,
    isReversed,
    hiddenLevels,
    skip: extra.skip,
    genre: extra.genre,
    search: extra.search,
  };
}

function rejectMalformed(id: string): null {
  if (/^[\w.~:-]{1,64}$/.test(id)) return null;
  const accepted = '1 to 64 of A-Z, a-z, 0-9, underscore, dot, tilde, colon and hyphen';
  throw new AppError('request.bad-id', `malformed catalogue id: expected ${accepted}`, {
    field: 'id',
  });
}
