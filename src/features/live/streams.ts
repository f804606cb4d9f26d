/** Live streams and their owners: made, found, started, stopped, ended, deleted, restored. */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Buffer } from 'node:buffer';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { LiveStatus, LiveStream, LiveStreams } from './contract.ts';
import type { LiveStore, StoredLiveStream } from './store.ts';

export interface CreatedLiveStream {
  readonly stream: LiveStream;
  /** Told once; only its hash is kept. */
  readonly ownerKey: string;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const OWNER_KEY_BYTES = 24;
/** As long as ours, in characters that stand in addresses. */
const OWNER_KEY = /^[\w-]{32,100}$/;
const OWNER_CHARS = 32;

/** Told of a stream that has begun or ended. Never rejects. */
export type StreamNews = (stream: LiveStream, status: LiveStatus) => Promise<void>;

export class OwnedStreams implements LiveStreams {
  readonly #store: LiveStore;
  readonly #onChanged: StreamNews;

  constructor(store: LiveStore, onChanged: StreamNews) {
    this.#store = store;
    this.#onChanged = onChanged;
  }

  /**
   * @param ownerKey that of the owner's other streams; empty for a new one
   * @throws AppError `request.bad-query` for a key that is too short to be one
   */
  async create(title: string, ownerKey: string, signal: CancelSignal): Promise<CreatedLiveStream> {
    const key = ownerKey === '' ? randomBytes(OWNER_KEY_BYTES).toString('base64url') : ownerKey;
    if (!OWNER_KEY.test(key))
      throw new AppError(
        'request.bad-query',
        'expected X-Owner-Key to be an owner key of another live stream: 32 to 100 of A-Z, a-z, 0-9, - and _',
        { field: 'X-Owner-Key' },
      );
    const stream = await this.#store.insert(
      { id: randomUUID(), title, owner: ownerOf(key), ownerKeyHash: hashOf(key) },
      signal,
    );
    if (stream === undefined) throw notFound();
    return { stream, ownerKey: key };
  }

  async find(id: string, signal: CancelSignal): Promise<StoredLiveStream | null> {
    const found = UUID.test(id) ? await this.#store.find(id, signal) : null;
    return found === null || found.isDeleted ? null : found;
  }

  async isOwner(id: string, key: string, signal: CancelSignal): Promise<boolean> {
    const found = await this.find(id, signal);
    return found !== null && isKeyOf(found, key);
  }

  /** @throws AppError `live.not-found` */
  async get(id: string, signal: CancelSignal): Promise<StoredLiveStream> {
    return (await this.find(id, signal)) ?? raise(notFound());
  }

  /**
   * Also of a deleted stream.
   * @throws AppError `live.not-found`, `live.wrong-key`
   */
  async owned(id: string, key: string, signal: CancelSignal): Promise<StoredLiveStream> {
    const found = UUID.test(id) ? await this.#store.find(id, signal) : null;
    if (found === null) throw notFound();
    if (!isKeyOf(found, key))
      throw new AppError('live.wrong-key', 'the owner key is missing or not that of the stream');
    return found;
  }

  /** What is so already stays so. @throws AppError `live.bad-state` after the end */
  async setStatus(
    stream: StoredLiveStream,
    status: LiveStatus,
    signal: CancelSignal,
  ): Promise<LiveStream> {
    if (stream.isDeleted) throw notFound();
    if (stream.status !== status) {
      if (stream.status === 'ended')
        throw new AppError('live.bad-state', 'the live stream has ended: make a new one');
      await this.change(stream, status, signal);
    }
    return this.get(stream.id, signal);
  }

  /** What changes nothing is no news. */
  async change(stream: LiveStream, status: LiveStatus, signal: CancelSignal): Promise<void> {
    if (await this.#store.setStatus(stream.id, status, signal))
      await this.#onChanged(stream, status);
  }

  async setDeleted(id: string, isDeleted: boolean, signal: CancelSignal): Promise<void> {
    await this.#store.setDeleted(id, isDeleted, signal);
  }
}

/** Public name of whoever has the key. */
export function ownerOf(key: string): string {
  return createHash('sha256').update(`owner\n${key}`).digest('hex').slice(0, OWNER_CHARS);
}

function isKeyOf({ ownerKeyHash }: StoredLiveStream, key: string): boolean {
  return timingSafeEqual(ownerKeyHash, hashOf(key));
}

function hashOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function notFound(): AppError {
  return new AppError('live.not-found', 'there is no live stream or recording with this id', {
    field: 'id',
  });
}

function raise(error: Error): never {
  throw error;
}
