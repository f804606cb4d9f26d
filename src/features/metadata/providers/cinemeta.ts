/** Cinemeta, and add-ons like it: titles by their IMDb ids, with the episodes as Stremio numbers them. */
import { z } from 'zod';
import type { MediaType } from '../../../lib/stremio/types.ts';
import type { Upstream } from '../../../platform/upstream/upstream.ts';
import {
  badAnswer,
  count,
  digits,
  imdbId,
  isoDate,
  items,
  jsonObject,
  number,
  text,
  webUrl,
} from '../answer.ts';
import {
  EPISODES_MAX,
  SEARCH_TITLES_MAX,
  bareTitle,
  type FoundTitle,
  type MetadataProvider,
  type ServiceCall,
  type TitleIds,
} from '../provider.ts';

const NAME = 'Cinemeta';
/** The longest series are 4 MB. */
const META_BYTES_MAX = 16 * 1024 * 1024;
const YEAR_MAX = 9999;

const video = z.object({
  season: z.number().int().min(0).max(9999),
  episode: z.number().int().min(0).max(99_999).optional().catch(undefined),
  number: z.number().int().min(0).max(99_999).optional().catch(undefined),
  name: text,
  title: text,
  overview: text,
  description: text,
  released: isoDate,
  firstAired: isoDate,
  thumbnail: webUrl,
});

const metaFields = z.object({
  id: text,
  imdb_id: imdbId,
  moviedb_id: digits,
  tvdb_id: digits,
  name: text,
  aliases: items(text),
  description: text,
  year: text,
  releaseInfo: text,
  released: isoDate,
  status: text,
  runtime: text,
  country: text,
  genres: items(text),
  genre: items(text),
  imdbRating: number,
  poster: webUrl,
  background: webUrl,
  logo: webUrl,
  popularities: z.object({ moviedb: number }).catch({ moviedb: 0 }),
  videos: items(video),
});
type MetaFields = z.infer<typeof metaFields>;

const metaDocument = z.object({ meta: z.unknown() });
const catalogDocument = z.object({ metas: items(metaFields) });

export class Cinemeta implements MetadataProvider {
  readonly name = 'cinemeta';
  readonly #upstream: Upstream;
  readonly #baseUrl: string;

  /** @param baseUrl without a slash at its end */
  constructor(upstream: Upstream, baseUrl: string) {
    this.#upstream = upstream;
    this.#baseUrl = baseUrl;
  }

  canFind(ids: TitleIds): boolean {
    return ids.imdbId !== '';
  }

  async find(ids: TitleIds, call: ServiceCall): Promise<FoundTitle | null> {
    const document = await this.#get(`/meta/${ids.type}/${ids.imdbId}.json`, call);
    if (document === null) return null;
    const { meta } = metaDocument.parse(document);
    // An id that it does not know is an empty object, or none.
    const fields = metaFields.safeParse(meta).data;
    return fields === undefined || fields.name === '' ? null : titleOf(ids, fields);
  }

  async search(type: MediaType, words: string, call: ServiceCall): Promise<readonly FoundTitle[]> {
    const document = await this.#get(
      `/catalog/${type}/top/search=${encodeURIComponent(words)}.json`,
      call,
    );
    if (document === null) return [];
    const { metas } = catalogDocument.parse(document);
    return metas
      .map((fields) => ({ ...fields, imdb_id: imdbId.parse(fields.imdb_id || fields.id) }))
      .filter((fields) => fields.imdb_id !== '' && fields.name !== '')
      .slice(0, SEARCH_TITLES_MAX)
      .map((fields) => titleOf({ type, imdbId: fields.imdb_id, tmdbId: '', tvdbId: '' }, fields));
  }

  /** Null for 404. */
  async #get(path: string, { signal, timeoutMs }: ServiceCall): Promise<object | null> {
    const answer = await this.#upstream.request({
      url: this.#baseUrl + path,
      headers: { accept: 'application/json' },
      signal,
      timeoutMs,
      bodyBytesMax: META_BYTES_MAX,
      retriesMax: 1,
    });
    if (answer.status === 404) return null;
    if (answer.status !== 200) throw badAnswer(NAME, `the status ${answer.status}`);
    return jsonObject(answer, NAME);
  }
}

function titleOf(ids: TitleIds, fields: MetaFields): FoundTitle {
  const { year, endYear, isOpen } = yearsOf(fields.releaseInfo || fields.year);
  const isSeries = ids.type === 'series';
  const hasEnded = /^ended|^cancell?ed/i.test(fields.status);
  const rating = Math.min(10, Math.max(0, fields.imdbRating));
  return {
    ...bareTitle(ids, fields.name),
    imdbId: fields.imdb_id || ids.imdbId,
    tmdbId: fields.moviedb_id || ids.tmdbId,
    tvdbId: fields.tvdb_id || ids.tvdbId,
    alternativeTitles: fields.aliases.filter((name) => name !== ''),
    year: year || Number(fields.released.slice(0, 4)),
    endYear: isSeries ? endYear : 0,
    isRunning:
      isSeries && !hasEnded && (isOpen || /^(?:continuing|returning)/i.test(fields.status)),
    released: fields.released,
    runtimeMinutes: minutesOf(fields.runtime),
    description: fields.description,
    country: fields.country,
    popularity: Math.max(0, fields.popularities.moviedb),
    genres: (fields.genres.length > 0 ? fields.genres : fields.genre).filter((name) => name !== ''),
    images: imagesOf(fields),
    ratings: rating === 0 ? [] : [{ provider: 'imdb', value: rating, votes: 0 }],
    episodes: isSeries ? episodesOf(fields.videos) : [],
  };
}

/** `2010`, `2010-` and `2010–2013`. */
function yearsOf(span: string): { year: number; endYear: number; isOpen: boolean } {
  const [, first = '', dash = '', last = ''] = /^(\d{4})(?:\s*([-–])\s*(\d{4})?)?/.exec(span) ?? [];
  const year = count(YEAR_MAX).parse(first);
  const endYear = dash === '' ? year : count(YEAR_MAX).parse(last);
  return { year, endYear, isOpen: dash !== '' && last === '' };
}

/** `96 min`, `1h36min`, `1 h`. */
function minutesOf(runtime: string): number {
  const [, hours = '0'] = /(\d{1,2})\s*h/i.exec(runtime) ?? [];
  const [, minutes = '0'] = /(\d{1,4})\s*m/i.exec(runtime) ?? [];
  return Number(hours) * 60 + Number(minutes);
}

function imagesOf({ poster, background, logo }: MetaFields): FoundTitle['images'] {
  const all = [
    { kind: 'poster', url: poster },
    { kind: 'background', url: background },
    { kind: 'logo', url: logo },
  ] as const;
  return all.filter(({ url }) => url !== '');
}

/** The last of two with one number counts. */
function episodesOf(videos: MetaFields['videos']): FoundTitle['episodes'] {
  const byPlace = new Map<string, FoundTitle['episodes'][number]>();
  for (const found of videos.slice(0, EPISODES_MAX)) {
    const episode = found.episode ?? found.number;
    if (episode === undefined) continue;
    byPlace.set(`${found.season}:${episode}`, {
      season: found.season,
      episode,
      title: found.name || found.title,
      overview: found.overview || found.description,
      released: found.released || found.firstAired,
      thumbnailUrl: found.thumbnail,
    });
  }
  return [...byPlace.values()].sort((a, b) => a.season - b.season || a.episode - b.episode);
}
