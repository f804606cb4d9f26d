/** What an import has changed goes out of the caches of the stream path. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { ReadThroughCache } from '../../platform/cache/cache.ts';
import type { ChangedEpisode, ChangedTitle } from '../library/contract.ts';
import type { ResolvedMedia, StreamSource } from './contract.ts';
import { streamSetKey } from './gather.ts';
import { mediaKey } from './resolve.ts';

export interface StreamCaches {
  readonly source: StreamSource;
  readonly mediaCache: ReadThroughCache<ResolvedMedia>;
  readonly setCache: ReadThroughCache<StreamSet>;
}

/** Resolves when the shared tier has taken every deletion, or remembers it as owed. */
export async function dropTitles(
  titles: readonly ChangedTitle[],
  { source, mediaCache, setCache }: StreamCaches,
  signal: CancelSignal,
): Promise<void> {
  for (const { ids, episodes } of titles) {
    await Promise.all(ids.map((id) => mediaCache.invalidate(mediaKey(id))));
    const media = ids[0] === undefined ? null : await source.resolveMedia(ids[0], signal);
    if (media === null) continue;
    for (const { season, episode } of episodes)
      await setCache.invalidate(streamSetKey(media.mediaId, season, episode));
  }
}

const DROPS_AT_A_TIME = 200;

/** The same where the titles are what they were. */
export async function dropSets(
  episodes: readonly ChangedEpisode[],
  setCache: ReadThroughCache<StreamSet>,
): Promise<void> {
  for (let at = 0; at < episodes.length; at += DROPS_AT_A_TIME) {
    const some = episodes.slice(at, at + DROPS_AT_A_TIME);
    await Promise.all(
      some.map(({ mediaId, season, episode }) =>
        setCache.invalidate(streamSetKey(mediaId, season, episode)),
      ),
    );
  }
}
