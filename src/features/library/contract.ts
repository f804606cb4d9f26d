/** What goes into the library: titles with their episodes and streams, as importers hand them over. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { StreamRow } from '../../lib/stream/fields.ts';
import { storedTitleId, type IdProvider, type TitleId } from '../../lib/stremio/media-id.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import type {
  AudioFormat,
  Certificate,
  Channels,
  Codec,
  HdrFormat,
  Language,
  NudityLevel,
  Quality,
  Resolution,
  STREAM_FLAGS,
  StreamKind,
} from '../../lib/vocabulary.ts';

/** One file of a stream, and what it plays. */
export interface ImportedPlacement {
  /** 0 for movies and for specials, `EVERY_SEASON` for packs of a complete series. */
  readonly season: number;
  /** 0 for movies, and for packs whose files are not known. */
  readonly episodeFrom: number;
  /** Last episode that is covered, `episodeFrom` included; `LAST_EPISODE` for a whole season. */
  readonly episodeTo: number;
  /** Index of the file inside the torrent; -1 when unknown. */
  readonly fileIndex: number;
  /** Empty when unknown. */
  readonly filename: string;
  /** 0 when unknown. */
  readonly fileSizeBytes: number;
}

/** One stream. Names are those of `lib/vocabulary.ts`; texts are empty and numbers 0 when unknown. */
export interface ImportedStream {
  readonly kind: StreamKind;
  /** 40 lower-case hexadecimal digits for torrents, else null. One infohash is one stream. */
  readonly infohash: string | null;
  /** What the kind needs: URL, YouTube id, NZB URL, acestream content id; empty for torrents. */
  readonly locator: string;
  /** Release title. */
  readonly name: string;
  /** Indexer or origin: "demo". */
  readonly source: string;
  readonly releaseGroup: string;
  readonly uploader: string;
  readonly trackers: readonly string[];
  readonly resolution: Resolution;
  readonly quality: Quality;
  readonly codec: Codec;
  readonly hdr: readonly HdrFormat[];
  readonly audio: readonly AudioFormat[];
  readonly channels: readonly Channels[];
  readonly flags: readonly (typeof STREAM_FLAGS)[number][];
  /** Spoken languages; empty when unknown. */
  readonly languages: readonly Language[];
  /** Languages of subtitles that the release names. */
  readonly subtitleLanguages: readonly Language[];
  readonly bitDepth: number;
  /** Whole torrent or folder. */
  readonly totalSizeBytes: number;
  /** -1 when unknown. */
  readonly seeders: number;
  /** Epoch seconds of the upload; 0 for the time of the import. */
  readonly addedAtS: number;
  /** At least one. */
  readonly placements: readonly ImportedPlacement[];
}

export interface ImportedEpisode {
  /** 0 for specials. */
  readonly season: number;
  readonly episode: number;
  readonly title: string;
  readonly overview: string;
  /** ISO date (`2010-06-16`), empty when unknown. */
  readonly released: string;
  readonly thumbnailUrl: string;
}

export interface ImportedImage {
  readonly kind: 'poster' | 'background' | 'logo';
  readonly url: string;
}

export interface ImportedRating {
  /** `imdb`, `tmdb`, … */
  readonly provider: string;
  /** 0 to 10. */
  readonly value: number;
  readonly votes: number;
}

/** A further id by which a title is found. */
export interface ImportedId {
  readonly provider: IdProvider;
  /** Digits only, but for ours and IMDb's. */
  readonly id: string;
  /** The season that the id stands for, as those of anime do; -1 for the whole title. */
  readonly season: number;
  /** Episodes of that season before the first one of the id. */
  readonly episodeOffset: number;
}

/** One title with everything that is known about it. Texts are empty and numbers 0 when unknown. */
export interface ImportedTitle {
  readonly type: MediaType;
  /** Our own id (`sl:…`), the same on every server and for ever; the title is found again by it. */
  readonly publicId: string;
  /** `tt0063350`; empty when there is none. */
  readonly imdbId: string;
  /** Digits only; empty when there is none. */
  readonly tmdbId: string;
  readonly otherIds: readonly ImportedId[];
  readonly title: string;
  readonly originalTitle: string;
  readonly alternativeTitles: readonly string[];
  readonly year: number;
  /** Last year of a series that has ended. */
  readonly endYear: number;
  /** ISO date (`1968-10-04`), empty when unknown. */
  readonly released: string;
  readonly runtimeMinutes: number;
  readonly description: string;
  readonly languages: readonly Language[];
  readonly country: string;
  readonly website: string;
  readonly isAdult: boolean;
  readonly nudity: NudityLevel;
  readonly certificate: Certificate;
  /** Listed in catalogues also while it has no streams. */
  readonly isAlwaysListed: boolean;
  /** Larger is more popular; any scale that is the same for all titles. */
  readonly popularity: number;
  /** Names, most fitting first. */
  readonly genres: readonly string[];
  /** The first of a kind is the one to show. */
  readonly images: readonly ImportedImage[];
  readonly ratings: readonly ImportedRating[];
  /** Empty for movies. */
  readonly episodes: readonly ImportedEpisode[];
  readonly streams: readonly ImportedStream[];
}

