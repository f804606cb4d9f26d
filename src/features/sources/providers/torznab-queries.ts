/** What an indexer is asked for a title: by id where it says that it can, else by the forms of names that releases have. */
import type { Caps, SearchMode } from '../../../lib/torznab/caps.ts';
import {
  ANIME,
  kindOf,
  MOVIES,
  SERIES,
  VIDEO_CATEGORIES,
} from '../../../lib/torznab/categories.ts';
import type { SearchSubject } from '../contract.ts';
import type { QueryParameters } from './torznab-endpoint.ts';

/** Queries that are asked at a time; the next stage only when all so far have found too little. */
export interface QueryStage {
  readonly queries: readonly QueryParameters[];
  /** So many items end the search. */
  readonly enough: number;
}

export interface QueryOptions {
  /** Null: those that the endpoint says it has, else the standard ones. */
  readonly movieCategories: readonly number[] | null;
  readonly seriesCategories: readonly number[] | null;
  /** How IMDb ids are written: the specifications of Torznab and Newznab differ, and servers from both. */
  readonly imdbForm: ImdbForm;
}

export type ImdbForm = 'tt' | 'digits';

/** Other names of a title that are asked for. */
const OTHER_NAMES_MAX = 2;
const CATEGORIES_MAX = 60;
/** What an indexer has under an id is all of it; what it finds by words, a further form of the name mostly finds again. */
const ENOUGH = { byId: 1, byName: 5 } as const;
/** A season of so many episodes is a show of every day, whose releases have dates. */
const DAILY_EPISODES_MIN = 60;
/** No season has such a number but the years of daily shows. */
const FIRST_YEAR = 1900;

/** False for what the endpoint has no category of. */
export function hasCategories(
  subject: Pick<SearchSubject, 'type' | 'isAnime'>,
  caps: Caps | undefined,
  options: QueryOptions,
): boolean {
  const own = subject.type === 'movie' ? options.movieCategories : options.seriesCategories;
  if (own !== null) return own.length > 0;
  return caps === undefined || caps.categories.length === 0 || listed(subject, caps).length > 0;
}

/** The stages in the order in which they are tried; none for a title without an id and a usable name. */
export function planQueries(
  subject: SearchSubject,
  caps: Caps,
  options: QueryOptions,
): readonly QueryStage[] {
  const cat = categoriesFor(subject, caps, options).join(',');
  const common: QueryParameters = cat === '' ? {} : { cat };
  const plan = subject.type === 'movie' ? moviePlan : seriesPlan;
  const { byId, byName } = plan(subject, caps, options);
  return [
    { queries: byId, enough: ENOUGH.byId },
    ...byName.map((queries) => ({ queries, enough: ENOUGH.byName })),
  ]
    .filter(({ queries }) => queries.length > 0)
    .map(({ queries, enough }) => ({
      queries: queries.map((query) => ({ ...query, ...common, extended: '1' })),
      enough,
    }));
}

/** What is new, of films and series together. */
export function latestQuery(caps: Caps, options: QueryOptions): QueryParameters {
  const of = (type: SearchSubject['type']) =>
    categoriesFor({ type, isAnime: type === 'series' }, caps, options);
  const cat = [...new Set([...of('movie'), ...of('series')])].slice(0, CATEGORIES_MAX).join(',');
  const t = caps.search.isAvailable ? 'search' : caps.movie.isAvailable ? 'movie' : 'tvsearch';
  return { t, ...(cat !== '' && { cat }), extended: '1' };
}

interface Plan {
  readonly byId: readonly QueryParameters[];
  readonly byName: readonly (readonly QueryParameters[])[];
}

/** `T Y`, then `T` and other names. */
function moviePlan(subject: SearchSubject, caps: Caps, { imdbForm }: QueryOptions): Plan {
  const { year, names } = subject;
  const id = idParameters(caps.movie, subject, ['imdbid', 'tmdbid'], imdbForm);
  const wordsOf = (words: string) => wordQuery(caps, caps.movie, 'movie', words);
  const [name, ...others] = queryNames(names);
  const dated = (words: string) => (year > 0 ? `${words} ${year}` : words);
  return {
    byId: id === null ? [] : [{ t: 'movie', ...id }],
    byName:
      name === undefined
        ? []
        : [
            [wordsOf(dated(name))],
            [...(year > 0 ? [name] : []), ...others.map(dated)].map(wordsOf),
          ],
  };
}

