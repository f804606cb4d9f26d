/** Cache keys and cache codecs of the add-on surface. Its rows come from the library (`TitleSource`). */
import { pack, unpack } from 'msgpackr';
import type { TitleId } from '../../lib/stremio/media-id.ts';
import type { CacheCodec } from '../../platform/cache/cache.ts';
import type { CatalogPage, CatalogQuery, GenreNames, TitleDetails } from './contract.ts';

/** Part of every key: raised with every change of a cached shape, so that old entries are never read. */
const VERSION = 'v1';

export const GENRES_KEY = `genres:${VERSION}`;

/** One key for all spellings of one page. Genre and search are escaped: they may hold the separator. */
export function catalogKey(query: CatalogQuery): string {
  const plain = `catalog:${VERSION}:${query.type}:${query.order}:${query.skip}`;
  if (query.genre === null && query.search === null) return plain;
  return `${plain}:${encodeURIComponent(query.genre ?? '')}:${encodeURIComponent(query.search ?? '')}`;
}

export function metaKey(id: TitleId): string {
  return `meta:${VERSION}:${id.type}:${id.id}`;
}

export const catalogCodec: CacheCodec<CatalogPage> = packed(
  (value): value is CatalogPage => isRecord(value) && Array.isArray(value['titles']),
);

export const metaCodec: CacheCodec<TitleDetails> = packed(
  (value): value is TitleDetails => isRecord(value) && Array.isArray(value['episodes']),
);

export const genresCodec: CacheCodec<GenreNames> = packed(
  (value): value is GenreNames =>
    isRecord(value) && Array.isArray(value['movie']) && Array.isArray(value['series']),
);

/** msgpack for plain objects; the guard tells our shape from bytes that merely happen to parse. */
function packed<T>(isValue: (value: unknown) => value is T): CacheCodec<T> {
  return {
    encode: (value) => pack(value),
    decode(bytes) {
      try {
        const value: unknown = unpack(bytes);
        return isValue(value) ? value : null;
      } catch {
        return null;
      }
    },
    sizeBytes: estimateBytes,
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Upper estimate of a decoded value's memory: strings count as two bytes a character. */
function estimateBytes(value: unknown): number {
  if (typeof value === 'string') return 24 + 2 * value.length;
  if (!isRecord(value)) return 8;
  let bytes = 32;
  for (const part of Object.values(value)) bytes += 8 + estimateBytes(part);
  return bytes;
}
