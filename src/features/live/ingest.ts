/** What encoders send: playlists and segments in any order, each published when both are there. */
import type { Buffer } from 'node:buffer';
import { LRUCache } from 'lru-cache';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { Deadline } from '../../lib/async/deadline.ts';
import { AppError } from '../../lib/errors.ts';
import { parsePlaylist, type ListedSegment } from '../../lib/hls/playlist.ts';
import { isWholeSegment, SEGMENT_TYPES } from '../../lib/hls/segment.ts';
import type { Bitrates } from './bitrate/bitrates.ts';
import type { SegmentStore } from './segment-store.ts';
import type { LiveStore, StoredLiveStream } from './store.ts';
import type { OwnedStreams } from './streams.ts';

export interface IngestParts {
  readonly store: LiveStore;
  readonly streams: OwnedStreams;
  readonly files: SegmentStore;
  readonly bitrates: Bitrates;
  /** Of all streams. */
  readonly diskBytesMax: number;
}

export interface SentFile {
  readonly streamId: string;
  readonly ownerKey: string;
  readonly name: string;
  readonly bytes: Buffer;
}

export type Sender = Pick<SentFile, 'streamId' | 'ownerKey'>;

/** Lists what was cut here. */
const CUT_PLAYLIST = 'index.m3u8';
const FILE = /^[A-Za-z\d][\w.-]{0,94}\.(m3u8|ts|m4s|mp4)$/;
const PLAYLIST_BYTES_MAX = 4 * 2 ** 20;
/** The encoder may be gone by the time its file is stored: the work has a limit of its own. */
const TIMEOUT_MS = 60_000;
const KNOWN_MAX = 1000;
/** An end, or a deletion, reaches other processes as late as this. */
const KNOWN_MS = 2000;
/** How old the sum of what is stored may be. */
const SUM_MS = 5000;
/** After the end: encoders leave before what they sent last is stored. */
const LATE_MS = 5000;

export class LiveIngest {
  readonly #parts: IngestParts;
  /** By id and key: an encoder shows its key with every segment. */
  readonly #known = new LRUCache<string, StoredLiveStream>({ max: KNOWN_MAX, ttl: KNOWN_MS });
  #storedBytes = 0;
  #summedAtMs = -Infinity;

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  /** @throws AppError `live.not-found`, `.wrong-key`, `.bad-state`, `.bad-segment`, `.disk-full`, `storage.failed` */
  async take(file: SentFile): Promise<void> {
    using deadline = limit();
    const { signal } = deadline;
    const stream = await this.#open(file, signal);
    const [, ending = ''] = FILE.exec(file.name) ?? [];
    if (ending === '')
      throw badSegment(
        'expected a name of at most 99 of A-Z, a-z, 0-9, dot, hyphen and underscore that ends in .m3u8, .ts, .m4s or .mp4',
      );
    if (ending === 'm3u8') await this.#takePlaylist(file, signal);
    else await this.#takeMeasured(file, ending, signal);
    if (stream.status === 'created') await this.#begin(stream, file, signal);
  }

  /** Of a segment that `takeCut` lists next. @throws AppError as `take` */
  async nextSequence(sender: Sender): Promise<number> {
    using deadline = limit();
    const { signal } = deadline;
    const { id } = await this.#open(sender, signal);
    const [last] = await this.#parts.store.segments(id, CUT_PLAYLIST, 1, signal);
    return last === undefined ? 0 : last.sequence + 1;
  }

