/** One channel that is watched: one upstream connection for all who watch it, and the next source when one fails. */
import { CancelController, type CancelSignal } from '../../../lib/async/cancel.ts';
import { Latch } from '../../../lib/async/latch.ts';
import { sleep } from '../../../lib/async/wait.ts';
import { AppError } from '../../../lib/errors.ts';
import type { Logger } from '../../../platform/log/logger.ts';
import type { Fetcher } from '../../../platform/fetch/fetcher.ts';
import type { SourceSignals } from '../health/signals.ts';
import type { ChannelSource } from '../contract.ts';
import { LiveRing } from './live-ring.ts';
import type { ProxyCounts } from './proxy-metrics.ts';
import { patienceWith } from './silence.ts';
import type { SlotLedger } from './slots.ts';
import { PlaylistFound, pullSource } from './upstream.ts';

export interface ChannelStreamParts {
  readonly fetcher: Fetcher;
  readonly slots: SlotLedger;
  readonly learnt: Pick<SourceSignals, 'tell'>;
  readonly counts: ProxyCounts;
  readonly logger: Logger;
}

/** Six seconds of 8 Mbit/s. */
const RING_BYTES = 6 * 2 ** 20;
/** Times that all sources are tried in a row once the channel has played; before, one round is enough to say so. */
const ROUNDS = 3;
const ROUND_PAUSE_MS = 500;
/** Providers end connections now and then: what played for so long is asked again first. */
const PLAYED_MS = 10_000;

/** `playlistOf`: the source that turned out to be one. */
export type Start = 'stream' | AppError | { readonly playlistOf: number };

export class ChannelStream {
  readonly ring: LiveRing;
  /** What came of the first source that said anything. */
  readonly started: Promise<Start>;
  /** Settles when nothing is held any more: no connection, no slot. */
  readonly ended: Promise<void>;
  readonly #parts: ChannelStreamParts;
  readonly #sources: ChannelSource[];
  readonly #onSource: (sourceId: number) => void;
  readonly #control = new CancelController();
  readonly #start = new Latch<Start>();
  #hasPlayed = false;
  #providerId = 0;
  #sourceId: number;

  /**
   * @param sources the best first, at least one
   * @param onSource told before anything of another source comes
   */
  constructor(
    parts: ChannelStreamParts,
    sources: readonly ChannelSource[],
    onSource: (sourceId: number) => void,
  ) {
    this.#parts = parts;
    this.#onSource = onSource;
    this.#sources = [...sources];
    this.#sourceId = sources[0]?.sourceId ?? 0;
    this.ring = new LiveRing({ bytesMax: RING_BYTES, onSkip: () => parts.counts.skips++ });
    this.started = this.#start.opened;
    this.ended = this.#run(this.#control.signal);
  }

  /** Whose slot it takes now; 0: none. */
  get providerId(): number {
    return this.#providerId;
  }

  /** Which one plays now, or is tried. */
  get sourceId(): number {
    return this.#sourceId;
  }

  /** Sources that can take over, too. */
  add(sources: readonly ChannelSource[]): void {
    for (const source of sources)
      if (this.#sources.every(({ sourceId }) => sourceId !== source.sourceId))
        this.#sources.push(source);
  }

  stop(): void {
    this.#control.abort(new AppError('request.cancelled', 'nobody watches the channel'));
  }

  /** Never rejects. */
  async #run(signal: CancelSignal): Promise<void> {
    let failures = 0;
    let at = 0;
    let last: AppError = noSources();
    while (!signal.aborted && failures < this.#sources.length * (this.#hasPlayed ? ROUNDS : 1)) {
      const source = this.#sources[at % this.#sources.length];
      if (source === undefined) break;
      if (failures > 0 && failures % this.#sources.length === 0)
        await sleep(ROUND_PAUSE_MS, signal).catch(() => undefined);
      if (source.sourceId !== this.#sourceId) this.#onSource((this.#sourceId = source.sourceId));
      const { playedMs, error } = await this.#play(source, signal);
      if (error instanceof PlaylistFound) {
        this.#start.open({ playlistOf: source.sourceId });
        break;
      }
      last = error;
      failures = playedMs >= PLAYED_MS ? 1 : failures + 1;
      if (playedMs < PLAYED_MS || this.#isSilence(error)) at++;
      if (!signal.aborted && this.#hasPlayed) this.#parts.counts.failovers++;
    }
    this.#start.open(last);
    this.ring.end(signal.aborted ? null : last);
  }

  #isSilence({ code }: AppError): boolean {
    return code === 'iptv.source-failed' || code === 'fetch.timeout';
  }

  /** Until the source ends or fails. @returns how long bytes have come, and why it ended */
  async #play(
    source: ChannelSource,
    signal: CancelSignal,
  ): Promise<{ readonly playedMs: number; readonly error: AppError | PlaylistFound }> {
    let firstAtMs = 0;
    let lastAtMs = 0;
    const take = (piece: Uint8Array) => {
      lastAtMs = performance.now();
      firstAtMs ||= lastAtMs;
      this.ring.append(piece);
      this.#hasPlayed = true;
      this.#start.open('stream');
    };
    let error: AppError | PlaylistFound;
    try {
      error = await this.#pull(source, take, signal);
    } catch (thrown) {
      error =
        thrown instanceof AppError || thrown instanceof PlaylistFound ? thrown : unknown(thrown);
    }
    if (!signal.aborted && !(error instanceof PlaylistFound)) {
      const { provider, sourceId } = source;
      this.#parts.logger.info({ provider, sourceId, error }, 'a source of a channel ended');
    }
    this.#providerId = 0;
    const playedMs = lastAtMs - firstAtMs + (firstAtMs > 0 ? 1 : 0);
    this.#learn(source, playedMs, error, signal);
    return { playedMs, error };
  }

  #learn(
    source: ChannelSource,
    playedMs: number,
    error: AppError | PlaylistFound,
    signal: CancelSignal,
  ): void {
    if (playedMs > 0) return this.#parts.learnt.tell(source, '');
    const isItsOwn = error instanceof AppError && error.code !== 'iptv.no-slot';
    if (isItsOwn && !signal.aborted) this.#parts.learnt.tell(source, error.message);
  }

  /** Why it ended, where it did by itself. */
  async #pull(
    source: ChannelSource,
    take: (piece: Uint8Array) => void,
    signal: CancelSignal,
  ): Promise<AppError> {
    const { fetcher, slots } = this.#parts;
    await using slot = await slots.take(source, signal);
    if (slot === null) return new AppError('iptv.no-slot', 'all streams of the account are in use');
    this.#providerId = source.providerId;
    this.ring.newSource();
    const patience = () => patienceWith(this.#sources.length);
    this.#parts.counts.connections++;
    try {
      await pullSource(fetcher, source, patience, take, signal);
    } finally {
      this.#parts.counts.connections--;
    }
    return new AppError('fetch.failed', 'the provider ended the stream');
  }
}

function noSources(): AppError {
  return new AppError('iptv.no-channel', 'no provider has this channel now');
}

function unknown(cause: unknown): AppError {
  return new AppError('iptv.source-failed', 'the stream of the provider cannot be read', { cause });
}
