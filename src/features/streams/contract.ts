/** What the stream path reads from the library, what an id leads to, and how a user wants it shown. */
import type { CompiledRanking } from '../../lib/ranking/compile.ts';
import type { NameFilterSettings } from '../../lib/ranking/settings.ts';
import type { StreamRow, StreamSetMedia } from '../../lib/stream-set/row.ts';
import type { StreamCursor } from '../../lib/stream-template/stream-variables.ts';
import type { Template } from '../../lib/stream-template/template.ts';
import type { TitleId } from '../../lib/stremio/media-id.ts';

/** The title that an id leads to: `StreamSetMedia` without the episode. */
export type ResolvedMedia = Omit<StreamSetMedia, 'season' | 'episode'>;

/** Reads of one statement each; implemented by this feature's store. */
export interface StreamSource {
  /** The title, blocked ones included (`restrictions`), or null when there is none. */
  resolveMedia(ref: TitleId, signal: AbortSignal): Promise<ResolvedMedia | null>;
  /** Every visible stream that plays this movie (season and episode 0) or episode. */
  loadStreams(mediaId: number, season: number, episode: number, signal: AbortSignal): Promise<readonly StreamRow[]>;
}

/** Names and descriptions of streams in a user's own words; null: the default's. */
export interface StreamTemplate {
  readonly title: Template<StreamCursor> | null;
  readonly description: Template<StreamCursor> | null;
}

/** How lists are made for one configuration: compiled once (features/configure), nothing personal in it. */
export interface ListSettings {
  readonly ranking: CompiledRanking;
  readonly nameFilter: NameFilterSettings | null;
  readonly template: StreamTemplate | null;
  /** Nudity levels and certificates whose titles are not shown: bits as in `lib/user-config/hidden-levels.ts`. */
  readonly hiddenLevels: number;
  /** Whether there is anything that could play: a service, or torrents by themselves. */
  readonly hasProviders: boolean;
  /** Equal for settings that lead to the same bytes; part of response-reuse keys. */
  readonly key: string;
}
