/** The door of posters. */
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import type { TitlesOnDemand } from '../metadata/contract.ts';
import type { PosterSource } from './contract.ts';
import { posterRoutes } from './routes.ts';
import { PosterService } from './service.ts';
import { POSTER_CACHE, posterKeys } from './store.ts';

export interface PosterPorts {
  readonly source: PosterSource;
  readonly onDemand: TitlesOnDemand;
}

/** Of the memory for caches: finished replies. */
const REPLY_SHARE = 1 / 8;

export function createPosters(
  { config, caches, fetcher, pool, logger }: Platform,
  { source, onDemand }: PosterPorts,
): Feature {
  const cache = caches.open(POSTER_CACHE);
  const service = new PosterService({
    source,
    onDemand,
    cache,
    fetcher,
    pool,
    logger,
    showRating: config.POSTER_RATING_BADGE,
  });
  return {
    routes: posterRoutes(service, {
      replyBytesMax: caches.derivedBytes(REPLY_SHARE),
      timeoutMs: config.REQUEST_TIMEOUT_MS,
    }),
    async onTitlesChanged(changed) {
      for (const { ids } of changed)
        await Promise.all(ids.flatMap(posterKeys).map((key) => cache.invalidate(key)));
    },
  };
}
