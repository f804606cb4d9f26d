/** What an indexer says that it can: the answer to `t=caps`. */

export interface SearchMode {
  readonly isAvailable: boolean;
  /** Lower case: `q`, `imdbid`, `season`, … */
  readonly params: ReadonlySet<string>;
}

export interface CapsCategory {
  readonly id: number;
  readonly name: string;
}

export interface Caps {
  /** Empty when it has no name. */
  readonly title: string;
  /** Results of one answer; 0 when it does not say. */
  readonly limitMax: number;
  readonly search: SearchMode;
  readonly movie: SearchMode;
  readonly series: SearchMode;
  /** Sub-categories beside their parents. */
  readonly categories: readonly CapsCategory[];
}

/** Of indexers that list no parameters: Newznab from before there was such a list. */
export const UNLISTED_PARAMS = {
  search: ['q'],
  movie: ['q', 'imdbid'],
  series: ['q', 'season', 'ep'],
} as const;

const NONE: SearchMode = { isAvailable: false, params: new Set() };

/** Of an endpoint that answers searches without saying what it can. */
export const PLAIN_CAPS: Caps = {
  title: '',
  limitMax: 0,
  search: { isAvailable: true, params: new Set(UNLISTED_PARAMS.search) },
  movie: NONE,
  series: NONE,
  categories: [],
};
