/** What the stream path reads from the library, and what an id leads to. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { StreamRow } from '../../lib/stream/fields.ts';
import type { StreamSetMedia } from '../../lib/stream-set/row.ts';
import type { TitleId } from '../../lib/stremio/media-id.ts';

/** The title that an id leads to: `StreamSetMedia` without the episode, and what the id stands for. */
export interface ResolvedMedia extends Omit<StreamSetMedia, 'season' | 'episode'> {
  /** The season that the id stands for, as those of anime do; -1 for ids of the whole title. */
  readonly idSeason: number;
  /** Episodes of that season before the first one of the id. */
  readonly idEpisodeOffset: number;
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
