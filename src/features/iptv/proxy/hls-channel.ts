/** One channel whose sources are playlists: which source it plays now, and how what is passed on is numbered. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import {
  AS_THEY_ARE,
  readRelayed,
  variantUrls,
  writeMedia,
  type AddressOf,
  type Numbering,
  type RelayedMaster,
  type RelayedMedia,
} from '../../../lib/hls/relay.ts';
import type { ChannelSource } from '../contract.ts';
import type { ChannelSlots } from './channel-slots.ts';
import type { HlsFetch } from './hls-fetch.ts';
import type { ProxyCounts } from './proxy-metrics.ts';
import { patienceWith } from './silence.ts';
import type { Slot } from './slots.ts';

export interface HlsChannelParts {
  readonly hls: Pick<HlsFetch, 'playlist'>;
  readonly channelSlots: Pick<ChannelSlots, 'take'>;
  readonly counts: Pick<ProxyCounts, 'failovers'>;
}

/** Of the sources that have failed; the first one is tried again after that. */
const FAILED_MS = 30_000;
const TRACKS_MAX = 20;
/** Of a source that takes over: where players begin with one that is new. */
const SEGMENTS_AT_FIRST = 3;
const DISCONTINUITY = '#EXT-X-DISCONTINUITY';

/** A playlist that players come back to. */
interface Track {
  sourceId: number;
  url: string;
  numbering: Numbering;
  /** Of the next segment, and breaks before it, as players know them. */
  next: number;
  breaks: number;
}

interface Found<T> {
  readonly source: ChannelSource;
  readonly url: string;
  readonly playlist: T;
}

export class HlsChannel {
  askedAtMs = performance.now();
  readonly #parts: HlsChannelParts;
  readonly #channelId: string;
  readonly #failed = new Map<number, number>();
  readonly #tracks = new Map<string, Track>();
  #slot: { readonly providerId: number; readonly slot: Slot } | null = null;

  constructor(parts: HlsChannelParts, channelId: string) {
    this.#parts = parts;
    this.#channelId = channelId;
  }

  get providerId(): number {
    return this.#slot?.providerId ?? 0;
  }

  /** @throws AppError of the last source when none answers */
  async entry(
    sources: readonly ChannelSource[],
    signal: CancelSignal,
  ): Promise<Found<RelayedMaster | RelayedMedia>> {
    let last: unknown = new AppError('iptv.no-channel', 'no provider has this channel now');
    for (const source of this.#inOrder(sources)) {
      try {
        await this.#hold(source, signal);
        return await this.#read(source.url, source, sources.length, signal);
      } catch (error) {
        last = this.#note(source, error, signal);
      }
    }
    throw last;
  }

