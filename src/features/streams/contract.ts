/** What the stream path reads from the library, what an id leads to, and what it asks of live search. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { StreamRow } from '../../lib/stream/fields.ts';
import type { StreamSetMedia } from '../../lib/stream-set/row.ts';
import type { SearchMark } from '../../lib/stream-set/search-mark.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { TitleId } from '../../lib/stremio/media-id.ts';
import type { ServiceMarks } from '../../lib/ranking/service-marks.ts';
import type { PrivateMark } from '../../lib/user-config/private-mark.ts';
import type { OwnServices } from '../../lib/user-config/playing-services.ts';
import type { OwnSources } from '../../lib/user-config/own-sources.ts';

/** Number, first and last episode. */
export type IdSeason = readonly [season: number, first: number, last: number];

/** The title that an id leads to: `StreamSetMedia` without the episode, and what the id stands for. */
export interface ResolvedMedia extends Omit<StreamSetMedia, 'season' | 'episode'> {
  /** The season that the id stands for, as those of anime do; -1 for ids of the whole title. */
  readonly idSeason: number;
  /** Episodes of that season before the first one of the id. */
  readonly idEpisodeOffset: number;
  /** That season and those after it, each with its first and last episode; empty where they are not known. */
  readonly idSeasons: readonly IdSeason[];
}

/** Reads of one statement each (`loadStreams` now and then needs another one); implemented by this feature's store. */
export interface StreamSource {
  /** The title, blocked ones included (`restrictions`), or null when there is none. */
  resolveMedia(ref: TitleId, signal: CancelSignal): Promise<ResolvedMedia | null>;
  /** Every visible stream that plays this movie (season and episode 0) or episode. */
  loadStreams(
    mediaId: number,
    season: number,
    episode: number,
    signal: CancelSignal,
  ): Promise<readonly StreamRow[]>;
}

/** Merges what was found into the rows that are there. */
export type MergeRows = (present: readonly StreamRow[]) => readonly StreamRow[];

/** What streams play: a movie (season and episode 0) or an episode. */
export type Played = Pick<StreamSetMedia, 'mediaId' | 'season' | 'episode'>;

/** Both 0 for movies. */
export type EpisodeNumber = Pick<StreamSetMedia, 'season' | 'episode'>;

/** The cached set of what is searched for: given by the stream path to a search. */
export interface SearchedSet {
  readonly media: StreamSetMedia;
  /** As it is now, from the caches, else from the database. */
  read(signal: CancelSignal): Promise<StreamSet>;
  /** Merges rows into it, in every tier and process. Resolves with the set as it is then. */
  update(merge: MergeRows, mark: SearchMark, signal: CancelSignal): Promise<StreamSet>;
  /** As the database has it, past all caches. */
  reload(signal: CancelSignal): Promise<StreamSet>;
  /** Lets all caches forget the sets of these episodes of the title. */
  dropEpisodes(episodes: readonly EpisodeNumber[]): Promise<void>;
}

/** What became of one source in a search. */
export interface SourceProgress {
  readonly id: string;
  /** As users read it. */
  readonly name: string;
  readonly state: 'asked' | 'answered' | 'failed';
  /** Until it answered or failed, or up to now. */
  readonly elapsedMs: number;
}

/** Whoever waits for a search. */
export interface SearchWait {
  readonly signal: CancelSignal;
  /** `performance.now()` from which the deadline counts: what the request waited for before is part of it. */
  readonly startedAtMs: number;
}

export interface Searched {
  readonly set: StreamSet;
  /** By source; empty when nothing is known of the search, which another process does. */
  readonly sources: readonly SourceProgress[];
}

/** Whoever waits if it must be. */
export interface Waiter {
  /** Read only when there is something to wait for. */
  readonly signal: CancelSignal;
}

/** What services have of the torrents of a set. Never rejects; what is not known in time is unknown. */
export interface CachedMarks {
  /** Another number when playing has shown something here since. */
  readonly revision: number;
  /**
   * By service. At once where it is known in memory, else within the deadline; what comes later is there for the next list.
   * @param services of one user: what only their account shows is for nobody else
   */
  of(set: StreamSet, services: OwnServices, waiter: Waiter): ServiceMarks | Promise<ServiceMarks>;
}

/** What stored profiles have brought for themselves. */
export interface PrivateStreams {
  /**
   * What everybody gets together with what the profile has brought: the same object for the same two. Without those where the
   * database does not answer; rejects with the signal's reason only.
   * @param shared null: nothing
   */
  add(
    shared: StreamSet | null,
    media: StreamSetMedia,
    mark: PrivateMark,
    waiter: Waiter,
  ): StreamSet | null | Promise<StreamSet | null>;
}

/** Implemented by the feature of sources. Rejects with the signal's reason only, but where it reads the database. */
export interface LiveSearch {
  /** False: there are sources of users alone. */
  readonly isShared: boolean;
  /** Whether a search is due: one statement, beside that for the streams. */
  markOf(played: Played, signal: CancelSignal): Promise<SearchMark>;
  /**
   * Joins the search of a set whose phase is not `done`, or starts it: once for everybody, in all processes. Resolves
   * when it is done or its deadline has passed, at once where nobody is to wait.
   */
  join(set: StreamSet, sets: SearchedSet, wait: SearchWait): Promise<Searched>;
  /** Somebody has asked for it: how many streams there are. Costs a look into a map, where these are few. */
  wanted(played: Played, streams: number): void;
  /** Searches for it where a search is due. Resolves when all that was found is stored; false: it was not due. */
  complete(sets: SearchedSet, signal: CancelSignal): Promise<boolean>;
  /** What the sources of one user find, apart from everybody's. */
  findOwn(media: StreamSetMedia, sources: OwnSources, wait: SearchWait): Promise<Searched>;
  /** Both together: the same object for the same two. @param shared what everybody gets; null when that is nothing */
  mergeOwn(shared: StreamSet | null, own: StreamSet): StreamSet;
  /** What the last search of it did, by source and release; null when nothing is known of it any more. */
  report(played: Played, sources: OwnSources, signal: CancelSignal): Promise<object | null>;
}

/** Searches that nobody waits for; implemented by this feature. */
export interface StreamSearches {
  /** The search that a request would begin; false: it is not due, or there is no such title. */
  search(title: TitleId, episode: EpisodeNumber, signal: CancelSignal): Promise<boolean>;
}
