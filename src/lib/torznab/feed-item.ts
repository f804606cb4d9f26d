/** One item of a Torznab, Newznab or tracker's feed: what it says, in one form. */

/** Texts are empty and numbers 0 when nothing usable is said. */
export interface FeedItem {
  /** One line. */
  readonly title: string;
  /** 40 lower-case hexadecimal digits. */
  readonly infohash: string | null;
  /** Public ones only; none of a private torrent. */
  readonly trackers: readonly string[];
  /** Absolute http(s) address of a `.torrent`, or of what leads to one or to a magnet link. May hold keys. */
  readonly torrentUrl: string;
  /** Absolute http(s) address of an NZB. May hold keys. */
  readonly nzbUrl: string;
  readonly sizeBytes: number;
  /** -1 when unknown. */
  readonly seeders: number;
  /** Epoch seconds. */
  readonly publishedAtS: number;
  /** Newznab's numbering. */
  readonly categories: readonly number[];
  /** `tt0063350` */
  readonly imdbId: string;
  /** Digits only. */
  readonly tmdbId: string;
  /** Of a tracker with accounts; null when the item does not say. */
  readonly isPrivate: boolean | null;
  /** The archive that an NZB leads to has a password. */
  readonly isPassworded: boolean;
  /** Where a server that asks several found it. */
  readonly indexer: string;
  readonly uploader: string;
}
