/** Bitrates of the live streams that are sent to this machine: counted as segments come, read as snapshots, kept by minute. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { Deadline } from '../../../lib/async/deadline.ts';
import {
  renditionOf,
  StreamBitrate,
  type BitrateSnapshot,
} from '../../../lib/bitrate/stream-bitrate.ts';
import { AppError } from '../../../lib/errors.ts';
import type { MetricFamily } from '../../../lib/metrics/metric-family.ts';
import { ShardedLru } from '../../../lib/sharded-lru.ts';
import type { Logger } from '../../../platform/log/logger.ts';
import type { Peers } from '../../../platform/processes/peers.ts';
import { Minutes } from './minutes.ts';
import type { BitrateStore } from './store.ts';

export interface BitratesParts {
  readonly store: Pick<BitrateStore, 'put'>;
  readonly peers: Peers;
  /** Streams that are measured at a time. */
  readonly streamsMax: number;
  readonly logger: Logger;
}

/** As processes tell each other: -1 bytes are a refused segment. The last is how long ago it came. */
type Told = readonly [streamId: string, rendition: string, bytes: number, ageMs: number];

const TOPIC = 'live.segments';
const TELL_EVERY_MS = 500;
const TOLD_MAX = 50_000;
/** Who sent nothing for so long makes room for another stream. */
const IDLE_MS = 30_000;
const MINUTES_A_STREAM = 8;
const BATCH = 1000;
const LAST_WRITE_TIMEOUT_MS = 3000;
const REFUSED = -1;

export class Bitrates implements AsyncDisposable {
  readonly #parts: BitratesParts;
  readonly #streams: ShardedLru<StreamBitrate>;
  readonly #minutes: Minutes;
  readonly #timer: NodeJS.Timeout | null;
  #untold: { streamId: string; rendition: string; bytes: number; atMs: number }[] = [];
  #stored = 0;
  #refused = 0;
  #unmeasured = 0;

  constructor(parts: BitratesParts) {
    this.#parts = parts;
    this.#streams = new ShardedLru(parts.streamsMax);
    this.#minutes = new Minutes(parts.streamsMax * MINUTES_A_STREAM);
    const { peers } = parts;
    peers.listen(TOPIC, (body) => this.#hear(body as readonly Told[]));
    this.#timer = peers.hasOthers ? setInterval(() => this.#tell(), TELL_EVERY_MS).unref() : null;
  }

  /** A segment was stored. @param name of its file */
  stored(streamId: string, name: string, bytes: number): void {
    // What segments need before them is sent once.
    if (name.startsWith('init')) return;
    const rendition = renditionOf(name);
    const nowMs = performance.now();
    this.#stored += 1;
    const rateBps = this.#count(streamId, rendition, bytes, nowMs);
    this.#minutes.add(streamId, rendition, { bytes, drops: 0, rateBps }, Date.now());
    this.#remember(streamId, rendition, bytes, nowMs);
  }

  /** A segment of the stream's owner was not taken. */
  refused(streamId: string, name: string): void {
    const rendition = renditionOf(name);
    const nowMs = performance.now();
    this.#refused += 1;
    this.#count(streamId, rendition, REFUSED, nowMs);
    this.#minutes.add(streamId, rendition, { bytes: 0, drops: 1, rateBps: 0 }, Date.now());
    this.#remember(streamId, rendition, REFUSED, nowMs);
  }

  /** At most a second old; null when nothing came of the stream since the start, or it made room for others. */
  snapshot(streamId: string): BitrateSnapshot | null {
    return this.#streams.get(streamId)?.snapshot(performance.now()) ?? null;
  }

  get families(): readonly MetricFamily[] {
    return [
      {
        name: 'live_bitrate_bytes_per_second',
        kind: 'gauge',
        // Every process knows what all of the machine take.
        together: 'max',
        help: 'What encoders send now: of all streams together, of the largest one, and of the middle one.',
        labels: ['of'],
        collect: () => this.#rates(),
      },
      {
        name: 'live_measured_streams',
        kind: 'gauge',
        together: 'max',
        help: 'Live streams whose bitrate is known; LIVE_BITRATE_STREAMS_MAX is the bound.',
        labels: [],
        collect: () => [[[], [this.#streams.size]]],
      },
      {
        name: 'live_segments_total',
        kind: 'counter',
        help: 'Segments of encoders: stored, refused, or stored without a place for the bitrate of their stream.',
        labels: ['outcome'],
        collect: () => [
          [['stored'], [this.#stored]],
          [['refused'], [this.#refused]],
          [['unmeasured'], [this.#unmeasured]],
        ],
      },
    ];
  }

  /** Writes what the minutes have come to, in batches; what cannot be written is written the next time. */
  async flush(signal: CancelSignal): Promise<void> {
    for (;;) {
      const minutes = this.#minutes.take(BATCH, Date.now());
      if (minutes.length === 0) return;
      try {
        await this.#parts.store.put(minutes, signal);
      } catch (error) {
        this.#minutes.putBack(minutes);
        throw error;
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    const failure = () => new AppError('server.draining', 'The server is stopping');
    using deadline = new Deadline({ timeoutMs: LAST_WRITE_TIMEOUT_MS, failure });
    await this.flush(deadline.signal).catch((error: unknown) =>
      this.#parts.logger.warn({ err: error }, 'the last bitrates are not kept'),
    );
  }

  /** @returns the rate of the rendition; 0 where it is not measured */
  #count(streamId: string, rendition: string, bytes: number, nowMs: number): number {
    let stream = this.#streams.get(streamId);
    if (stream === undefined) {
      stream = new StreamBitrate(nowMs);
      const isIdle = ({ lastAtMs }: StreamBitrate) => nowMs - lastAtMs > IDLE_MS;
      if (!this.#streams.add(streamId, stream, isIdle)) {
        this.#unmeasured += 1;
        return 0;
      }
    }
    if (bytes !== REFUSED) return stream.add(rendition, bytes, nowMs);
    stream.drop(nowMs);
    return 0;
  }

  #rates(): readonly (readonly [readonly string[], readonly number[]])[] {
    const nowMs = performance.now();
    const rates: number[] = [];
    for (const stream of this.#streams.values()) {
      const rate = stream.currentBps(nowMs);
      if (rate > 0) rates.push(rate / 8);
    }
    rates.sort((a, b) => a - b);
    return [
      [['sum'], [Math.round(rates.reduce((sum, rate) => sum + rate, 0))]],
      [['max'], [Math.round(rates.at(-1) ?? 0)]],
      [['median'], [Math.round(rates[Math.floor(rates.length / 2)] ?? 0)]],
    ];
  }

  #remember(streamId: string, rendition: string, bytes: number, atMs: number): void {
    if (this.#timer !== null && this.#untold.length < TOLD_MAX)
      this.#untold.push({ streamId, rendition, bytes, atMs });
  }

  #tell(): void {
    if (this.#untold.length === 0) return;
    const nowMs = performance.now();
    const told = this.#untold.map(({ streamId, rendition, bytes, atMs }): Told => [
      streamId,
      rendition,
      bytes,
      Math.round(nowMs - atMs),
    ]);
    this.#untold = [];
    this.#parts.peers.tell(TOPIC, told);
  }

  #hear(told: readonly Told[]): void {
    const nowMs = performance.now();
    for (const [streamId, rendition, bytes, ageMs] of told)
      this.#count(streamId, rendition, bytes, nowMs - ageMs);
  }
}
