/** Titles with many streams of every make that the measurements ask for; deterministic. */
import type { ImportedStream, ImportedTitle } from '../src/features/library/contract.ts';
import {
  AUDIO_FORMATS,
  CODECS,
  HDR_FORMATS,
  LANGUAGES,
  QUALITIES,
  RESOLUTIONS,
} from '../src/lib/vocabulary.ts';

const TRACKERS = [
  'udp://tracker.opentrackr.org:1337/announce',
  'udp://open.demonii.com:1337/announce',
  'udp://explodie.org:6969/announce',
];

function pick<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length];
  if (item === undefined) throw new Error('an empty list');
  return item;
}

function heavyStream(index: number, prefix: string): ImportedStream {
  const resolution = pick(RESOLUTIONS.slice(1, 7), index);
  const quality = pick(QUALITIES.slice(1, 9), index * 7);
  const codec = pick(CODECS.slice(1, 4), index * 5);
  const name = `The.Long.Release.2024.${resolution}.${quality.replace(' ', '.')}.${codec}-GROUP${index}`;
  const sizeBytes = 700_000_000 + index * 123_456_789;
  return {
    kind: 'torrent',
    infohash: `${prefix}${index.toString(16)}`.padStart(40, 'a'),
    locator: '',
    name,
    source: pick(['Prowlarr', 'Jackett', 'Zilean'], index),
    releaseGroup: `GROUP${index}`,
    uploader: '',
    trackers: TRACKERS,
    resolution,
    quality,
    codec,
    hdr: index % 3 === 0 ? [pick(HDR_FORMATS, index)] : [],
    audio: [pick(AUDIO_FORMATS, index)],
    channels: ['5.1'],
    flags: [],
    languages: [pick(LANGUAGES, index), pick(LANGUAGES, index * 3 + 1)],
    subtitleLanguages: [pick(LANGUAGES, index + 5)],
    bitDepth: 10,
    totalSizeBytes: sizeBytes,
    seeders: (index * 37) % 500,
    addedAtS: 1_700_000_000 + index * 3600,
    placements: [
      {
        season: 0,
        episodeFrom: 0,
        episodeTo: 0,
        fileIndex: 0,
        filename: `${name}.mkv`,
        fileSizeBytes: sizeBytes,
      },
    ],
  };
}

/** @param imdbId whose digits also make its infohashes its own */
export function heavyTitle(imdbId: string, streams: number): ImportedTitle {
  return {
    type: 'movie',
    publicId: `sl:the-long-release-${imdbId}`,
    imdbId,
    tmdbId: '',
    otherIds: [],
    title: 'The Long Release',
    originalTitle: '',
    alternativeTitles: [],
    year: 2024,
    endYear: 0,
    released: '2024-01-01',
    runtimeMinutes: 100,
    description: `A title with ${streams} streams.`,
    languages: ['English'],
    country: '',
    website: '',
    isAdult: false,
    nudity: 'Unknown',
    certificate: 'Unknown',
    isAlwaysListed: false,
    popularity: 0,
    genres: ['Drama'],
    images: [],
    ratings: [],
    episodes: [],
    streams: Array.from({ length: streams }, (_, index) => heavyStream(index, imdbId.slice(2))),
  };
}
