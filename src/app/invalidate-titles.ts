/**
 * After an import that changed something while other processes serve: what their caches hold of these titles
 * is dropped in every tier. Catalogue pages and genre names follow when their time to live is over.
 */
import { META_CACHE, metaKey } from '../features/addon/store.ts';
import type { ImportedTitle } from '../features/library/contract.ts';
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
export async function invalidateTitles(
  imported: readonly ImportedTitle[], { config, caches, pool, source }: InvalidationParts, signal: AbortSignal,
): Promise<void> {
  const lifetimes = cacheLifetimes(config);
  const resolved = caches.open(RESOLVED_MEDIA_CACHE, lifetimes.ids);
  const sets = caches.open(streamSetCache(pool), lifetimes.streams);
  const metas = caches.open(META_CACHE, lifetimes.meta);
  const posters = caches.open(POSTER_CACHE, lifetimes.posters);
  for (const title of imported) {
    const ids = titleIdsOf(title);
    for (const id of ids) {
      await Promise.all([
        resolved.invalidate(`${id.type}:${id.id}`),
        metas.invalidate(metaKey(id)),
        ...POSTER_FORMATS.flatMap((format) => [true, false].map((rated) => posters.invalidate(posterKey(id, format, rated)))),
      ]);
    }
    const media = ids[0] === undefined ? null : await source.resolveMedia(ids[0], signal);
    if (media !== null) await invalidateSets(title, media.mediaId, sets);
  }
}

async function invalidateSets(title: ImportedTitle, mediaId: number, sets: ReadThroughCache<unknown>): Promise<void> {
  const episodes = title.type === 'movie' ? [{ season: 0, episode: 0 }] : title.episodes;
  for (const { season, episode } of episodes) await sets.invalidate(streamSetKey(mediaId, season, episode));
}

/** Every id that clients may ask for this title by. */
function titleIdsOf(title: ImportedTitle): readonly TitleId[] {
  const tmdbId = title.tmdbId === '' ? '' : ID_PREFIXES.tmdb + title.tmdbId;
  return [title.publicId, title.imdbId, tmdbId].filter((id) => id !== '').map((id) => parseTitleId(title.type, id));
}
