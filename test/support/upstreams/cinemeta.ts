/** Cinemeta: metadata by IMDb id, and searches by name. */
import {
  FakeUpstream,
  json,
  type Answer,
  type Asked,
  type UpstreamOptions,
} from './fake-upstream.ts';
import { workByImdb, WORKS, type FakeWork } from './works.ts';

export interface CinemetaOptions extends Partial<Omit<UpstreamOptions, 'answer'>> {
  readonly works?: readonly FakeWork[];
}

const META = /^\/meta\/(movie|series)\/(tt\d+)\.json$/;
const SEARCH = /^\/catalog\/(movie|series)\/top\/search=(.*)\.json$/;

export function startCinemeta(options: CinemetaOptions = {}): Promise<FakeUpstream> {
  const works = options.works ?? WORKS;
  return FakeUpstream.start({ ...options, answer: (asked) => answerOf(asked, works) });
}

function answerOf({ path }: Asked, works: readonly FakeWork[]): Answer | undefined {
  const [, type, id = ''] = META.exec(path) ?? [];
  if (type !== undefined) {
    const work = workByImdb(id, works);
    // Nothing known is 200 with an empty object.
    return json({ meta: work?.type === type ? metaOf(work) : {} });
  }
  const [, kind, text = ''] = SEARCH.exec(path) ?? [];
  if (kind === undefined) return undefined;
  const metas = works.filter(
    (work) => work.type === kind && work.name.toLowerCase().includes(text.toLowerCase()),
  );
  return json({ metas: metas.map(previewOf), hasMore: false, cacheMaxAge: 21600 });
}

function previewOf(work: FakeWork): unknown {
  const { imdbId, type, name, year, genre } = work;
  return {
    id: imdbId,
    imdb_id: imdbId,
    type,
    name,
    poster: `https://images.metahub.space/poster/small/${imdbId}/img`,
    releaseInfo: type === 'series' ? `${year}–` : String(year),
    genres: [genre],
  };
}

function metaOf(work: FakeWork): unknown {
  const { imdbId, type, name, year, released, genre, description, episodes } = work;
  const isSeries = type === 'series';
  return {
    awards: null,
    cast: [],
    country: null,
    description,
    director: null,
    genre: [genre],
    genres: [genre],
    id: imdbId,
    imdb_id: imdbId,
    imdbRating: '6.5',
    name,
    type,
    year: isSeries ? `${year}–` : String(year),
    releaseInfo: isSeries ? `${year}-` : String(year),
    released: `${released}T00:00:00.000Z`,
    runtime: '30 min',
    poster: `https://images.metahub.space/poster/small/${imdbId}/img`,
    background: `https://images.metahub.space/background/medium/${imdbId}/img`,
    logo: `https://images.metahub.space/logo/medium/${imdbId}/img`,
    links: [],
    behaviorHints: { defaultVideoId: isSeries ? null : imdbId, hasScheduledVideos: isSeries },
    ...(isSeries && {
      status: 'Ended',
      videos: episodes.map((episode) => videoOf(imdbId, episode)),
    }),
  };
}

function videoOf(
  imdbId: string,
  { season, episode, name, released }: FakeWork['episodes'][number],
): unknown {
  return {
    id: `${imdbId}:${season}:${episode}`,
    name,
    season,
    number: episode,
    episode,
    released: `${released}T00:00:00.000Z`,
    firstAired: `${released}T00:00:00.000Z`,
    overview: '',
    description: '',
    rating: '0',
    thumbnail: `https://episodes.metahub.space/${imdbId}/${season}/${episode}/w780.jpg`,
  };
}
