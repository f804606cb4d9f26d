/** The door of streams: the lists, and their preview while settings are edited. */
import { createHash } from 'node:crypto';
import type { AddressRate } from '../../lib/address-rate.ts';
import { LOADS_MAX } from '../../platform/cache/cache-registry.ts';
import { version } from '../../platform/config/version.ts';
import type { Platform } from '../../platform/platform.ts';
import type { UserContexts } from '../configure/contract.ts';
import type { Feature } from '../feature.ts';
import type { TitlesOnDemand } from '../metadata/contract.ts';
import { RESOLVED_MEDIA_CACHE, streamSetCache } from './codecs.ts';
import type { PlaybackAccounts } from '../playback/contract.ts';
import type { CachedMarks, LiveSearch, PrivateStreams, StreamSearches } from './contract.ts';
import { dropSets, dropTitles } from './drop-titles.ts';
import { NameMatchCache } from './name-matches.ts';
import type { Watchlists } from '../watchlists/contract.ts';
import { previewRoute } from './preview-routes.ts';
import { streamRoutes } from './routes.ts';
import { createSearches } from './searches.ts';
import { StreamService } from './service.ts';
import { StreamStore } from './store.ts';

export interface StreamPorts {
  readonly contexts: UserContexts;
  /** Null: nothing is searched on this instance. */
  readonly liveSearch: LiveSearch | null;
  readonly accounts: Pick<PlaybackAccounts, 'isKept' | 'keep'>;
  readonly watchlists: Pick<Watchlists, 'streams'>;
  /** Null: nothing is known of what services have. */
  readonly cachedMarks: CachedMarks | null;
  readonly privateStreams: PrivateStreams;
  /** Null: unknown ids stay unknown. */
  readonly titles: TitlesOnDemand | null;
  /** Limit of previews. */
  readonly previews: AddressRate;
}

export interface StreamsFeature extends Feature {
  readonly searches: StreamSearches;
}

/** Of the memory for caches: finished lists, lists with links as users share them, and rows that were written before. */
const REPLY_SHARE = 1 / 16;
const SHARED_SHARE = 1 / 16;
const ROW_SHARE = 1 / 8;

export function createStreams(platform: Platform, ports: StreamPorts): StreamsFeature {
  const { contexts, accounts, watchlists, previews, liveSearch } = ports;
  const { config, caches, filterPool } = platform;
  const timeoutMs = config.REQUEST_TIMEOUT_MS;
  const source = new StreamStore(platform.database);
  const mediaCache = caches.open(RESOLVED_MEDIA_CACHE);
  const setCache = caches.open(streamSetCache(platform.pool));
  const service = new StreamService({
    source,
    mediaCache,
    setCache,
    liveSearch,
    privateStreams: ports.privateStreams,
    titles: ports.titles,
    cachedMarks: ports.cachedMarks,
    nameMatches: new NameMatchCache(filterPool),
    presenter: { addonName: config.ADDON_NAME, rowBytesMax: caches.derivedBytes(ROW_SHARE) },
    sharedBytesMax: config.RESPONSE_REUSE ? caches.derivedBytes(SHARED_SHARE) : 0,
    titlesMax: LOADS_MAX,
    brownout: platform.brownout,
  });
  return {
    searches: createSearches({ source, setCache, liveSearch }),
    routes: [
      ...streamRoutes(service, contexts, {
        replyBytesMax: caches.derivedBytes(REPLY_SHARE),
        timeoutMs,
        reuse: config.RESPONSE_REUSE,
        bodyVersion: bodyVersion(config.ADDON_NAME),
        accounts,
        watchlists,
      }),
      previewRoute(service, contexts, previews, timeoutMs),
    ],
    onTitlesChanged: (changed, signal) =>
      dropTitles(changed, { source, mediaCache, setCache }, signal),
    onStreamsChanged: (changed) => dropSets(changed, setCache),
  };
}

/** What shapes stream lists beside sets and settings. */
function bodyVersion(addonName: string): string {
  return createHash('sha1').update(`${version} ${addonName}`).digest('base64url').slice(0, 8);
}
