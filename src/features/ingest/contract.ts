/** What somebody brings, and what is known of it before it is imported. */
import type { ServiceEntry } from '../../lib/user-config/own-services.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { FilePlacement } from '../../lib/import-line/placements.ts';
import type { LineFormat } from '../../lib/import-line/line-values.ts';
import type { LineStream } from '../../lib/import-line/stream-line.ts';
import type { LineId } from '../../lib/import-line/title-line.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import type { ReleaseFacts } from '../../lib/stream/release-row.ts';

/** What whoever brings it says of the title; all of it may be missing. */
export interface TitleHint {
  readonly type: MediaType | null;
  /** The surest first. */
  readonly ids: readonly LineId[];
  /** Empty when not said. */
  readonly name: string;
  /** 0 when not said. */
  readonly year: number;
}

export const NO_HINT: TitleHint = { type: null, ids: [], name: '', year: 0 };

/** A title that the stream may be of. */
export interface TitleGuess {
  /** Null: it is not in the library, and an import makes it. */
  readonly mediaId: number | null;
  readonly type: MediaType;
  /** `tt0063350`; empty when there is none. */
  readonly imdbId: string;
  /** Digits; empty when there is none. */
  readonly tmdbId: string;
  readonly name: string;
  readonly year: number;
  /** 0 to 1: how sure it is that the stream is of this title. */
  readonly confidence: number;
  /** Why, as people read it. */
  readonly reason: string;
}

export interface Analysis {
  readonly stream: LineStream;
  /** The likeliest; null when no title is known that it could be of. */
  readonly title: TitleGuess | null;
  /** Likeliest first. */
  readonly alternatives: readonly TitleGuess[];
  /** What an import would link; empty with a `problem`. */
  readonly links: readonly FilePlacement[];
  /** Paths of videos that nothing would lead to. */
  readonly unlinked: readonly string[];
  /** Why it cannot be imported as it is, and what to say; null when it can. */
  readonly problem: string | null;
}

/** Why lists leave a stream out that was imported; null when they show it. */
export function hiddenBecause({ isPrivate }: Pick<LineStream, 'isPrivate'>): string | null {
  return isPrivate
    ? 'lists leave it out: it is a private torrent, and only members may announce to its tracker'
    : null;
}

/** From here on an import needs nobody's word for which title it is. */
export const SURE = 0.7;

/** A file, or where something is. */
export type Brought =
  | {
      readonly bytes: Uint8Array;
      readonly filename: string;
      /** Where the file can be had; empty when nobody says. */
      readonly url: string;
    }
  | {
      readonly link: string;
      /** Of whoever brings it: asked for what a torrent has. */
      readonly accounts?: readonly ServiceEntry[];
    };

/** Reading, analysing and importing one thing. */
export interface Ingest {
  /** @throws AppError `import.bad-line`, `torrent.bad-file`, `fetch.…` */
  read(brought: Brought, signal: CancelSignal): Promise<LineStream>;
  /** What `import` would do. Without a name of its own a stream is called as the title. */
  analyse(stream: LineStream, hint: TitleHint, signal: CancelSignal): Promise<Analysis>;
  /**
   * For everybody; doing it again changes nothing. Resolves with what was linked.
   * @throws AppError `import.no-title` where it is not sure which title it is, `import.bad-line` where nothing says what it
   *   plays or the address has a key in it, `database.…`
   */
  import(stream: LineStream, hint: TitleHint, signal: CancelSignal): Promise<Analysis>;
  /** What `importPrivately` would do: as `analyse`, but a title that nobody knows is a problem. */
  analysePrivately(stream: LineStream, hint: TitleHint, signal: CancelSignal): Promise<Analysis>;
  /**
   * For one profile; nobody else is shown it, and the library stays as it is.
   * @throws AppError as `import`; `import.quota`, `profile.not-found`
   */
  importPrivately(
    profileId: string,
    stream: LineStream,
    hint: TitleHint,
    signal: CancelSignal,
  ): Promise<Analysis>;
}

/** What an import of a file has done so far. */
export interface BulkCounts {
  /** Lines with something in them. */
  readonly lines: number;
  readonly refused: number;
  readonly titlesAdded: number;
  readonly streamsAdded: number;
  readonly streamsChanged: number;
  readonly linksAdded: number;
  /** Lines of private torrents, which lists leave out. */
  readonly hidden: number;
}

/** Where an import of a file stands; another one goes on there. */
export interface BulkPosition {
  /** Of what the file says uncompressed. */
  readonly bytes: number;
  readonly counts: BulkCounts;
}

export interface BulkListener {
  /** After each batch, which is in the library for good then. */
  progress(position: BulkPosition): void | Promise<void>;
  refused(line: number, reason: string): void;
}

/** Files of lines: NDJSON and CSV. */
export interface BulkImport {
  /** Whether a file of this name is one. */
  isLinesFile(path: string): boolean;
  /** Leaves a file to the workers of this machine. Resolves with the id of the job. */
  enqueueFile(path: string, signal: CancelSignal): Promise<string>;
  /** A file on this machine, see `importLines`. @throws AppError also for one that cannot be read */
  importFile(
    path: string,
    from: BulkPosition | null,
    listener: BulkListener,
    signal: CancelSignal,
  ): Promise<BulkCounts>;
  /**
   * Doing it again changes nothing. What cannot be read is refused line by line, the rest goes in.
   * @param chunks the file, uncompressed
   * @param from null: from the beginning
   * @throws AppError `database.…`, `import.bad-line` for a CSV without a usable first line
   */
  importLines(
    chunks: AsyncIterable<Uint8Array>,
    format: LineFormat,
    from: BulkPosition | null,
    listener: BulkListener,
    signal: CancelSignal,
  ): Promise<BulkCounts>;
}

