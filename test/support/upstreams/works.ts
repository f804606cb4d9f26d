/** Works that anybody may share, with releases of the usual kinds; hashes are made up unless the work's own page gives one. */
import { createHash } from 'node:crypto';

export interface FakeRelease {
  readonly name: string;
  readonly infohash: string;
  readonly sizeBytes: number;
  readonly seeders: number;
  /** 0 for movies; in packs of a season the episode is 0. */
  readonly season: number;
  readonly episode: number;
  /** The file that plays, as add-ons name it. */
  readonly filename: string;
  readonly fileIndex: number;
}

export interface FakeEpisode {
  readonly season: number;
  readonly episode: number;
  readonly name: string;
  /** ISO date. */
  readonly released: string;
}

export interface FakeWork {
  readonly type: 'movie' | 'series';
  readonly imdbId: string;
  /** 0: unknown there. */
  readonly tmdbId: number;
  readonly name: string;
  readonly alternativeNames: readonly string[];
  readonly year: number;
  /** ISO date. */
  readonly released: string;
  readonly genre: string;
  readonly description: string;
  readonly episodes: readonly FakeEpisode[];
  readonly releases: readonly FakeRelease[];
}

interface ReleaseSketch {
  readonly name: string;
  readonly infohash?: string;
  readonly megabytes: number;
  readonly seeders?: number;
  readonly season?: number;
  readonly episode?: number;
  readonly filename?: string;
  readonly fileIndex?: number;
}

function release(sketch: ReleaseSketch): FakeRelease {
  const { name, megabytes, seeders = 12, season = 0, episode = 0, fileIndex = 0 } = sketch;
  return {
    name,
    infohash: sketch.infohash ?? createHash('sha1').update(name).digest('hex'),
    sizeBytes: megabytes * 2 ** 20,
    seeders,
    season,
    episode,
    filename: sketch.filename ?? `${name}.mkv`,
    fileIndex,
  };
}

const NIGHT: FakeWork = {
  type: 'movie',
  imdbId: 'tt0063350',
  tmdbId: 10331,
  name: 'Night of the Living Dead',
  alternativeNames: ['La noche de los muertos vivientes', 'Die Nacht der lebenden Toten'],
  year: 1968,
  released: '1968-10-04',
  genre: 'Horror',
  description: 'Strangers barricade themselves in a farmhouse while the dead walk outside.',
  episodes: [],
  releases: [
    release({
      name: 'Night.Of.The.Living.Dead.1968.720p.BluRay.x264-[YTS.AM]',
      infohash: '50b7dafb7137cbecf045f78e8efbe4ac1a90d139',
      megabytes: 790,
      seeders: 57,
    }),
    release({
      name: 'Night.of.the.Living.Dead.1968.REMASTERED.1080p.BluRay.x265-PDM',
      megabytes: 4100,
    }),
    release({
      name: 'Night of the Living Dead (1968) 480p DVDRip XviD',
      megabytes: 700,
      seeders: 3,
    }),
  ],
};

const BUNNY: FakeWork = {
  type: 'movie',
  imdbId: 'tt1254207',
  tmdbId: 10378,
  name: 'Big Buck Bunny',
  alternativeNames: ['Peach'],
  year: 2008,
  released: '2008-04-10',
  genre: 'Animation',
  description: 'A giant rabbit turns the tables on three bullies.',
  episodes: [],
  releases: [
    release({
      name: 'Big Buck Bunny (2008) [1080p] BluRay x264',
      infohash: 'dd8255ecdc7ca55fb0bbf81323d87062db1f6d1c',
      megabytes: 264,
      seeders: 120,
    }),
    release({
      name: 'Big.Buck.Bunny.2008.2160p.60fps.WEB.x265-BLENDER',
      megabytes: 673,
      seeders: 31,
    }),
  ],
};

const SINTEL: FakeWork = {
  type: 'movie',
  imdbId: 'tt1727587',
  tmdbId: 45745,
  name: 'Sintel',
  alternativeNames: ['Durian'],
  year: 2010,
  released: '2010-09-27',
  genre: 'Fantasy',
  description: 'A young woman searches for the small dragon that she once nursed back to health.',
  episodes: [],
  releases: [
    release({
      name: 'Sintel.2010.720p.x264-GRP',
      infohash: '08ada5a7a6183aae1e09d831df6748d566095a10',
      megabytes: 123,
      seeders: 64,
    }),
    release({ name: 'Sintel.2010.2160p.WEB-DL.HEVC.10bit-BLENDER', megabytes: 1180 }),
  ],
};

