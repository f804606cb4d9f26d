/** What players get: the window of a live stream, the whole of a recording, and segments. */
import type { Buffer } from 'node:buffer';
import { LRUCache } from 'lru-cache';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { Deadline } from '../../lib/async/deadline.ts';
import { AppError } from '../../lib/errors.ts';
import { writePlaylist } from '../../lib/hls/playlist.ts';
import { publishedSegments } from './published-segments.ts';
import type { LiveRecordings, Recorded } from './contract.ts';
import type { SegmentStore } from './segment-store.ts';
import type { LiveStore, StoredPlaylist } from './store.ts';
import { THUMBNAIL } from './thumbnail.ts';
import type { OwnedStreams } from './streams.ts';

export interface PlaybackParts {
  readonly store: LiveStore;
  readonly streams: OwnedStreams;
  readonly files: SegmentStore;
  readonly windowSegments: number;
}

export interface PlayedPlaylist {
  readonly text: string;
  readonly isEnded: boolean;
}

const RECORDED_MAX = 20_000;
/** Every player of a stream asks every few seconds. */
const SHARED_MS = 500;
const SHARED_MAX = 1000;
const TIMEOUT_MS = 10_000;
/** The address that players get, whatever the encoder calls its playlist. */
const ENTRY = 'index.m3u8';

export class LivePlayback implements LiveRecordings {
  readonly #parts: PlaybackParts;
  readonly #shared = new LRUCache<string, Promise<PlayedPlaylist>>({
    max: SHARED_MAX,
    ttl: SHARED_MS,
  });

  constructor(parts: PlaybackParts) {
    this.#parts = parts;
  }

  /** Shared by all who ask within half a second. @throws AppError `live.not-found` */
  playlist(streamId: string, name: string): Promise<PlayedPlaylist> {
    const key = `${streamId}/${name}`;
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const made = this.#make(streamId, name);
    this.#shared.set(key, made);
    return made;
  }

  /** @param name without separators @throws AppError `live.not-found` */
  async segment(streamId: string, name: string): Promise<Buffer> {
    using deadline = limit();
    const stream = await this.#parts.streams.get(streamId, deadline.signal);
    const found = await this.#parts.files.read(stream.id, name, deadline.signal);
    return found ?? nothing('there is no such segment');
  }

  /** Null while there is none. @throws AppError `live.not-found` */
  async thumbnail(streamId: string): Promise<Buffer | null> {
    using deadline = limit();
    const { id } = await this.#parts.streams.get(streamId, deadline.signal);
    return await this.#parts.files.read(id, THUMBNAIL, deadline.signal);
  }

  async recorded(id: string, signal: CancelSignal): Promise<Recorded | null> {
    const { store, streams, files } = this.#parts;
    const stream = await streams.find(id, signal);
    if (stream?.status !== 'ended') return null;
    const stored = await store.playlists(id, signal);
    const entry = chosen(stored, ENTRY);
    if (entry === undefined) return null;
    const playlists = [];
    for (const one of stored) {
      const text = await this.#recordedText(id, one, signal);
      if (text !== null) playlists.push({ name: one.name, text });
    }
    const placeOf = (name: string) => files.placeOf(id, name);
    return { isRemote: files.isRemote, placeOf, entry: entry.name, playlists };
  }

  async #recordedText(
    id: string,
    { name, variants, mapName, isMapStored }: StoredPlaylist,
    signal: CancelSignal,
  ): Promise<string | null> {
    if (variants !== null || !isMapStored) return variants;
    const stored = await this.#parts.store.segments(id, name, RECORDED_MAX, signal);
    const segments = publishedSegments(stored, null);
    return segments.length === 0 ? null : writePlaylist({ mapName, segments, isEnded: true });
  }

  async #make(streamId: string, name: string): Promise<PlayedPlaylist> {
    using deadline = limit();
    const { signal } = deadline;
    const { store, streams, windowSegments } = this.#parts;
    const stream = await streams.get(streamId, signal);
    const isEnded = stream.status === 'ended';
    const found = chosen(await store.playlists(stream.id, signal), name);
    if (found === undefined || !found.isMapStored) return nothing('nothing was sent yet');
    if (found.variants !== null) return { text: found.variants, isEnded };
    const limitRows = isEnded ? RECORDED_MAX : windowSegments + 3;
    const stored = await store.segments(stream.id, found.name, limitRows, signal);
    const segments = publishedSegments(stored, isEnded ? null : windowSegments);
    if (segments.length === 0) return nothing('nothing was sent yet');
    return { text: writePlaylist({ mapName: found.mapName, segments, isEnded }), isEnded };
  }
}

/** By name; as the entry also the list of renditions, else the first. */
function chosen(playlists: readonly StoredPlaylist[], name: string): StoredPlaylist | undefined {
  const named = playlists.find((one) => one.name === name);
  if (named !== undefined || name !== ENTRY) return named;
  return playlists.find(({ variants }) => variants !== null) ?? playlists[0];
}

function limit(): Deadline {
  return new Deadline({
    timeoutMs: TIMEOUT_MS,
    failure: () => new AppError('server.timeout', 'reading the live stream takes too long'),
  });
}

function nothing(message: string): never {
  throw new AppError('live.not-found', message);
}
