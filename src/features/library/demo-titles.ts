/** From titles of the demo catalogue to the form in which the library imports them. */
import { languageOfCode } from '../../lib/release-title/language-codes.ts';
import {
  releaseAttributes,
  type ReleaseAttributes,
} from '../../lib/release-title/release-attributes.ts';
import type { Language, Resolution } from '../../lib/vocabulary.ts';
import type {
  ImportedEpisode,
  ImportedPlacement,
  ImportedStream,
  ImportedTitle,
} from './contract.ts';
import type { DemoFile, DemoStream, DemoVideo, DemoTitle } from './demo-catalog.ts';

const VIDEO_FILE = /\.(mp4|mkv|avi|mov|webm|ogv|mpe?g|m4v|ts|wmv)$/i;

/** Standard definition is 480 lines in the country that the titles marked so come from. */
const SD_RESOLUTION: Resolution = '480p';

/**
 * Our own id of a title, for ever: the name that the catalogue gives to those without an IMDb id, else title
 * and year, so that a short name stays free for a later one of the same title.
 */
export function demoPublicId(title: DemoTitle): string {
  if (title.id.startsWith('demo:')) return `sl:${title.id.slice('demo:'.length)}`;
  return `sl:${slug(title.name)}-${title.year}`;
}

/** `Häxan` → `haxan`, `D.O.A.` → `d-o-a`. */
function slug(title: string): string {
  const words = title
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^a-z0-9]+/u);
  return words.filter((word) => word !== '').join('-');
}

/** All of the catalogue; earlier ones count as more popular. */
export function demoTitles(titles: readonly DemoTitle[]): ImportedTitle[] {
  return titles.map((title, index) => importedTitle(title, 1 - index / titles.length));
}

function importedTitle(title: DemoTitle, popularity: number): ImportedTitle {
  const languages = title.languages
    .map(languageOfCode)
    .filter((language) => language !== undefined);
  const placed =
    title.type === 'movie'
      ? title.streams.map((stream) => importedStream(stream, languages, 0, 0))
      : title.videos.flatMap((video) =>
          video.streams.map((stream) =>
            importedStream(stream, languages, video.season, video.episode),
          ),
        );
  return {
    type: title.type,
    publicId: demoPublicId(title),
    imdbId: title.imdb_id ?? '',
    tmdbId: title.tmdb_id === null ? '' : String(title.tmdb_id),
    otherIds: [],
    title: title.name,
    originalTitle: '',
    alternativeTitles: [],
    year: title.year,
    endYear: title.end_year ?? 0,
    released: '',
    runtimeMinutes: title.runtime_minutes ?? 0,
    // Creative Commons licences ask for being named wherever the title is offered.
    description: `${title.description}\n\nLicence: ${title.license}. ${title.license_note}.`,
    languages,
    country: '',
    website: '',
    isAdult: false,
    nudity: 'Unknown',
    certificate: 'Unknown',
    isAlwaysListed: true,
    popularity,
    genres: title.genres,
    images: [],
    ratings: [],
    episodes: title.videos.map(importedEpisode),
    streams: placed,
  };
}

function importedEpisode(video: DemoVideo): ImportedEpisode {
  const { season, episode, title, year } = video;
  const released = video.released ?? (year === undefined ? '' : `${year}-01-01`);
  return { season, episode, title, overview: '', released, thumbnailUrl: '' };
}

function importedStream(
  stream: DemoStream,
  languages: readonly Language[],
  season: number,
  episode: number,
): ImportedStream {
  const isTorrent = stream.kind === 'torrent';
  const played = isTorrent
    ? fileThatPlays(stream.files)
    : { ...NO_FILE, filename: lastSegment(stream.url) };
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
  const [largest] = files
    .filter((file) => VIDEO_FILE.test(file.path))
    .toSorted((a, b) => b.size - a.size);
  if (largest === undefined) return NO_FILE;
  return {
    fileIndex: largest.index,
    filename: lastSegment(largest.path),
    fileSizeBytes: largest.size,
  };
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