  /** A segment that was cut here: stored, then listed. @throws AppError as `take` */
  async takeCut(
    sender: Sender,
    { bytes, ...listed }: Omit<ListedSegment, 'name'> & { readonly bytes: Buffer },
  ): Promise<void> {
    const name = `cut${listed.sequence}.ts`;
    await this.take({ ...sender, name, bytes });
    using deadline = limit();
    const playlist = { name: CUT_PLAYLIST, variants: null, mapName: '' };
    const segments = [{ name, ...listed }];
    await this.#parts.store.putPlaylist(
      sender.streamId,
      { ...playlist, segments },
      deadline.signal,
    );
  }

  /** Encoders delete what left their window; recordings keep it. @throws AppError as `take` */
  async keep(file: Sender, signal: CancelSignal): Promise<void> {
    await this.#open(file, signal);
  }

  async #open({ streamId, ownerKey }: Sender, signal: CancelSignal): Promise<StoredLiveStream> {
    const key = `${streamId} ${ownerKey}`;
    const known = this.#known.get(key);
    const stream = known ?? (await this.#parts.streams.owned(streamId, ownerKey, signal));
    if (stream.isDeleted) throw new AppError('live.not-found', 'the live stream was deleted');
    if (stream.endedAt !== null && Date.now() - Date.parse(stream.endedAt) > LATE_MS)
      throw new AppError('live.bad-state', 'the live stream has ended: make a new one');
    if (known === undefined) this.#known.set(key, stream);
    return stream;
  }

  async #begin(
    stream: StoredLiveStream,
    { ownerKey }: SentFile,
    signal: CancelSignal,
  ): Promise<void> {
    this.#known.delete(`${stream.id} ${ownerKey}`);
    await this.#parts.streams.change(stream, 'live', signal);
  }

  async #takePlaylist({ streamId, name, bytes }: SentFile, signal: CancelSignal): Promise<void> {
    const text = bytes.length > PLAYLIST_BYTES_MAX ? '' : bytes.toString('utf8');
    const playlist = parsePlaylist(text);
    if (playlist === null)
      throw badSegment('expected an HLS playlist, not encrypted, with plain names of segments');
    const isMedia = playlist.kind === 'media';
    const stored = {
      name,
      variants: isMedia ? null : text,
      mapName: isMedia ? playlist.mapName : '',
      segments: isMedia ? lastOfName(playlist.segments) : [],
    };
    await this.#parts.store.putPlaylist(streamId, stored, signal);
  }

  async #takeMeasured(file: SentFile, ending: string, signal: CancelSignal): Promise<void> {
    const { streamId, name, bytes } = file;
    const { bitrates } = this.#parts;
    try {
      await this.#takeSegment(file, ending, signal);
    } catch (error) {
      bitrates.refused(streamId, name);
      throw error;
    }
    bitrates.stored(streamId, name, bytes.length);
  }

  async #takeSegment(
    { streamId, name, bytes }: SentFile,
    ending: string,
    signal: CancelSignal,
  ): Promise<void> {
    if (!isWholeSegment(bytes, ending))
      throw badSegment(`the body is no whole ${SEGMENT_TYPES[ending]} segment`);
    const nowMs = performance.now();
    if (nowMs - this.#summedAtMs > SUM_MS) {
      this.#storedBytes = await this.#parts.store.storedBytes(signal);
      this.#summedAtMs = nowMs;
    }
    if (this.#storedBytes + bytes.length > this.#parts.diskBytesMax)
      throw new AppError('live.disk-full', 'live streams hold as much as they may');
    this.#storedBytes += bytes.length;
    await this.#parts.files.write(streamId, name, bytes, signal);
    await this.#parts.store.putSegment(streamId, name, bytes.length, signal);
  }
}

/** A name that is listed twice counts where it stands last: one statement cannot write a row twice. */
function lastOfName<T extends { readonly name: string }>(segments: readonly T[]): readonly T[] {
  return [...new Map(segments.map((segment) => [segment.name, segment])).values()];
}

function limit(): Deadline {
  return new Deadline({
    timeoutMs: TIMEOUT_MS,
    failure: () => new AppError('server.timeout', 'storing what was sent takes too long'),
  });
}

function badSegment(message: string): AppError {
  return new AppError('live.bad-segment', message, { field: 'file' });
}
