/** Films and series as viewers see them, and what plays them. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { VodDetails, VodKind } from '../../../lib/iptv/vod-facts.ts';
import type { TitleId } from '../../../lib/stremio/media-id.ts';
import type { ChannelGroup, ChannelRights } from '../contract.ts';

export interface VodTitle {
  /** 16 characters, for ever. */
  readonly id: string;
  /** The same for clients that know titles by numbers. */
  readonly serial: number;
  readonly kind: VodKind;
  readonly name: string;
  /** 0 when unknown. */
  readonly year: number;
  readonly group: string;
  readonly poster: string;
  /** Of the first source: `mkv`; empty when unknown, and for series. */
  readonly container: string;
  /** Of the library's title, else what providers say: `tt…`; empty when unknown. */
  readonly imdbId: string;
  /** The same, digits only. */
  readonly tmdbId: string;
  readonly details: VodDetails;
}

export interface VodQuery extends ChannelRights {
  readonly kind: VodKind;
  /** Null: of all groups. */
  readonly group: string | null;
  /** Part of a name; empty: any. */
  readonly search: string;
  /** Those behind this number: pages by key. */
  readonly afterSerial: number;
  /** Of what is left, for clients that page by numbers. */
  readonly skip: number;
  readonly limit: number;
}

export interface VodEpisode {
  /** By which Xtream clients know it. */
  readonly number: number;
  readonly season: number;
  readonly episode: number;
  readonly name: string;
  readonly container: string;
  readonly details: VodDetails;
}

/** Where a film or an episode comes from, the best first. */
export interface VodSource {
  readonly provider: string;
  readonly providerId: number;
  readonly name: string;
  /** To be asked: with the account. */
  readonly url: string;
  readonly quality: number;
  readonly container: string;
  readonly userAgent: string;
  readonly referrer: string;
}

/** What of a title is played: both -1 for films. */
export interface VodPart {
  readonly season: number;
  readonly episode: number;
}

export const WHOLE_FILM: VodPart = { season: -1, episode: -1 };

/** Titles that nobody has any more, and those that are hidden, are not there. */
export interface VodLibrary {
  titles(query: VodQuery, signal: CancelSignal): Promise<readonly VodTitle[]>;
  groups(
    kind: VodKind,
    rights: ChannelRights,
    signal: CancelSignal,
  ): Promise<readonly ChannelGroup[]>;
  title(id: string, rights: ChannelRights, signal: CancelSignal): Promise<VodTitle | null>;
  titleBySerial(
    serial: number,
    rights: ChannelRights,
    signal: CancelSignal,
  ): Promise<VodTitle | null>;
  /** Those that the library's title is, or that providers give this id. */
  ofTitle(
    mediaId: number | null,
    id: TitleId,
    rights: ChannelRights,
    signal: CancelSignal,
  ): Promise<readonly VodTitle[]>;
  /** By season and episode; of series that a provider tells one at a time, what was fetched. */
  episodes(
    serial: number,
    rights: ChannelRights,
    signal: CancelSignal,
  ): Promise<readonly VodEpisode[]>;
  /** The title and the part that an episode's number stands for. */
  episodeByNumber(
    number: number,
    signal: CancelSignal,
  ): Promise<(VodPart & { readonly serial: number }) | null>;
  sources(
    serial: number,
    part: VodPart,
    rights: ChannelRights,
    signal: CancelSignal,
  ): Promise<readonly VodSource[]>;
}
