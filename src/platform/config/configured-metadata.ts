/** The metadata services of this instance, from the variables that name them. */
import type { Config } from './config.ts';
import { configuredSources } from './configured-sources.ts';
import { NO_SERVICE, PUBLIC_CINEMETA } from './metadata-variables.ts';

export interface MetadataServices {
  /** Null: not asked. */
  readonly cinemetaUrl: string | null;
  readonly tmdb: TmdbService | null;
  readonly animeListUrl: string | null;
}

export interface TmdbService {
  readonly url: string;
  readonly imageUrl: string;
  readonly apiKey: string;
}

/** Without sources nothing is asked that was not named: titles without streams would be of no use. */
export function metadataServices(config: Config): MetadataServices {
  const { TMDB_API_KEY, TMDB_URL, TMDB_IMAGE_URL, ANIME_LIST_URL } = config;
  const cinemetaUrl = cinemetaOf(config);
  const tmdb =
    TMDB_API_KEY === null
      ? null
      : { url: TMDB_URL, imageUrl: TMDB_IMAGE_URL, apiKey: TMDB_API_KEY };
  const isListOf = (cinemetaUrl !== null || tmdb !== null) && ANIME_LIST_URL !== NO_SERVICE;
  return { cinemetaUrl, tmdb, animeListUrl: isListOf ? ANIME_LIST_URL : null };
}

function cinemetaOf(config: Config): string | null {
  if (config.CINEMETA_URL === NO_SERVICE) return null;
  const hasSources = configuredSources(config).length > 0 || config.LIVE_SEARCH_STREAMS === true;
  return config.CINEMETA_URL ?? (hasSources ? PUBLIC_CINEMETA : null);
}
