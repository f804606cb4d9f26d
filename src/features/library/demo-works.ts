/** From works of the demo catalogue to works as the library imports them. */
import { languageOfCode } from '../../lib/release-title/language-codes.ts';
import { releaseAttributes, type ReleaseAttributes } from '../../lib/release-title/release-attributes.ts';
import type { Language, Resolution } from '../../lib/vocabulary.ts';
import type { ImportedEpisode, ImportedPlacement, ImportedStream, ImportedWork } from './contract.ts';
import type { DemoFile, DemoStream, DemoVideo, DemoWork } from './demo-catalog.ts';

const VIDEO_FILE = /\.(mp4|mkv|avi|mov|webm|ogv|mpe?g|m4v|ts|wmv)$/i;

/** Standard definition is 480 lines in the country that the works marked so come from. */
const SD_RESOLUTION: Resolution = '480p';

/**
 * Our own id of a work, for ever: the name that the catalogue gives to works without an IMDb id, else title
 * and year, so that a short name stays free for a later work of the same title.
 */
export function demoPublicId(work: DemoWork): string {
  if (work.id.startsWith('demo:')) return `sl:${work.id.slice('demo:'.length)}`;
  return `sl:${slug(work.name)}-${work.year}`;
}

/** `Häxan` → `haxan`, `D.O.A.` → `d-o-a`. */
function slug(title: string): string {
  const words = title.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().split(/[^a-z0-9]+/u);
  return words.filter((word) => word !== '').join('-');
}

/** All works of the catalogue; earlier ones count as more popular. */
export function demoWorks(works: readonly DemoWork[]): ImportedWork[] {
  return works.map((work, index) => importedWork(work, 1 - index / works.length));
}

function importedWork(work: DemoWork, popularity: number): ImportedWork {
  const languages = work.languages.map(languageOfCode).filter((language) => language !== undefined);
  const placed = work.type === 'movie'
    ? work.streams.map((stream) => importedStream(stream, languages, 0, 0))
    : work.videos.flatMap((video) =>
      video.streams.map((stream) => importedStream(stream, languages, video.season, video.episode)));
  return {
    type: work.type,
    publicId: demoPublicId(work),
    imdbId: work.imdb_id ?? '',
    tmdbId: work.tmdb_id === null ? '' : String(work.tmdb_id),
    title: work.name,
    originalTitle: '',
    alternativeTitles: [],
    year: work.year,
    endYear: work.end_year ?? 0,
    released: '',
    runtimeMinutes: work.runtime_minutes ?? 0,
    // Creative Commons licences ask for being named wherever the work is offered.
    description: `${work.description}\n\nLicence: ${work.license}. ${work.license_note}.`,
    languages,
    country: '',
    website: '',
    isAdult: false,
    nudity: 'Unknown',
    certificate: 'Unknown',
    isAlwaysListed: true,
    popularity,
    genres: work.genres,
    images: [],
    ratings: [],
    episodes: work.videos.map(importedEpisode),
    streams: placed,
  };
}

function importedEpisode(video: DemoVideo): ImportedEpisode {
  const { season, episode, title, year } = video;
  const released = video.released ?? (year === undefined ? '' : `${year}-01-01`);
  return { season, episode, title, overview: '', released, thumbnailUrl: '' };
}

function importedStream(
  stream: DemoStream, languages: readonly Language[], season: number, episode: number,
): ImportedStream {
  const isTorrent = stream.kind === 'torrent';
  const played = isTorrent ? fileThatPlays(stream.files) : { ...NO_FILE, filename: lastSegment(stream.url) };
  return {
    kind: stream.kind,
    infohash: isTorrent ? stream.infohash : null,
    locator: isTorrent ? '' : stream.url,
    name: isTorrent ? stream.name : played.filename,
    source: 'demo',
    releaseGroup: '',
    uploader: '',
    trackers: isTorrent ? stream.trackers : [],
    ...attributesOf(stream, played.filename),
    flags: isTorrent && stream.web_seed !== undefined ? ['webSeed'] : [],
    languages,
    totalSizeBytes: isTorrent ? stream.files.reduce((sum, file) => sum + file.size, 0) : 0,
    seeders: -1,
    addedAtS: 0,
    placements: [{ season, episodeFrom: episode, episodeTo: episode, ...played }],
  };
}

function attributesOf(stream: DemoStream, filename: string): ReleaseAttributes {
  const hint = stream.kind === 'torrent' ? stream.name : (stream.quality ?? '');
  const attributes = releaseAttributes(`${hint} ${filename}`);
  if (hint !== 'SD' || attributes.resolution !== 'unknown') return attributes;
  return { ...attributes, resolution: SD_RESOLUTION };
}

type PlayedFile = Pick<ImportedPlacement, 'fileIndex' | 'filename' | 'fileSizeBytes'>;

const NO_FILE: PlayedFile = { fileIndex: -1, filename: '', fileSizeBytes: 0 };

/** The largest video of a torrent; samples and pictures are smaller. */
function fileThatPlays(files: readonly DemoFile[]): PlayedFile {
  const [largest] = files.filter((file) => VIDEO_FILE.test(file.path)).toSorted((a, b) => b.size - a.size);
  if (largest === undefined) return NO_FILE;
  return { fileIndex: largest.index, filename: lastSegment(largest.path), fileSizeBytes: largest.size };
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
