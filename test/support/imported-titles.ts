/** Titles and streams for imports in tests, with everything unknown unless it is given. */
import type { ImportedStream, ImportedTitle } from '../../src/features/library/contract.ts';

let made = 0;

/** A film without streams. */
export function importedTitle(
  given: Partial<ImportedTitle> & { readonly publicId: string },
): ImportedTitle {
  return {
    type: 'movie',
    imdbId: '',
    tmdbId: '',
    otherIds: [],
    title: given.publicId,
    originalTitle: '',
    alternativeTitles: [],
    year: 0,
    endYear: 0,
    released: '',
    runtimeMinutes: 0,
    description: '',
    languages: [],
    country: '',
    website: '',
    isAdult: false,
    nudity: 'Unknown',
    certificate: 'Unknown',
    isAlwaysListed: false,
    popularity: 0,
    genres: [],
    images: [],
    ratings: [],
    episodes: [],
    streams: [],
    ...given,
  };
}

/** A torrent of its own that plays a film. */
export function importedStream(given: Partial<ImportedStream> = {}): ImportedStream {
  made++;
  return {
    kind: 'torrent',
    infohash: `f${String(made).padStart(39, '0')}`,
    locator: '',
    name: `Release ${made}`,
    source: 'test',
    releaseGroup: '',
    uploader: '',
    trackers: [],
    resolution: 'unknown',
    quality: 'unknown',
    codec: 'unknown',
    hdr: [],
    audio: [],
    channels: [],
    flags: [],
    languages: [],
    subtitleLanguages: [],
    bitDepth: 0,
    totalSizeBytes: 0,
    seeders: -1,
    addedAtS: 0,
    placements: [
      { season: 0, episodeFrom: 0, episodeTo: 0, fileIndex: -1, filename: '', fileSizeBytes: 0 },
    ],
    ...given,
  };
}
