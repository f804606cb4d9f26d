/** The channels that are watched in this process: one stream each, kept for a moment after the last viewer has left. */
import { CancelController, type CancelSignal } from '../../../lib/async/cancel.ts';
import { orCancelled, settledWithin } from '../../../lib/async/wait.ts';
import { AppError } from '../../../lib/errors.ts';
import type { ChannelSource } from '../contract.ts';
import { ChannelStream, type ChannelStreamParts } from './channel-stream.ts';
import { Seat, type Place } from './seat.ts';

/** Players open a channel several times before they play it. */
const LINGER_MS = 3000;
/** Each holds six MiB. */
const STREAMS_MAX = 100;
const STOP_MS = 2000;

export interface WantedChannel {
  readonly channelId: string;
  /** Those that the viewer may see, the one to begin with first. */
  readonly sources: readonly ChannelSource[];
  /** The viewer has asked for the first one: it is played unless others watch another. */
  readonly isChosen: boolean;
}

/** A stream, and who watches it. */
interface Shared {
  readonly channelId: string;
  readonly stream: ChannelStream;
  readonly places: Set<Place>;
  linger: NodeJS.Timeout | undefined;
  /** Settles when its connection and its slot are given back; null while it goes on. */
  gone: Promise<unknown> | null;
}

export class ChannelStreams {
  readonly #parts: ChannelStreamParts;
  /** Two of one channel where somebody may not see what the first one plays. */
  readonly #open = new Set<Shared>();

  readonly #lingerMs: number;

  constructor(parts: ChannelStreamParts, lingerMs = LINGER_MS) {
    this.#parts = parts;
    this.#lingerMs = lingerMs;
    parts.slots.roomMakers.push((providerId) => this.#stopIdle(providerId));
  }

  /**
   * Takes a place at the channel's stream, which is opened where none plays what the viewer may see; else the source that is
   * a playlist.
   * @throws AppError `iptv.source-failed`, `iptv.no-slot`, `fetch.…` when no source plays, `server.overloaded`
   */
  async join(wanted: WantedChannel, signal: CancelSignal): Promise<Seat | number> {
    const place = await this.#sit(wanted, signal);
    if (typeof place === 'number') return place;
    return new Seat(place, async (again) => {
      const other = await this.#sit({ ...wanted, isChosen: false }, again);
      if (typeof other !== 'number') return other;
      throw new AppError('iptv.source-failed', 'what is left of the channel are playlists');
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#open].map((shared) => this.#stop(shared)));
  }

  async #sit(wanted: WantedChannel, signal: CancelSignal): Promise<Place | number> {
    for (;;) {
      const shared = await this.#sharedFor(wanted, signal);
      const place = placeAt(shared, wanted, () => this.#left(shared));
      let isSeated = false;
      try {
        const start = await orCancelled(shared.stream.started, signal);
        if (place.moved.signal.aborted) continue;
        isSeated = start === 'stream';
        if (start === 'stream') return place;
        if ('playlistOf' in start) return start.playlistOf;
        throw start;
      } finally {
        if (!isSeated) place[Symbol.dispose]();
      }
    }
  }

  async #sharedFor(wanted: WantedChannel, signal: CancelSignal): Promise<Shared> {
    const { channelId, sources, isChosen } = wanted;
    const ids = idsOf(sources);
    for (;;) {
      const ofChannel = [...this.#open].filter((shared) => shared.channelId === channelId);
      // It would end at once, and holds its connection until it has.
      const leaving = ofChannel.find(({ gone }) => gone !== null)?.gone ?? null;
      if (leaving === null) {
        const known = ofChannel.find(({ stream }) => ids.has(stream.sourceId));
        if (known === undefined) return this.#begin(channelId, sources);
        const isOther = known.stream.sourceId !== sources[0]?.sourceId;
        if (!isChosen || !isOther || known.places.size > 0) return known;
        void this.#stop(known);
      } else await orCancelled(leaving, signal);
    }
  }

  #begin(channelId: string, sources: readonly ChannelSource[]): Shared {
    if (this.#open.size >= STREAMS_MAX)
      throw new AppError('server.overloaded', 'too many channels are watched: try again later');
    const stream = new ChannelStream(this.#parts, sources, (id) => this.#moveFrom(shared, id));
    const shared: Shared = {
      channelId,
      stream,
      places: new Set(),
      linger: undefined,
      gone: null,
    };
    this.#open.add(shared);
    void stream.ended.then(() => this.#forget(shared));
    return shared;
  }

  /** Whoever may not see the source that is next goes elsewhere. */
  #moveFrom(shared: Shared, sourceId: number): void {
    for (const { sourceIds, moved } of shared.places)
      if (!sourceIds.has(sourceId))
        moved.abort(new AppError('iptv.no-channel', 'this source is for others'));
    const isForNobody = [...shared.places].every(({ moved }) => moved.signal.aborted);
    if (isForNobody && shared.places.size > 0) void this.#stop(shared);
  }

  #left(shared: Shared): void {
    if (shared.places.size > 0) return;
    clearTimeout(shared.linger);
    shared.linger = setTimeout(() => void this.#stop(shared), this.#lingerMs).unref();
  }

  #stop(shared: Shared): Promise<unknown> {
    clearTimeout(shared.linger);
    shared.stream.stop();
    // Where the database does not answer a slot is given back late: nobody waits for that.
    shared.gone ??= settledWithin(shared.stream.ended, STOP_MS).then(() => this.#forget(shared));
    return shared.gone;
  }

  #forget(shared: Shared): void {
    clearTimeout(shared.linger);
    this.#open.delete(shared);
  }

  /** Whether somebody's slot was given back. */
  async #stopIdle(providerId: number): Promise<boolean> {
    const idle = [...this.#open].filter(
      ({ stream, places }) => places.size === 0 && stream.providerId === providerId,
    );
    await Promise.all(idle.map((shared) => this.#stop(shared)));
    return idle.length > 0;
  }
}

function placeAt(shared: Shared, { sources }: WantedChannel, onLeft: () => void): Place {
  const { stream, places } = shared;
  const place: Place = {
    stream,
    sourceIds: idsOf(sources),
    moved: new CancelController(),
    [Symbol.dispose]: () => {
      if (places.delete(place)) onLeft();
    },
  };
  clearTimeout(shared.linger);
  stream.add(sources);
  places.add(place);
  return place;
}

function idsOf(sources: readonly ChannelSource[]): ReadonlySet<number> {
  return new Set(sources.map(({ sourceId }) => sourceId));
}
