/** What other features and the command line see of IPTV. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { ReasonCount } from '../../lib/import-line/reason-counts.ts';

export const PROVIDER_KINDS = ['m3u', 'xtream'] as const;
export type ProviderKind = (typeof PROVIDER_KINDS)[number];

/** How players get at channels: sent to the provider, or through this server. */
export const PROVIDER_MODES = ['redirect', 'proxy'] as const;
export type ProviderMode = (typeof PROVIDER_MODES)[number];

export interface ProviderReport {
  readonly id: number;
  readonly name: string;
  readonly kind: ProviderKind;
  /** Host of its address alone; empty where files are handed in. */
  readonly host: string;
  /** 0: nothing is shown of it. */
  readonly publishedSnapshot: number;
  /** A snapshot that waits for a person; 0: none. */
  readonly heldSnapshot: number;
  readonly channels: number;
  /** Films, series and episodes of its list. */
  readonly vod: number;
  readonly mode: ProviderMode;
  /** Streams of its account that may be open at a time; 0: not limited. */
  readonly slotsMax: number;
  /** Between two syncs; 0: only when somebody asks for one. */
  readonly intervalHours: number;
  readonly nextAt: Date;
  readonly lastError: string;
  readonly syncedAt: Date | null;
}

/** What a sync found that differed from what was shown. */
export interface SnapshotReport {
  readonly snapshot: number;
  readonly state: 'held' | 'published' | 'replaced' | 'discarded';
  /** Why it waits for a person; empty otherwise. */
  readonly reason: string;
  readonly total: number;
  readonly added: number;
  readonly removed: number;
  readonly renamed: number;
  /** In another group, or with another number. */
  readonly moved: number;
  readonly readdressed: number;
  readonly refused: number;
  readonly createdAt: Date;
}

/** What the entries of a list are. */
export interface EntryCounts {
  readonly channels: number;
  readonly films: number;
  /** Those whose episodes are told one series at a time. */
  readonly series: number;
  readonly episodes: number;
}

export interface SyncResult {
  /** Null: nothing differs, and no row was written. */
  readonly snapshot: SnapshotReport | null;
  readonly entries: number;
  readonly counts: EntryCounts;
  /** The first hundred. */
  readonly problems: readonly { readonly line: number; readonly reason: string }[];
  readonly refused: number;
  readonly reasons: readonly ReasonCount[];
}

/** Of an entry of a snapshot's difference: by it pages go on. */
export interface EntryKey {
  /** Id of its channel. */
  readonly channel: string;
  /** Among the provider's entries for that channel, from 1. */
  readonly place: number;
}

/** One line of a snapshot's difference. */
export interface ChangedEntry extends EntryKey {
  readonly change: 'added' | 'removed' | 'changed';
  readonly name: string;
  readonly oldName: string;
  readonly group: string;
  readonly oldGroup: string;
  readonly isReaddressed: boolean;
}

/** A channel as people see it: what a person has said of it goes before what lists say. */
export interface Channel {
  /** 16 characters, for ever. */
  readonly id: string;
  /** The same for clients that know channels by numbers. */
  readonly serial: number;
  readonly name: string;
  readonly group: string;
  readonly number: number | null;
  readonly logo: string;
  readonly tvgId: string;
  readonly isRadio: boolean;
  /** What it has shown can be seen for so long; 0: not at all. */
  readonly catchupDays: number;
  /** `video/mp2t`; empty when no list says. */
  readonly mimetype: string;
  readonly isHidden: boolean;
}

/** Where a channel comes from, the best first. */
export interface ChannelSource {
  readonly sourceId: number;
  readonly provider: string;
  readonly providerId: number;
  /** To be asked: with the account. */
  readonly url: string;
  /** As it is kept: with marks in place of the account. */
  readonly storedUrl: string;
  readonly quality: number;
  /** How to see what it has shown (`lib/iptv/catch-up.ts`); empty: not at all. */
  readonly catchupType: string;
  readonly catchupSource: string;
  readonly userAgent: string;
  readonly referrer: string;
  /** Lines `#KODIPROP:`, without that word. */
  readonly properties: readonly string[];
  readonly mode: ProviderMode;
  /** Of its provider; 0: not limited. */
  readonly slotsMax: number;
  /** In percent that it plays; null: nobody has looked. */
  readonly confidence: number | null;
  /** It has failed for long, and stands behind the others. */
  readonly isDown: boolean;
  /** Why it did not play last; empty when it did, or nobody has looked. */
  readonly failure: string;
  readonly checkedAt: Date | null;
  /** When it was seen to play. */
  readonly seenAt: Date | null;
}

/** What somebody may see; null: everything. */
export interface ChannelRights {
  /** Titles of groups. */
  readonly groups: readonly string[] | null;
  /** By their ids. */
  readonly providers: readonly number[] | null;
}

export const ALL_RIGHTS: ChannelRights = { groups: null, providers: null };

export interface ChannelQuery extends ChannelRights {
  /** Empty: of all groups. */
  readonly group: string;
  /** Part of a name; empty: any. */
  readonly search: string;
  readonly includesHidden: boolean;
  /** Those behind the channel with this id: pages by key; empty: from the first one. */
  readonly after: string;
  /** Of what is left, for clients that page by numbers. */
  readonly skip: number;
  readonly limit: number;
}

export interface ChannelGroup {
  readonly title: string;
  readonly channels: number;
}

/** Channels as they are shown; those that nobody has any more are not. */
export interface ChannelLibrary {
  /** By number, those without behind, then by name. */
  channels(query: ChannelQuery, signal: CancelSignal): Promise<readonly Channel[]>;
  /** Null when there is none with this id. */
  channel(id: string, rights: ChannelRights, signal: CancelSignal): Promise<Channel | null>;
  channelBySerial(
    serial: number,
    rights: ChannelRights,
    signal: CancelSignal,
  ): Promise<Channel | null>;
  sources(
    id: string,
    rights: ChannelRights,
    signal: CancelSignal,
  ): Promise<readonly ChannelSource[]>;
  groups(rights: ChannelRights, signal: CancelSignal): Promise<readonly ChannelGroup[]>;
}

/** Null leaves as it is; an empty text goes back to what lists say. */
export interface ChannelChange {
  readonly name: string | null;
  readonly group: string | null;
  readonly logo: string | null;
  /** -1 goes back to what lists say. */
  readonly number: number | null;
  readonly isHidden: boolean | null;
}

export interface KnownCounts {
  readonly channels: number;
  /** Other names of theirs. */
  readonly names: number;
  readonly ambiguous: number;
  /** Channels of the library that became one with another. */
  readonly merged: number;
}

/** A table of the world's channels, which says what names are the same one. */
export interface KnownChannels {
  /** @param source a file, or an http(s) address @throws AppError `iptv.bad-playlist` for what is no such table, `fetch.…` */
  run(source: string, signal: CancelSignal): Promise<KnownCounts>;
}