/** What one import changed; all 0 when everything was there already. */
export interface ImportCounts {
  readonly titlesAdded: number;
  /** Titles that were there and whose own data changed. */
  readonly titlesChanged: number;
  readonly streamsAdded: number;
  readonly linksAdded: number;
}

/** Writes titles; implemented by the library's store. */
export interface TitleImport {
  /**
   * Adds or updates titles in one transaction; repeating it changes nothing. Streams and links are only ever added,
   * the rest is replaced. Of two titles with one `publicId` the last is taken.
   */
  importTitles(titles: readonly ImportedTitle[], signal: CancelSignal): Promise<ImportCounts>;
}

/** A title as metadata services know it; without streams. */
export interface AdoptedTitle {
  readonly title: ImportedTitle;
  /** Known from a search only: name, year, poster. */
  readonly isSketch: boolean;
  /** Seconds until the services are to be asked again. */
  readonly nextCheckS: number;
}

/** Writes what metadata services say; implemented by the library's store. */
export interface TitleAdoption {
  /**
   * Makes titles that the library lacks, replaces those that were made so, gives those of imports what they lack, and makes one
   * title of two that share ids and a year. Of two with one `publicId` the last is taken. Resolves with what is different now.
   */
  adoptTitles(
    titles: readonly AdoptedTitle[],
    signal: CancelSignal,
  ): Promise<readonly ChangedTitle[]>;
}

/** A stream that was found for a title, and which parts of it it plays. */
export interface FoundStream {
  /** Without its number, which the database gives; the file is that of `placements`. */
  readonly row: StreamRow;
  /** At least one. */
  readonly placements: readonly ImportedPlacement[];
}

/** Adds streams to titles that are there; implemented by the library's store. */
export interface StreamImport {
  /**
   * Adds or updates streams and links in one transaction; repeating it changes nothing. One stream may play several
   * titles. Does nothing for a title that is gone.
   */
  addStreams(mediaId: number, streams: readonly FoundStream[], signal: CancelSignal): Promise<void>;
  /** Adds episodes to a title of which nobody else says any: metadata services know theirs better. */
  addEpisodes(
    mediaId: number,
    episodes: readonly EpisodeKey[],
    signal: CancelSignal,
  ): Promise<void>;
}

export interface EpisodeKey {
  readonly season: number;
  readonly episode: number;
}

/** What an import has changed of one title, as far as caches are concerned. */
export interface ChangedTitle {
  /** Every id that clients may ask for it by. */
  readonly ids: readonly TitleId[];
  /** Its episodes; of a movie the one with season and episode 0. */
  readonly episodes: readonly { readonly season: number; readonly episode: number }[];
}

/** A movie (season and episode 0) or an episode whose streams are others now. */
export interface ChangedEpisode {
  readonly mediaId: number;
  readonly season: number;
  readonly episode: number;
}

/** What an import has changed. */
export interface TitleNews {
  readonly titles?: readonly ChangedTitle[];
  readonly episodes?: readonly ChangedEpisode[];
}

/** Whoever shows titles, in every process. */
export interface TitleListeners {
  announce(news: TitleNews, signal: CancelSignal): Promise<void>;
}

/** What others know an imported title by. */
export function changedTitle(title: ImportedTitle): ChangedTitle {
  return {
    ids: titleIdsOf(title),
    episodes: title.type === 'movie' ? [{ season: 0, episode: 0 }] : title.episodes,
  };
}

function titleIdsOf(title: ImportedTitle): readonly TitleId[] {
  const given: readonly { readonly provider: IdProvider; readonly id: string }[] = [
    { provider: 'sl', id: title.publicId },
    { provider: 'imdb', id: title.imdbId },
    { provider: 'tmdb', id: title.tmdbId },
    ...title.otherIds,
  ];
  return given
    .filter(({ id }) => id !== '')
    .map(({ provider, id }) => storedTitleId(title.type, provider, id));
}
