/** What several services know of one title, as one title for the library. */
import { publicIdOf } from '../../lib/stremio/public-id.ts';
import type { ImportedEpisode, ImportedId, ImportedTitle } from '../library/contract.ts';
import { NAMES_MAX, type FoundTitle, type MetadataProvider } from './provider.ts';

/** What each service said. */
export type Findings = ReadonlyMap<MetadataProvider['name'], FoundTitle>;

/** Whose numbers the episodes have: add-ons of anime count theirs by TVDB's, as Cinemeta does, or by TMDB's. */
export type Numbering = 'tvdb' | 'tmdb';

export interface MergedTitle extends FoundTitle {
  readonly numbering: Numbering;
}

/**
 * Texts and numbers of the first that has them, TMDB before Cinemeta; but episodes as Cinemeta numbers them, for clients
 * ask by its numbers.
 * @param findings of one service at least
 */
export function mergeFindings(findings: Findings): MergedTitle {
  const tmdb = findings.get('tmdb');
  const cinemeta = findings.get('cinemeta');
  const first = tmdb ?? cinemeta;
  const second = tmdb === undefined ? undefined : cinemeta;
  if (first === undefined) throw new Error('nothing was found to be merged');
  const numbering = cinemeta !== undefined && cinemeta.episodes.length > 0 ? 'tvdb' : 'tmdb';
  if (second === undefined) return { ...first, numbering };
  return {
    ...second,
    ...saidBy(first),
    alternativeTitles: otherNames(first, second),
    endYear: first.endYear || (first.isRunning ? 0 : second.endYear),
    images: [...first.images, ...second.images.filter(isOfOtherKind(first))],
    ratings: [...first.ratings, ...second.ratings.filter(isOfOtherProvider(first))],
    episodes: mergeEpisodes(second.episodes, first.episodes),
    numbering,
  };
}

/** Fields that it has something in; `isAdult` and `isRunning` always say something. */
function saidBy(found: FoundTitle): Partial<FoundTitle> {
  const fields = Object.entries(found).filter(([, value]) => !isBlank(value));
  return Object.fromEntries(fields);
}

function isBlank(value: unknown): boolean {
  const isNothing = value === '' || value === 0 || value === 'Unknown';
  return isNothing || (Array.isArray(value) && value.length === 0);
}

/** @param otherIds beside IMDb's and TMDB's */
export function importedTitle(found: FoundTitle, otherIds: readonly ImportedId[]): ImportedTitle {
  return {
    type: found.type,
    publicId: publicIdOf(found),
    imdbId: found.imdbId,
    tmdbId: found.tmdbId,
    otherIds: [
      ...(found.tvdbId === ''
        ? []
        : [{ provider: 'tvdb', id: found.tvdbId, season: -1, episodeOffset: 0 } as const]),
      ...otherIds,
    ],
    title: found.title,
    originalTitle: found.originalTitle,
    alternativeTitles: found.alternativeTitles,
    year: found.year,
    endYear: found.endYear,
    released: found.released,
    runtimeMinutes: found.runtimeMinutes,
    description: found.description,
    languages: found.languages,
    country: found.country,
    website: found.website,
    isAdult: found.isAdult,
    nudity: 'Unknown',
    certificate: found.certificate,
    isAlwaysListed: false,
    popularity: found.popularity,
    genres: found.genres,
    images: found.images,
    ratings: found.ratings,
    episodes: found.episodes,
    streams: [],
  };
}

function otherNames(first: FoundTitle, second: FoundTitle): readonly string[] {
  const own = [first.title, first.originalTitle || second.originalTitle, ''];
  const names = [
    second.title,
    ...first.alternativeTitles,
    ...second.alternativeTitles,
    second.originalTitle,
  ];
  return [...new Set(names.filter((name) => !own.includes(name)))].slice(0, NAMES_MAX);
}

function isOfOtherKind({ images }: FoundTitle) {
  return ({ kind }: FoundTitle['images'][number]) => !images.some((image) => image.kind === kind);
}

function isOfOtherProvider({ ratings }: FoundTitle) {
  return ({ provider }: FoundTitle['ratings'][number]) =>
    !ratings.some((rating) => rating.provider === provider);
}

/**
 * Those of `main`, with what it does not say of them. Episodes of `other` that it lacks are added where both number alike:
 * where all seasons before the last are as long in both.
 */
function mergeEpisodes(
  main: readonly ImportedEpisode[],
  other: readonly ImportedEpisode[],
): readonly ImportedEpisode[] {
  if (main.length === 0 || other.length === 0) return main.length === 0 ? other : main;
  const others = new Map(other.map((episode) => [placeOf(episode), episode]));
  const filled = main.map((episode) => filledIn(episode, others.get(placeOf(episode))));
  if (!numberAlike(main, other)) return filled;
  const known = new Set(main.map(placeOf));
  const added = other.filter((episode) => episode.season > 0 && !known.has(placeOf(episode)));
  return [...filled, ...added].sort((a, b) => a.season - b.season || a.episode - b.episode);
}

function filledIn(episode: ImportedEpisode, other: ImportedEpisode | undefined): ImportedEpisode {
  if (other === undefined) return episode;
  return {
    ...episode,
    title: episode.title || other.title,
    overview: episode.overview || other.overview,
    released: episode.released || other.released,
    thumbnailUrl: episode.thumbnailUrl || other.thumbnailUrl,
  };
}

/** Whether seasons are as long in both, as far as they are over: each side's last one may still grow. */
function numberAlike(a: readonly ImportedEpisode[], b: readonly ImportedEpisode[]): boolean {
  const [ofA, ofB] = [lastOfSeasons(a), lastOfSeasons(b)];
  const [lastA, lastB] = [Math.max(0, ...ofA.keys()), Math.max(0, ...ofB.keys())];
  return [...new Set([...ofA.keys(), ...ofB.keys()])].every((season) => {
    const [inA, inB] = [ofA.get(season) ?? 0, ofB.get(season) ?? 0];
    return (season >= lastA || inB <= inA) && (season >= lastB || inA <= inB);
  });
}

/** Number of the last episode of each season; specials are numbered at will. */
function lastOfSeasons(episodes: readonly ImportedEpisode[]): ReadonlyMap<number, number> {
  const last = new Map<number, number>();
  for (const { season, episode } of episodes)
    if (season > 0) last.set(season, Math.max(last.get(season) ?? 0, episode));
  return last;
}

function placeOf({ season, episode }: ImportedEpisode): string {
  return `${season}:${episode}`;
}
