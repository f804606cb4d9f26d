/** Films and series in the Xtream API, in the types that its strictest clients take. */
import type { VodEpisode, VodTitle } from '../vod/contract.ts';

/** @param at the title's place in the list, from 0 */
export function movieItem(title: VodTitle, categoryId: number, at: number) {
  const { serial, name, year, poster, container, imdbId, tmdbId, details } = title;
  return {
    num: at + 1,
    name: namedWithYear(name, year),
    title: name,
    year: year === 0 ? '' : String(year),
    stream_type: 'movie',
    stream_id: serial,
    stream_icon: poster,
    rating: details.rating ?? 0,
    rating_5based: halved(details.rating),
    added: String(details.addedS ?? 0),
    is_adult: 0,
    plot: details.plot ?? '',
    genre: details.genre ?? '',
    category_id: String(categoryId),
    category_ids: [categoryId],
    container_extension: container || 'mp4',
    custom_sid: '',
    direct_source: '',
    tmdb: tmdbId,
    imdb_id: imdbId,
  };
}

export function movieInfo(title: VodTitle, categoryId: number) {
  const { name, year, poster, imdbId, tmdbId, details } = title;
  const seconds = details.durationS ?? 0;
  return {
    info: {
      name,
      o_name: name,
      year: year === 0 ? '' : String(year),
      movie_image: poster,
      cover_big: poster,
      plot: details.plot ?? '',
      description: details.plot ?? '',
      cast: details.cast ?? '',
      actors: details.cast ?? '',
      director: details.director ?? '',
      genre: details.genre ?? '',
      releasedate: details.released ?? '',
      release_date: details.released ?? '',
      rating: details.rating ?? 0,
      duration_secs: seconds,
      duration: clockTime(seconds),
      backdrop_path: details.backdrop === undefined ? [] : [details.backdrop],
      youtube_trailer: '',
      tmdb_id: tmdbId,
      imdb_id: imdbId,
      bitrate: 0,
      video: {},
      audio: {},
    },
    movie_data: movieItem(title, categoryId, 0),
  };
}

export function seriesItem(title: VodTitle, categoryId: number, at: number) {
  const { serial, name, year, poster, imdbId, tmdbId, details } = title;
  return {
    num: at + 1,
    name: namedWithYear(name, year),
    title: name,
    year: year === 0 ? '' : String(year),
    series_id: serial,
    cover: poster,
    plot: details.plot ?? '',
    cast: details.cast ?? '',
    director: details.director ?? '',
    genre: details.genre ?? '',
    releaseDate: details.released ?? '',
    release_date: details.released ?? '',
    last_modified: String(details.addedS ?? 0),
    rating: String(details.rating ?? 0),
    rating_5based: halved(details.rating),
    backdrop_path: details.backdrop === undefined ? [] : [details.backdrop],
    youtube_trailer: '',
    episode_run_time: '0',
    category_id: String(categoryId),
    category_ids: [categoryId],
    tmdb: tmdbId,
    imdb_id: imdbId,
  };
}

export function seriesInfo(title: VodTitle, episodes: readonly VodEpisode[], categoryId: number) {
  const bySeason = new Map<number, VodEpisode[]>();
  for (const episode of episodes) {
    const season = bySeason.get(episode.season);
    if (season === undefined) bySeason.set(episode.season, [episode]);
    else season.push(episode);
  }
  return {
    seasons: [...bySeason].map(([season, of]) => ({
      id: season,
      name: season === 0 ? 'Specials' : `Season ${season}`,
      season_number: season,
      episode_count: of.length,
      air_date: of[0]?.details.released ?? '',
      overview: '',
      cover: title.poster,
      cover_big: title.poster,
    })),
    info: seriesItem(title, categoryId, 0),
    episodes: Object.fromEntries(
      [...bySeason].map(([season, of]) => [String(season), seasonItems(title, of)]),
    ),
  };
}

/** Some clients know an episode by its title within the season. */
function seasonItems(title: VodTitle, episodes: readonly VodEpisode[]) {
  const taken = new Set<string>();
  return episodes.map((episode) => {
    const name = episodeName(title, episode);
    const shown = taken.has(name) ? `${name} (${episode.episode})` : name;
    taken.add(name);
    return episodeItem(episode, shown);
  });
}

function episodeItem({ number, season, episode, container, details }: VodEpisode, name: string) {
  const seconds = details.durationS ?? 0;
  return {
    id: String(number),
    episode_num: episode,
    title: name,
    container_extension: container || 'mp4',
    season,
    added: String(details.addedS ?? 0),
    custom_sid: '',
    direct_source: '',
    info: {
      name,
      plot: details.plot ?? '',
      release_date: details.released ?? '',
      releasedate: details.released ?? '',
      rating: details.rating ?? 0,
      duration_secs: seconds,
      duration: clockTime(seconds),
      movie_image: details.image ?? '',
      season,
      bitrate: 0,
      video: {},
      audio: {},
    },
  };
}

/** `Pioneer One S01E02` where the provider does not say more. */
export function episodeName({ name }: VodTitle, { season, episode, ...said }: VodEpisode): string {
  const digits = (number: number) => String(number).padStart(2, '0');
  return said.name === '' ? `${name} S${digits(season)}E${digits(episode)}` : said.name;
}

/** Whoever takes the list in finds title and year in the name, as everywhere. */
function namedWithYear(name: string, year: number): string {
  return year === 0 ? name : `${name} (${year})`;
}

function halved(rating: number | undefined): number {
  return rating === undefined ? 0 : Math.round(rating * 5) / 10;
}

function clockTime(seconds: number): string {
  const digits = (number: number) => String(Math.floor(number)).padStart(2, '0');
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60].map(digits).join(':');
}
