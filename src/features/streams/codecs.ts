/** The two caches of the stream path: their names, and how their values lie in L2. */
import { Packr } from 'msgpackr/pack';
import {
  COMPRESS_ABOVE_BYTES,
  deflateBlob,
  isCompressed,
} from '../../lib/stream-set/compression.ts';
import { adoptStreamSet } from '../../lib/stream-set/decode.ts';
import { FORMAT_VERSION } from '../../lib/stream-set/format.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { CacheCodec, CacheSpec } from '../../platform/cache/cache.ts';
import { staleForADay } from '../../platform/cache/timed-value.ts';
import type { TaskPool } from '../../platform/pool/task-pool.ts';
import type { IdSeason, ResolvedMedia } from './contract.ts';

/** Inflating the largest blob takes 100 ms. */
const DECODE_TIMEOUT_MS = 2000;

const packr = new Packr({ useRecords: false, mapsAsObjects: true });

/** Streams by title, season and episode (`streamSetKey`). */
export function streamSetCache(pool: TaskPool): CacheSpec<StreamSet> {
  return {
    name: 'stream-set',
    schemaVersion: FORMAT_VERSION,
    codec: streamSetCodec(pool),
    lifetimes: (config) => staleForADay(config.STREAM_CACHE_TTL_SECONDS),
  };
}

/** Plain blobs are read in the loop (11 µs for 200 rows); compressed ones are inflated in the pool. */
function streamSetCodec(pool: TaskPool): CacheCodec<StreamSet> {
  return {
    encode: ({ blob }) => (blob.byteLength > COMPRESS_ABOVE_BYTES ? deflateBlob(blob) : blob),
    decode(bytes, signal) {
      if (!isCompressed(bytes)) return adoptStreamSet(bytes);
      return pool
        .run('cache.decode', { blob: bytes }, { signal, timeoutMs: DECODE_TIMEOUT_MS })
        .then(({ blob }) => adoptStreamSet(blob));
    },
    sizeBytes: (set) => set.sizeBytes,
    freshForMs: ({ nextSearchAtS }) =>
      nextSearchAtS === 0 ? undefined : Math.max(0, nextSearchAtS * 1000 - Date.now()),
  };
}

/** A tuple in the order of `ResolvedMedia`: half the bytes of a map. */
const resolvedMediaCodec: CacheCodec<ResolvedMedia> = {
  encode: (media) =>
    Buffer.from(
      packr.pack([
        media.mediaId,
        media.type,
        media.publicId,
        media.imdbId,
        media.tmdbId,
        media.title,
        media.year,
        media.runtimeMinutes,
        media.restrictions,
        media.idSeason,
        media.idEpisodeOffset,
        media.idSeasons,
      ]),
    ),
  decode(bytes) {
    try {
      return mediaOf(packr.unpack(bytes));
    } catch {
      return null;
    }
  },
  // Twelve slots, four strings of two bytes a character at most.
  sizeBytes: (media) =>
    200 + 2 * (media.publicId.length + media.title.length) + 40 * media.idSeasons.length,
};

/** Titles by every id that leads to them (`StreamQuery.mediaKey`). */
export const RESOLVED_MEDIA_CACHE: CacheSpec<ResolvedMedia> = {
  name: 'stream-media',
  schemaVersion: 3,
  codec: resolvedMediaCodec,
  lifetimes: (config) => staleForADay(config.META_CACHE_TTL_SECONDS),
};

function mediaOf(items: unknown): ResolvedMedia | null {
  if (!Array.isArray(items) || items.length !== 12) return null;
  const fields: readonly unknown[] = items;
  const [mediaId, type, publicId, imdbId, tmdbId, title, year, runtimeMinutes, restrictions] =
    fields;
  const [idSeason, idEpisodeOffset, idSeasons] = fields.slice(9);
  if (type !== 'movie' && type !== 'series') return null;
  if (typeof publicId !== 'string' || typeof imdbId !== 'string' || typeof tmdbId !== 'string')
    return null;
  if (typeof title !== 'string' || typeof mediaId !== 'number' || typeof year !== 'number')
    return null;
  if (typeof runtimeMinutes !== 'number' || typeof restrictions !== 'number') return null;
  if (typeof idSeason !== 'number' || typeof idEpisodeOffset !== 'number') return null;
  if (!isSeasons(idSeasons)) return null;
  const ids = { mediaId, publicId, imdbId, tmdbId, idSeason, idEpisodeOffset, idSeasons };
  return { type, ...ids, title, year, runtimeMinutes, restrictions };
}

function isSeasons(value: unknown): value is readonly IdSeason[] {
  const isSeason = (item: unknown) =>
    Array.isArray(item) && item.length === 3 && item.every((part) => typeof part === 'number');
  return Array.isArray(value) && value.every(isSeason);
}
