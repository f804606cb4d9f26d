/** How lists of streams are made for one configuration: compiled, and without anything personal. */
import type { CompiledRanking } from '../ranking/compile.ts';
import type { NameFilterSettings } from '../ranking/settings.ts';
import type { StreamCursor } from '../stream-template/stream-variables.ts';
import type { Template } from '../stream-template/template.ts';

/** Names and descriptions of streams in a user's own words; null: the default's. */
export interface StreamTemplate {
  readonly title: Template<StreamCursor> | null;
  readonly description: Template<StreamCursor> | null;
}

/** A service that torrents are shown with. */
export interface ListedService {
  /** Name of `services.ts`. */
  readonly service: string;
  /** As the user calls it. */
  readonly name: string;
  /** Short, for names of streams. */
  readonly label: string;
  /** Of the user: players fetch Usenet posts from it by themselves. Empty: posts are links of ours. */
  readonly newsServer: string;
}

/** Compiled once per configuration (features/configure/context.ts). */
export interface ListSettings {
  readonly ranking: CompiledRanking;
  readonly nameFilter: NameFilterSettings | null;
  readonly template: StreamTemplate | null;
  /** Equal for settings that write a row alike, whichever rows they show. */
  readonly rowsKey: string;
  /** Nudity levels and certificates whose titles are not shown: bits as in `hidden-levels.ts`. */
  readonly hiddenLevels: number;
  /** Whether there is anything that could play: a service, or torrents by themselves. */
  readonly hasProviders: boolean;
  /** Torrents are shown with each of these; empty: as the player downloads them itself. */
  readonly services: readonly ListedService[];
  /** Names of the chosen services that this server cannot play with. */
  readonly unavailableServices: readonly string[];
  /** Names of torrents say that the player downloads them: there are such services. */
  readonly marksDirectTorrents: boolean;
  /** Whether torrents are shown that the player downloads by itself. */
  readonly playsTorrents: boolean;
  /** Whether sources are searched while a title is opened: there are some, and the user wants it. */
  readonly liveSearch: boolean;
  /** No source of the instance is among them: the user has replaced or switched off all that there are. */
  readonly ownSourcesOnly: boolean;
  /** Equal for settings that lead to the same bytes; part of response-reuse keys. */
  readonly key: string;
}
