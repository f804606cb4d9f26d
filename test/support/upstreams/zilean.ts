/** Zilean: searches of hash lists, `size` as a string, every property that its API document names. */
import {
  FakeUpstream,
  json,
  type Answer,
  type Asked,
  type UpstreamOptions,
} from './fake-upstream.ts';
import {
  releasesByWords,
  releasesOf,
  workByImdb,
  WORKS,
  type FakeRelease,
  type FakeWork,
} from './works.ts';

export interface ZileanOptions extends Partial<Omit<UpstreamOptions, 'answer'>> {
  readonly works?: readonly FakeWork[];
  /** Entries that are put before each list. */
  readonly extraEntries?: readonly unknown[];
}

export function startZilean(options: ZileanOptions = {}): Promise<FakeUpstream> {
  return FakeUpstream.start({ ...options, answer: (asked) => answerOf(asked, options) });
}

function answerOf(asked: Asked, options: ZileanOptions): Answer | undefined {
  const { method, path, query } = asked;
  const extra = options.extraEntries ?? [];
  if (path === '/healthchecks/ping') return { body: 'Pong!' };
  if (method === 'GET' && path === '/dmm/filtered')
    return json([...extra, ...filtered(query, options.works ?? WORKS).map(entry)]);
  if (method === 'POST' && path === '/dmm/search') {
    if (!(asked.headers['content-type'] ?? '').startsWith('application/json'))
      return { status: 415 };
    const { queryText } = JSON.parse(asked.body) as { queryText?: string };
    return json([...extra, ...releasesByWords(queryText ?? '', options.works).map(entry)]);
  }
  return undefined;
}

function filtered(query: URLSearchParams, works: readonly FakeWork[]): readonly FakeRelease[] {
  const season = Number(query.get('Season') ?? 0);
  const episode = Number(query.get('Episode') ?? 0);
  const imdbId = query.get('ImdbId');
  const work = imdbId === null ? undefined : workByImdb(imdbId, works);
  if (work !== undefined)
    return work.type === 'movie' ? work.releases : releasesOf(work, season, episode);
  return releasesByWords(query.get('Query') ?? '', works).filter(
    (release) =>
      release.season === season && (release.episode === 0 || release.episode === episode),
  );
}

function entry(release: FakeRelease): unknown {
  const work = WORKS.find(({ releases }) => releases.includes(release));
  return {
    raw_title: release.name,
    parsed_title: work?.name ?? '',
    trash: false,
    year: work?.year ?? 0,
    resolution: '720p',
    seasons: release.season === 0 ? [] : [release.season],
    episodes: release.episode === 0 ? [] : [release.episode],
    languages: [],
    _3d: false,
    size: String(release.sizeBytes),
    torrent: false,
    category: work?.type === 'series' ? 'tvSeries' : 'movie',
    imdb_id: work?.imdbId ?? null,
    imdb: null,
    info_hash: release.infohash,
    ingested_at: '2024-11-20T08:15:30.123456Z',
  };
}