function seriesPlan(subject: SearchSubject, caps: Caps, { imdbForm }: QueryOptions): Plan {
  const { season, episode, names } = subject;
  const id = idParameters(caps.series, subject, ['tvdbid', 'imdbid', 'tmdbid'], imdbForm);
  const wordsOf = (form: string) => wordQuery(caps, caps.series, 'tvsearch', form);
  const [name, ...others] = queryNames(names);
  const places = placesOf(caps.series, season, episode);
  return {
    byId: id === null ? [] : places.map((place) => ({ t: 'tvsearch', ...id, ...place })),
    byName:
      name === undefined
        ? []
        : [
            episodeForms(subject, name).map(wordsOf),
            others.flatMap((other) => episodeForms(subject, other).slice(0, 2)).map(wordsOf),
          ],
  };
}

/** The first of the ids that both know, or null. One is asked for: some servers take several for "all of them". */
function idParameters(
  mode: SearchMode,
  { imdbId, tmdbId, tvdbId }: SearchSubject,
  order: readonly ('imdbid' | 'tmdbid' | 'tvdbid')[],
  imdbForm: ImdbForm,
): QueryParameters | null {
  const ids = {
    imdbid: imdbForm === 'tt' ? imdbId : imdbId.replace(/^tt/, ''),
    tmdbid: tmdbId,
    tvdbid: tvdbId,
  };
  const known = order.find((name) => ids[name] !== '' && mode.params.has(name));
  return mode.isAvailable && known !== undefined ? { [known]: ids[known] } : null;
}

/** The episode, and its whole season, whose packs have it too; both at once where the server cannot tell episodes apart. */
function placesOf(mode: SearchMode, season: number, episode: number): readonly QueryParameters[] {
  if (!mode.params.has('season')) return [{}];
  if (!mode.params.has('ep')) return [{ season: String(season) }];
  return [{ season: String(season), ep: String(episode) }, { season: String(season) }];
}

/** `t=search` is what every endpoint has; one without it is asked in the way of the type. */
function wordQuery(caps: Caps, mode: SearchMode, t: string, words: string): QueryParameters {
  const isTyped = !caps.search.isAvailable && mode.isAvailable && mode.params.has('q');
  return { t: isTyped ? t : 'search', q: words };
}

/** `T S01E02`, `T S01`; `T 14` where releases count over all seasons; `T 2015 08 07` where they have dates. */
function episodeForms(subject: SearchSubject, name: string): readonly string[] {
  const { season, episode, isAnime, episodes } = subject;
  const known = episodes.find((each) => each.season === season && each.episode === episode);
  const date = known?.released.replaceAll('-', ' ') ?? '';
  if (date !== '' && isDaily(subject)) return [`${name} ${date}`, `${name} S${two(season)}`];
  const numbered = [`${name} S${two(season)}E${two(episode)}`, `${name} S${two(season)}`];
  if (!isAnime) return numbered;
  const absolute = known?.absolute ?? 0;
  const count = absolute > 0 ? absolute : season === 1 ? episode : 0;
  return count > 0 ? [`${name} ${two(count)}`, ...numbered] : numbered;
}

function isDaily({ season, episodes, isAnime }: SearchSubject): boolean {
  if (season >= FIRST_YEAR) return true;
  const ofSeason = episodes.filter((each) => each.season === season).length;
  return !isAnime && ofSeason >= DAILY_EPISODES_MIN;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** Names as indexers split them: letters and digits, marks of Latin letters taken off; each once, the main one first. */
function queryNames(names: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const name of names) {
    if (found.size > OTHER_NAMES_MAX) break;
    const words = queryWords(name);
    if (words !== '') found.add(words);
  }
  return [...found];
}

function queryWords(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/(?<=\p{Script=Latin}\p{M}*)\p{M}/gu, '')
    .normalize('NFC')
    .replaceAll(/['’ʼʻ`´]/g, '')
    .replaceAll(/[^\p{L}\p{N}\p{M}]+/gu, ' ')
    .trim();
}

function categoriesFor(
  subject: Pick<SearchSubject, 'type' | 'isAnime'>,
  caps: Caps,
  options: QueryOptions,
): readonly number[] {
  const own = subject.type === 'movie' ? options.movieCategories : options.seriesCategories;
  if (own !== null) return own.slice(0, CATEGORIES_MAX);
  if (caps.categories.length > 0) return listed(subject, caps).slice(0, CATEGORIES_MAX);
  return standard(subject.type === 'movie' ? MOVIES : SERIES);
}

/** Films of anime stand in the category of anime series at many indexers. */
function listed(
  { type, isAnime }: Pick<SearchSubject, 'type' | 'isAnime'>,
  caps: Caps,
): readonly number[] {
  const kind = type === 'movie' ? MOVIES : SERIES;
  return caps.categories
    .map(({ id }) => id)
    .filter((id) => kindOf(id) === kind || (isAnime && id === ANIME));
}

function standard(kind: number): readonly number[] {
  return VIDEO_CATEGORIES.filter(({ id }) => id === kind).flatMap(({ id, children }) => [
    id,
    ...Object.keys(children).map(Number),
  ]);
}
