/** The caches of the add-on surface: names, keys and codecs. Their rows come from the library (`TitleSource`). */
import { pack, unpack } from 'msgpackr';
import type { TitleId } from '../../lib/stremio/media-id.ts';
import type { CacheCodec, CacheSpec } from '../../platform/cache/cache.ts';
import { staleForADay } from '../../platform/cache/timed-value.ts';
import type { CatalogPage, CatalogQuery, GenreNames, TitleDetails } from './contract.ts';

export const CATALOG_CACHE: CacheSpec<CatalogPage> = {
  name: 'catalog',
  schemaVersion: 2,
  codec: packed((value): value is CatalogPage => isRecord(value) && Array.isArray(value['titles'])),
  lifetimes: (config) => staleForADay(config.CATALOG_CACHE_TTL_SECONDS),
};

export const META_CACHE: CacheSpec<TitleDetails> = {
  name: 'meta',
  schemaVersion: 2,
  codec: packed(
    (value): value is TitleDetails => isRecord(value) && Array.isArray(value['episodes']),
  ),
  lifetimes: (config) => staleForADay(config.META_CACHE_TTL_SECONDS),
};

export const GENRE_CACHE: CacheSpec<GenreNames> = {
  name: 'genres',
  schemaVersion: 1,
  codec: packed(
    (value): value is GenreNames =>
      isRecord(value) && Array.isArray(value['movie']) && Array.isArray(value['series']),
  ),
  lifetimes: (config) => staleForADay(config.CATALOG_CACHE_TTL_SECONDS),
};

/** There is one list of genre names. */
export const GENRES_KEY = 'all';

/** One key for all spellings of one page. Genre and search are escaped: they may hold the separator. */
export function catalogKey(query: CatalogQuery): string {
  const plain = `${query.type}:${query.isReversed ? '-' : ''}${query.order}:${query.skip}:${query.hiddenLevels}`;
  if (query.genre === null && query.search === null) return plain;
  return `${plain}:${encodeURIComponent(query.genre ?? '')}:${encodeURIComponent(query.search ?? '')}`;
}

/** Never equal to a catalogue's key, because no order is called like an id. */
export function metaKey(id: TitleId): string {
  return `${id.type}:${id.id}`;
}

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
