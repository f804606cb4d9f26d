/**
 * After an import that changed something while other processes serve: what their caches hold of these works
 * is dropped in every tier. Catalogue pages and genre names follow when their time to live is over.
 */
import { META_CACHE, metaKey } from '../features/addon/store.ts';
import type { ImportedWork } from '../features/library/contract.ts';
import { POSTER_CACHE, posterKey } from '../features/posters/store.ts';
import { RESOLVED_MEDIA_CACHE, streamSetCache } from '../features/streams/codecs.ts';
import { streamSetKey } from '../features/streams/gather.ts';
import type { StreamSource } from '../features/streams/contract.ts';
import { ID_PREFIXES, parseTitleId, type TitleId } from '../lib/stremio/media-id.ts';
import type { ReadThroughCache } from '../platform/cache/cache.ts';
import type { Config } from '../platform/config/config.ts';
import type { TaskPool } from '../platform/pool/task-pool.ts';
import type { CacheRegistry } from '../platform/cache/cache-registry.ts';
import { cacheLifetimes } from './settings.ts';

const POSTER_FORMATS = ['jpeg', 'webp', 'avif'] as const;

export interface InvalidationParts {
  readonly config: Config;
  readonly caches: CacheRegistry;
  readonly pool: TaskPool;
  readonly source: StreamSource;
}

/** Resolves when Redis has taken every deletion, or remembers it as owed. */
export async function invalidateWorks(
  works: readonly ImportedWork[], { config, caches, pool, source }: InvalidationParts, signal: AbortSignal,
): Promise<void> {
  const lifetimes = cacheLifetimes(config);
  const titles = caches.open(RESOLVED_MEDIA_CACHE, lifetimes.ids);
  const sets = caches.open(streamSetCache(pool), lifetimes.streams);
  const metas = caches.open(META_CACHE, lifetimes.meta);
  const posters = caches.open(POSTER_CACHE, lifetimes.posters);
  for (const work of works) {
    const ids = titleIdsOf(work);
    for (const id of ids) {
      await Promise.all([
        titles.invalidate(`${id.type}:${id.id}`),
        metas.invalidate(metaKey(id)),
        ...POSTER_FORMATS.flatMap((format) => [true, false].map((rated) => posters.invalidate(posterKey(id, format, rated)))),
      ]);
    }
    const media = ids[0] === undefined ? null : await source.resolveMedia(ids[0], signal);
    if (media !== null) await invalidateSets(work, media.mediaId, sets);
  }
}

async function invalidateSets(work: ImportedWork, mediaId: number, sets: ReadThroughCache<unknown>): Promise<void> {
  const episodes = work.type === 'movie' ? [{ season: 0, episode: 0 }] : work.episodes;
  for (const { season, episode } of episodes) await sets.invalidate(streamSetKey(mediaId, season, episode));
}

/** Every id that clients may ask for this work by. */
function titleIdsOf(work: ImportedWork): readonly TitleId[] {
  const tmdbId = work.tmdbId === '' ? '' : ID_PREFIXES.tmdb + work.tmdbId;
  return [work.publicId, work.imdbId, tmdbId].filter((id) => id !== '').map((id) => parseTitleId(work.type, id));
}
