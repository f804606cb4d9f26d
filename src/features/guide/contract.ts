/** What other features see of guides. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { Programme } from '../../lib/xmltv/programme.ts';

/** Of a channel; `channelId` of the programme is the guide's own. */
export interface ShownProgramme extends Programme {
  /** Of the channel, as `ChannelLibrary` has it. */
  readonly listedId: string;
  readonly stopMs: number;
  /** Made up, because no guide says what is shown. */
  readonly isDummy: boolean;
}

/** At most one of each; neither for channels that are unknown. */
export interface NowAndNext {
  readonly now: ShownProgramme | null;
  readonly next: ShownProgramme | null;
}

export interface Guide {
  /** Differs when what guides say of these channels does. */
  version(channelIds: readonly string[], signal: CancelSignal): Promise<string>;
  /** In one statement, and one more where no guide has some of them. @param channelIds at most 10,000 */
  nowAndNext(
    channelIds: readonly string[],
    atMs: number,
    signal: CancelSignal,
  ): Promise<ReadonlyMap<string, NowAndNext>>;
  /** Batches in the order of the channels and of time; what overlaps the span, not only what begins in it. */
  programmes(
    channelIds: readonly string[],
    fromMs: number,
    toMs: number,
    signal: CancelSignal,
  ): AsyncIterable<readonly ShownProgramme[]>;
}

export interface GuideMatching {
  /** Has a worker give a guide to channels that are new or called otherwise; once, however often it is asked for. */
  matchSoon(signal: CancelSignal): Promise<void>;
}

/** Guides that somebody's list of channels names. */
export interface NamedGuides {
  /**
   * The first is called `name`, the others `name 2` and so on; they get these addresses, and are synced soon.
   * @param isFirst nothing of that name was made by this before: guides that are there are somebody's own, and stay
   */
  take(
    name: string,
    urls: readonly string[],
    isFirst: boolean,
    signal: CancelSignal,
  ): Promise<void>;
}

export interface GuideCounts {
  readonly channels: number;
  readonly programmes: number;
  readonly refused: number;
  /** Too old or too far ahead to be of use. */
  readonly outside: number;
}

export interface GuideImportListener {
  progress(counts: GuideCounts): void;
  refused(reason: string): void;
}

export interface GuideImport {
  /**
   * Replaces what the guide of this name says, which is made where there is none. A failure leaves what was there.
   * @throws AppError `guide.bad-file`, `guide.busy`, `fetch.…`, `database.…`
   */
  importGuide(
    name: string,
    chunks: AsyncIterable<Uint8Array>,
    listener: GuideImportListener,
    signal: CancelSignal,
  ): Promise<GuideCounts>;
  /** The same from an address, which the guide has from then on. @throws AppError as well `fetch.bad-url` */
  importAddress(
    name: string,
    url: string,
    listener: GuideImportListener,
    signal: CancelSignal,
  ): Promise<GuideCounts>;
}
