/**
 * Sources of streams as they are configured: by the operator in the environment, or by a user. Addresses, keys and
 * headers are credentials here: no log, error or answer may hold them.
 */

interface Configured {
  /** Unique on this instance and without anything personal: `torznab:name`, `own:newznab:1`. For metrics, logs, traces. */
  readonly id: string;
  /** As its owner reads it; one line. */
  readonly name: string;
  /** `http://` or `https://`. May hold a user, a password or a key. */
  readonly url: string;
  /** Of one user: found by nobody else, and never at a private address. */
  readonly isPersonal: boolean;
  /** What calls go through; null: directly. */
  readonly proxyUrl: string | null;
}

/** One endpoint of the Torznab or Newznab API. */
export interface IndexerSettings extends Configured {
  readonly kind: 'torznab' | 'newznab';
  /** Empty when there is none, or when the address holds it. */
  readonly apiKey: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Null: those that the endpoint says it has, else the standard ones. Empty: movies are not searched for. */
  readonly movieCategories: readonly number[] | null;
  /** The same, for series. */
  readonly seriesCategories: readonly number[] | null;
}

/** A server that manages indexers. */
export interface ManagerSettings extends Configured {
  readonly kind: 'prowlarr' | 'jackett';
  readonly apiKey: string;
}

/** Any add-on that lists streams; `url` is its manifest's, or that of its root. */
export interface AddonSettings extends Configured {
  readonly kind: 'addon' | 'torrentio' | 'mediafusion';
}

export interface ZileanSettings extends Configured {
  readonly kind: 'zilean';
}

export type SourceSettings = IndexerSettings | ManagerSettings | AddonSettings | ZileanSettings;
export type SourceKind = SourceSettings['kind'];

/** Of Newznab's numbering: 2000 to 2999 are movies, 5000 to 5999 series, and above 100000 an indexer's own. */
export function splitCategories(
  categories: readonly number[],
): Pick<IndexerSettings, 'movieCategories' | 'seriesCategories'> {
  if (categories.length === 0) return { movieCategories: null, seriesCategories: null };
  const isOf = (thousand: number) => (category: number) =>
    Math.floor(category / 1000) === thousand || category >= OWN_CATEGORIES;
  return {
    movieCategories: categories.filter(isOf(MOVIES)),
    seriesCategories: categories.filter(isOf(SERIES)),
  };
}

const MOVIES = 2;
const SERIES = 5;
const OWN_CATEGORIES = 100_000;
