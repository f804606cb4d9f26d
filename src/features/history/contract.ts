/** What was played with stored profiles, as playback and the add-on surface see it. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { MediaType } from '../../lib/stremio/types.ts';

/** A play that has begun. */
export interface HistoryPlay {
  /** Empty for install addresses, which have no history. */
  readonly profileId: string;
  /** What the library knows it by: 40 lower-case hexadecimal digits; of a Usenet post its content key. */
  readonly infohash: string;
  /** Null for films; then `episode` is 0. */
  readonly season: number | null;
  readonly episode: number;
  /** Empty when the link names none. */
  readonly filename: string;
  /** Epoch milliseconds. */
  readonly playedAtMs: number;
}

export interface PlayHistory {
  /** Returns at once; nothing of it fails a playback. */
  played(play: HistoryPlay): void;
}

/** A title with what of it was played last. */
export interface LastPlayed {
  /** Our own id, `sl:…`. */
  readonly publicId: string;
  /** 0 for films. */
  readonly season: number;
  readonly episode: number;
}

export interface ContinueWatching {
  /** Titles of a profile, last played first. */
  lastPlayed(
    profileId: string,
    type: MediaType,
    page: { readonly skip: number; readonly limit: number },
    signal: CancelSignal,
  ): Promise<readonly LastPlayed[]>;
}

/** Of nobody. */
export const NO_HISTORY: ContinueWatching = { lastPlayed: () => Promise.resolve([]) };
