/** What sources find, and for what they are asked. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { EpisodeFacts } from '../../lib/title-match/title-facts.ts';
import type { IndexerKey } from '../../lib/user-config/own-services.ts';
import type { MediaType } from '../../lib/stremio/types.ts';

/** The title that is searched for, and what is to be played of it. Texts are empty and numbers 0 when unknown. */
export interface SearchSubject {
  readonly mediaId: number;
  readonly type: MediaType;
  /** `tt0063350` */
  readonly imdbId: string;
  /** Digits only. */
  readonly tmdbId: string;
  /** Digits only. */
  readonly tvdbId: string;
  /** Every name that it is known by, the main one first; never empty. */
  readonly names: readonly string[];
  readonly year: number;
  readonly endYear: number;
  readonly isAnime: boolean;
  readonly isAdult?: boolean;
  /** Where it was made: codes or English names, comma-separated. */
  readonly country?: string;
  /** Of the movie; ISO date. */
  readonly released: string;
  /** All episodes that are known; empty for movies. */
  readonly episodes: readonly EpisodeFacts[];
  /** What is to be played; both 0 for movies. */
  readonly season: number;
  readonly episode: number;
}

/** What is to be played: a title by its number in the database, and an episode of it. */
export interface SearchTarget {
  readonly mediaId: number;
  /** Both 0 for movies. */
  readonly season: number;
  readonly episode: number;
}

/** What was asked for, so many times, while little of it was known. */
export interface Demanded extends SearchTarget {
  readonly times: number;
}

/** Of this process. */
export interface Demand {
  /** Counts it; costs a look into a map. */
  note(target: SearchTarget): void;
  /** What was counted since the last time. */
  take(): readonly Demanded[];
}

/** What is known of titles. */
export interface SubjectSource {
  /** Null when there is no such title any more. */
  searchSubject(target: SearchTarget, signal: CancelSignal): Promise<SearchSubject | null>;
}

/** NZBs of releases that were found. */
export interface NzbFiles {
  /**
   * The NZB, whole.
   * @param locator without keys, as the search has found it
   * @param own indexers of whoever plays it: their keys are used where it is one of theirs, else the instance's
   * @throws AppError `source.*`, `upstream.*`, `fetch.*`
   */
  read(locator: string, own: readonly IndexerKey[], signal: CancelSignal): Promise<Uint8Array>;
}

/** One release as a source names it, before it is compared with the title. Texts are empty when unknown. */
export interface FoundRelease {
  readonly kind: 'torrent' | 'usenet' | 'http';
  /** 40 lower-case hexadecimal digits of torrents, else null. */
  readonly infohash: string | null;
  /** Address of the NZB or the video, without any key or password; empty for torrents. */
  readonly locator: string;
  /** Release title, one line. */
  readonly name: string;
  /** Where it is from, as users know it: the indexer's name. */
  readonly origin: string;
  readonly uploader: string;
  /** 0 when unknown. */
  readonly sizeBytes: number;
  /** -1 when unknown. */
  readonly seeders: number;
  /** Epoch seconds of the upload; 0 when unknown. */
  readonly addedAtS: number;
  readonly trackers: readonly string[];
  readonly isPrivate: boolean;
  /** The file of the torrent that plays what was searched for; -1 when unknown. */
  readonly fileIndex: number;
  readonly filename: string;
  /** 0 when unknown. */
  readonly fileSizeBytes: number;
  /** What the source says that it is: `tt…`, and digits. A contradiction rejects the release. */
  readonly imdbId: string;
  readonly tmdbId: string;
  /** The source was asked by id or for this very episode, and vouches that this plays it: add-ons do, indexers do not. */
  readonly isVouchedFor: boolean;
}

/** Sources that are asked for one torrent. */
export interface TorrentLookup {
  /** Null where none names it in time. Rejects with the signal's reason alone. @param infohash 40 lower-case digits */
  byInfohash(infohash: string, signal: CancelSignal): Promise<FoundRelease | null>;
}

/** By which a server tells whether anything is new (RFC 9110 section 13.1); empty where it says none. */
export interface Validators {
  readonly etag: string;
  readonly lastModified: string;
}

export interface LatestItem {
  /** The same for the same item of any source. */
  readonly key: string;
  readonly release: FoundRelease;
}

export interface LatestCall {
  readonly signal: CancelSignal;
  /** Of the last answer. */
  readonly validators: Validators;
  /** Whether the item was dealt with before: such are not looked into, and pages of nothing else are the last. */
  readonly isSeen: (key: string) => boolean;
  /** Given what is new as it comes; must not throw. */
  readonly found: (items: readonly LatestItem[]) => void;
}

export interface LatestAnswer {
  /** Nothing was sent, as nothing has changed. */
  readonly isUnchanged: boolean;
  readonly validators: Validators;
}

export interface LatestSource {
  readonly id: string;
  /** As operators read it. */
  readonly name: string;
  /**
   * Resolves when everything was found; what was found before a failure counts.
   * @throws AppError `source.*`, `fetch.*`, `upstream.*`, saying what was wrong without addresses' secrets
   */
  latest(call: LatestCall): Promise<LatestAnswer>;
}

/** A feed at an address of the operator's. */
export interface FeedSettings {
  /** In metrics and logs. */
  readonly id: string;
  readonly name: string;
  /** May hold a key. */
  readonly url: string;
}

/** The newest of everything that an operator has named. */
export interface LatestSources {
  /** Those of live search that can tell what is new. */
  readonly sources: readonly LatestSource[];
  openFeed(settings: FeedSettings): LatestSource;
}

export const NO_VALIDATORS: Validators = { etag: '', lastModified: '' };