  /**
   * The playlist that was at `url` of a source, from the one that plays now.
   * @throws AppError of the last source when none answers
   */
  async media(
    url: string,
    sourceId: number,
    sources: readonly ChannelSource[],
    addressOf: (source: ChannelSource) => AddressOf,
    signal: CancelSignal,
  ): Promise<{ readonly text: string; readonly sourceId: number }> {
    const track = this.#trackOf(url, sourceId);
    const source = sources.find((one) => one.sourceId === track.sourceId);
    let found: Found<RelayedMedia> | null = null;
    if (source !== undefined && !this.#hasFailed(source)) {
      try {
        await this.#hold(source, signal);
        found = mediaOf(await this.#read(track.url, source, sources.length, signal));
      } catch (error) {
        const last = this.#note(source, error, signal);
        if (sources.length === 1) throw last;
      }
    }
    found ??= await this.#takeOver(track, sources, signal);
    const { playlist } = found;
    track.next = playlist.sequence + playlist.segments.length + track.numbering.shift;
    track.breaks =
      playlist.discontinuities +
      breaksIn(playlist) +
      track.numbering.breaks +
      (track.numbering.from >= 0 ? 1 : 0);
    const text = writeMedia(playlist, found.url, addressOf(found.source), track.numbering);
    return { text, sourceId: found.source.sourceId };
  }

  /** A segment could not be had: the next look at the playlist is at another source's. */
  failed(source: ChannelSource): void {
    this.#failed.set(source.sourceId, performance.now() + FAILED_MS);
  }

  async release(): Promise<void> {
    const held = this.#slot;
    this.#slot = null;
    await held?.slot[Symbol.asyncDispose]();
  }

  async #takeOver(
    track: Track,
    sources: readonly ChannelSource[],
    signal: CancelSignal,
  ): Promise<Found<RelayedMedia>> {
    const entry = await this.entry(sources, signal);
    const url =
      entry.playlist.kind === 'master' ? variantUrls(entry.playlist, entry.url)[0] : undefined;
    const found = mediaOf(
      url === undefined ? entry : await this.#read(url, entry.source, sources.length, signal),
    );
    const { sequence, segments, discontinuities } = found.playlist;
    const skipped = Math.max(0, segments.length - SEGMENTS_AT_FIRST);
    const from = sequence + skipped;
    const before = discontinuities + breaksIn({ segments: segments.slice(0, skipped) });
    track.sourceId = found.source.sourceId;
    track.url = url ?? found.source.url;
    track.numbering = { from, shift: track.next - from, breaks: track.breaks - before };
    this.#parts.counts.failovers++;
    return found;
  }

  #trackOf(url: string, sourceId: number): Track {
    const known = this.#tracks.get(url);
    if (known !== undefined) return known;
    if (this.#tracks.size >= TRACKS_MAX) this.#tracks.clear();
    const track: Track = { sourceId, url, numbering: AS_THEY_ARE, next: 0, breaks: 0 };
    this.#tracks.set(url, track);
    return track;
  }

  async #read(
    url: string,
    source: ChannelSource,
    choices: number,
    signal: CancelSignal,
  ): Promise<Found<RelayedMaster | RelayedMedia>> {
    const part = await this.#parts.hls.playlist(url, source, patienceWith(choices), signal);
    const playlist = readRelayed(part.bytes.toString('utf8'));
    if (playlist !== null) return { source, url: part.url, playlist };
    throw new AppError('iptv.source-failed', 'the provider sent something else than a playlist');
  }

  /** The slot of the account whose source plays. */
  async #hold(source: ChannelSource, signal: CancelSignal): Promise<void> {
    if (this.#slot?.providerId === source.providerId) return;
    await this.release();
    const slot = await this.#parts.channelSlots.take(this.#channelId, source, signal);
    if (slot === null) throw new AppError('iptv.no-slot', 'all streams of the account are in use');
    // Two who ask at once: one slot is enough.
    if (this.#slot !== null) await slot[Symbol.asyncDispose]();
    else this.#slot = { providerId: source.providerId, slot };
  }

  #note(source: ChannelSource, error: unknown, signal: CancelSignal): unknown {
    if (signal.aborted || !(error instanceof AppError)) throw error;
    this.failed(source);
    return error;
  }

  #hasFailed({ sourceId }: ChannelSource): boolean {
    return (this.#failed.get(sourceId) ?? 0) > performance.now();
  }

  /** Those that have failed a moment ago come last. */
  #inOrder(sources: readonly ChannelSource[]): readonly ChannelSource[] {
    const [good, bad] = [true, false].map((isGood) =>
      sources.filter((source) => this.#hasFailed(source) !== isGood),
    );
    return [...(good ?? []), ...(bad ?? [])];
  }
}

function mediaOf(found: Found<RelayedMaster | RelayedMedia>): Found<RelayedMedia> {
  if (found.playlist.kind === 'media') return { ...found, playlist: found.playlist };
  throw new AppError('iptv.source-failed', 'the provider sent a list of playlists in place of one');
}

function breaksIn({ segments }: Pick<RelayedMedia, 'segments'>): number {
  return segments.filter(({ tags }) => tags.includes(DISCONTINUITY)).length;
}
