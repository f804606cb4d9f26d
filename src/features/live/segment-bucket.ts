/** Segments as objects of an S3-compatible store, keys `{stream}/{name}`; what was sent or read last stays in memory. */
import type { Buffer } from 'node:buffer';
import { LRUCache } from 'lru-cache';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { forEachOf } from '../../lib/async/for-each-of.ts';
import { orCancelled } from '../../lib/async/wait.ts';
import { SEGMENT_TYPES } from '../../lib/hls/segment.ts';
import type { Bucket } from '../../platform/s3/bucket.ts';
import type { SegmentStore } from './segment-store.ts';

export interface SegmentBucketParts {
  readonly bucket: Bucket;
  readonly segmentBytesMax: number;
}

const DAY_S = 86_400;
/** All viewers of a live stream ask for the same few segments. */
const KEPT_BYTES_MAX = 64 * 1024 * 1024;
/** An encoder that began anew may have overwritten it, in another process. */
const KEPT_MS = 60_000;
const READ_TIMEOUT_MS = 30_000;
const DELETED_AT_A_TIME = 8;

export class SegmentBucket implements SegmentStore {
  readonly isRemote = true;
  readonly #parts: SegmentBucketParts;
  readonly #kept: LRUCache<string, Buffer>;

  constructor(parts: SegmentBucketParts) {
    this.#parts = parts;
    const { bucket, segmentBytesMax } = parts;
    this.#kept = new LRUCache({
      maxSize: KEPT_BYTES_MAX,
      maxEntrySize: KEPT_BYTES_MAX,
      sizeCalculation: ({ length }) => Math.max(1, length),
      ttl: KEPT_MS,
      // Shared by all who ask meanwhile: one who leaves does not end it.
      fetchMethod: async (key) =>
        (await bucket.get(key, segmentBytesMax, AbortSignal.timeout(READ_TIMEOUT_MS))) ?? undefined,
    });
  }

  placeOf(streamId: string, name: string): string {
    return this.#parts.bucket.addressFor(`${streamId}/${name}`, DAY_S);
  }

  async write(streamId: string, name: string, bytes: Buffer, signal: CancelSignal): Promise<void> {
    const key = `${streamId}/${name}`;
    const [, ending = ''] = /\.(\w+)$/.exec(name) ?? [];
    await this.#parts.bucket.put(key, bytes, SEGMENT_TYPES[ending] ?? 'image/jpeg', signal);
    this.#kept.set(key, bytes);
  }

  async read(streamId: string, name: string, signal: CancelSignal): Promise<Buffer | null> {
    return (await orCancelled(this.#kept.fetch(`${streamId}/${name}`), signal)) ?? null;
  }

  async removeAll(streamId: string, signal: CancelSignal): Promise<void> {
    const { bucket } = this.#parts;
    for (;;) {
      const keys = await bucket.list(`${streamId}/`, signal);
      await forEachOf(keys, DELETED_AT_A_TIME, (key) => bucket.delete(key, signal));
      for (const key of keys) this.#kept.delete(key);
      if (keys.length === 0) return;
    }
  }
}
