/** The channels that are watched in this process: one stream each, kept for a moment after the last viewer has left. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { orCancelled, settledWithin } from '../../../lib/async/wait.ts';
import { AppError } from '../../../lib/errors.ts';
import type { ChannelSource } from '../contract.ts';
import { ChannelStream, type ChannelStreamParts } from './channel-stream.ts';

/** Players open a channel several times before they play it. */
const LINGER_MS = 3000;
/** Each holds six MiB. */
const STREAMS_MAX = 100;
const STOP_MS = 2000;

/** A viewer's place at a channel; disposing leaves it. */
export interface Seat extends Disposable {
  readonly stream: ChannelStream;
}

export class ChannelStreams {
  readonly #parts: ChannelStreamParts;
  readonly #open = new Map<string, ChannelStream>();
  readonly #lingering = new Map<ChannelStream, NodeJS.Timeout>();

  constructor(parts: ChannelStreamParts) {
    this.#parts = parts;
    parts.slots.roomMakers.push((providerId) => this.#stopLingering(providerId));
  }

  /**
   * Takes a place at the stream of these sources, which is opened where nobody watches it yet; else the source that is a
   * playlist.
   * @throws AppError `iptv.source-failed`, `iptv.no-slot`, `fetch.…` when no source plays, `server.overloaded`
   */
  async join(sources: readonly ChannelSource[], signal: CancelSignal): Promise<Seat | number> {
    const stream = this.#streamOf(sources);
    const seat = this.#seat(stream);
    try {
      const start = await orCancelled(stream.started, signal);
      if (start === 'stream') return seat;
      seat[Symbol.dispose]();
      if ('playlistOf' in start) return start.playlistOf;
      throw start;
    } catch (error) {
      seat[Symbol.dispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const streams = [...this.#open.values()];
    for (const stream of streams) stream.stop();
    for (const timer of this.#lingering.values()) clearTimeout(timer);
    await settledWithin(Promise.all(streams.map(({ ended }) => ended)), STOP_MS);
  }

  #streamOf(sources: readonly ChannelSource[]): ChannelStream {
    const key = sources.map(({ sourceId }) => sourceId).join(' ');
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    if (this.#open.size >= STREAMS_MAX)
      throw new AppError('server.overloaded', 'too many channels are watched: try again later');
    const stream = new ChannelStream(this.#parts, sources);
    this.#open.set(key, stream);
    void stream.ended.then(() => {
      this.#open.delete(key);
      clearTimeout(this.#lingering.get(stream));
      this.#lingering.delete(stream);
    });
    return stream;
  }

  #seat(stream: ChannelStream): Seat {
    clearTimeout(this.#lingering.get(stream));
    this.#lingering.delete(stream);
    stream.viewers++;
    let isTaken = true;
    return {
      stream,
      [Symbol.dispose]: () => {
        if (!isTaken) return;
        isTaken = false;
        stream.viewers--;
        if (stream.viewers === 0 && !this.#lingering.has(stream))
          this.#lingering.set(stream, setTimeout(() => stream.stop(), LINGER_MS).unref());
      },
    };
  }

  /** Whether somebody's slot was given back. */
  async #stopLingering(providerId: number): Promise<boolean> {
    const idle = [...this.#lingering.keys()].filter((stream) => stream.providerId === providerId);
    for (const stream of idle) stream.stop();
    await settledWithin(Promise.all(idle.map(({ ended }) => ended)), STOP_MS);
    return idle.length > 0;
  }
}