const EPISODES = [
  'Earthfall',
  'The Man from Mars',
  'Alone in the Night',
  'Triangular Diplomacy',
  'Sea Change',
  'War of the World',
];
const AIRED = ['2010-06-16', '2010-12-14', '2011-03-28', '2011-04-28', '2011-12-13', '2011-12-13'];

const PIONEER: FakeWork = {
  type: 'series',
  imdbId: 'tt1748166',
  tmdbId: 33765,
  name: 'Pioneer One',
  alternativeNames: [],
  year: 2010,
  released: '2010-06-16',
  genre: 'Drama',
  description: 'A crashed capsule raises an impossible question about a lost Mars mission.',
  episodes: EPISODES.map((name, at) => ({
    season: 1,
    episode: at + 1,
    name,
    released: AIRED[at] ?? '',
  })),
  releases: [
    release({
      name: 'Pioneer.One.S01E01.720p.x264-VODO',
      infohash: '07a9de9750158471c3302e4e95edb1107f980fa6',
      megabytes: 652,
      seeders: 21,
      season: 1,
      episode: 1,
    }),
    ...EPISODES.slice(1).map((_, at) =>
      release({
        name: `Pioneer.One.S01E0${at + 2}.720p.x264-VODO`,
        megabytes: 560,
        season: 1,
        episode: at + 2,
      }),
    ),
    release({
      name: 'Pioneer.One.S01.1080p.WEB-DL.AAC.H264-VODO',
      megabytes: 6200,
      seeders: 9,
      season: 1,
      filename: 'Pioneer.One.S01E02.1080p.WEB-DL.AAC.H264-VODO.mkv',
      fileIndex: 1,
    }),
  ],
};

/** Listed by the demo catalogue without a single stream. */
const GENERAL: FakeWork = {
  type: 'movie',
  imdbId: 'tt0017925',
  tmdbId: 961,
  name: 'The General',
  alternativeNames: ['Der General', 'Le Mécano de la General'],
  year: 1926,
  released: '1926-12-31',
  genre: 'Comedy',
  description: 'A railwayman chases his stolen locomotive through a war, alone.',
  episodes: [],
  releases: [
    release({ name: 'The.General.1926.1080p.BluRay.x264-AMIABLE', megabytes: 6700, seeders: 44 }),
    release({
      name: 'The General (1926) REMASTERED 2160p UHD BluRay x265 10bit',
      megabytes: 21_000,
    }),
    release({ name: 'The.General.1926.720p.WEB-DL.AAC2.0.H264-PD', megabytes: 1900, seeders: 7 }),
  ],
};

/** Not in the demo catalogue: metadata services alone know it. */
const INTOLERANCE: FakeWork = {
  type: 'movie',
  imdbId: 'tt0006864',
  tmdbId: 3059,
  name: 'Intolerance',
  alternativeNames: ["Intolerance: Love's Struggle Throughout the Ages"],
  year: 1916,
  released: '1916-09-05',
  genre: 'Drama',
  description: 'Four stories of hatred, thousands of years apart.',
  episodes: [],
  releases: [
    release({ name: 'Intolerance.1916.1080p.BluRay.x264-PD', megabytes: 9800, seeders: 15 }),
    release({ name: 'Intolerance (1916) 720p WEBRip AAC x264', megabytes: 2400, seeders: 4 }),
  ],
};

export const WORKS: readonly FakeWork[] = [NIGHT, BUNNY, SINTEL, PIONEER, GENERAL, INTOLERANCE];

/** What of a work's releases plays a movie, or an episode: the episode's own and packs of its season. */
export function releasesOf(work: FakeWork, season = 0, episode = 0): readonly FakeRelease[] {
  return work.releases.filter(
    (candidate) =>
      candidate.season === season && (candidate.episode === 0 || candidate.episode === episode),
  );
}

export function workByImdb(
  imdbId: string,
  works: readonly FakeWork[] = WORKS,
): FakeWork | undefined {
  return works.find((work) => work.imdbId === imdbId);
}

/** Releases whose names hold every word of the query, as indexers without a database of titles search. */
export function releasesByWords(
  query: string,
  works: readonly FakeWork[] = WORKS,
): readonly FakeRelease[] {
  const words = wordsOf(query);
  if (words.length === 0) return [];
  return works
    .flatMap((work) => work.releases)
    .filter((candidate) => {
      const held = new Set([...wordsOf(candidate.name), candidate.infohash]);
      return words.every((word) => held.has(word));
    });
}

function wordsOf(text: string): readonly string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}