/** A release that somebody lists by name. */
export interface ListedRelease extends ReleaseFacts {
  /** What whoever lists it says that it is: `tt…`, and digits; empty when nobody does. */
  readonly imdbId: string;
  readonly tmdbId: string;
  /** It is of the title with these ids whatever its name is. */
  readonly isVouchedFor: boolean;
}

export interface ReleaseImportOptions {
  /** Null: names of the releases say it. */
  readonly type: MediaType | null;
  /** False: what the library does not know is left out. */
  readonly asksMetadata: boolean;
  /** Told how many were looked at. */
  readonly onProgress?: (done: number) => void;
}

/** What became of one release. */
export type ReleaseOutcome =
  | {
      readonly state: 'linked';
      readonly mediaId: number;
      readonly placements: readonly FilePlacement[];
    }
  | {
      readonly state: 'refused';
      /** As people read it. */
      readonly reason: string;
    };

/** Importing what somebody lists by name: feeds, indexers, lists of hashes, folders. */
export interface ReleaseImport {
  /**
   * Links what is of a title, each distinct title looked up once; doing it again changes nothing. Resolves with what became of
   * each, in order. @throws AppError `database.…`; what was linked before stays
   */
  importReleases(
    releases: readonly ListedRelease[],
    options: ReleaseImportOptions,
    signal: CancelSignal,
  ): Promise<readonly ReleaseOutcome[]>;
}

export interface ImdbOptions {
  /** Files named as IMDb names them (`title.basics.tsv.gz`), folders of them, or addresses; empty: IMDb's own. */
  readonly sources: readonly string[];
  /** Of titles that the library lacks; those that it has are always completed. */
  readonly votesMin: number;
  /** Adult titles, too. */
  readonly withAdult: boolean;
}

export interface ImdbCounts {
  /** Titles that were looked at. */
  readonly titles: number;
  readonly titlesAdded: number;
  /** Titles that were there and got something. */
  readonly titlesChanged: number;
  readonly namesAdded: number;
  readonly episodesAdded: number;
  readonly ratingsChanged: number;
}

export interface ImdbListener {
  /** A line for people: what is going on. */
  step(text: string): void;
  /** After each batch of titles, which is in the library for good then. */
  merged(counts: ImdbCounts, titlesInAll: number): void | Promise<void>;
}

/** IMDb's tables: titles, other names, episodes, ratings. */
export interface ImdbImport {
  /**
   * Goes on where an import of the same files was when its process ended; doing it again changes nothing.
   * @throws AppError `database.…`, `fetch.…`, `import.bad-line` for a file that is none of the tables
   */
  importTables(
    options: ImdbOptions,
    listener: ImdbListener,
    signal: CancelSignal,
  ): Promise<ImdbCounts>;
  /** Leaves it to the workers of this machine. Resolves with the id of the job. */
  enqueue(options: ImdbOptions, signal: CancelSignal): Promise<string>;
}

export interface MediaFusionCounts extends BulkCounts {
  /** New ones, and those that are different now. */
  readonly profiles: number;
  /** Streams that are not imported. */
  readonly leftOut: {
    readonly blocked: number;
    /** Brought by users for themselves. */
    readonly ofUsers: number;
    readonly otherKinds: number;
  };
}

export interface MediaFusionListener {
  progress(counts: BulkCounts, streamsInAll: number): void;
  /** @param what `stream 4711`, `title 12`, by their numbers there */
  refused(what: string, reason: string): void;
}

/** A database of MediaFusion v6. */
export interface MediaFusionImport {
  /**
   * Titles, streams with their files, profiles. Goes on where the one before was when its process ended; doing it again
   * changes nothing that has not changed there. Writes nothing there.
   * @throws AppError `database.…`, `import.bad-line` for an address or a database that is another one
   */
  takeOver(
    uri: string,
    listener: MediaFusionListener,
    signal: CancelSignal,
  ): Promise<MediaFusionCounts>;
}

/** What an import of hash lists has done so far. */
export interface HashListCounts {
  readonly pages: number;
  /** Pages that were imported before. */
  readonly seen: number;
  readonly refused: number;
  /** Torrents of the pages that were read. */
  readonly entries: number;
  /** Those of titles that the library has. */
  readonly linked: number;
}

export interface HashListListener {
  progress(counts: HashListCounts): void;
  /** @param page its path or address */
  refused(page: string, reason: string): void;
}

export interface HashListImport {
  /**
   * Links what is of titles that the library has. Pages that were imported before are passed over.
   * @param sources addresses, files, folders
   * @param isAgain reads them again, for titles that came since
   * @throws AppError `database.…`
   */
  importHashLists(
    sources: readonly string[],
    isAgain: boolean,
    listener: HashListListener,
    signal: CancelSignal,
  ): Promise<HashListCounts>;
}
