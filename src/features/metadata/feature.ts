/** The door of metadata: titles made on demand from metadata services, and what searches need to know of titles. */
import { metadataServices } from '../../platform/config/configured-metadata.ts';
import { proxyFor } from '../../platform/config/configured-sources.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Upstream } from '../../platform/upstream/upstream.ts';
import type { Feature } from '../feature.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { AnimeList } from './anime/anime-list.ts';
import { AnimeStore } from './anime/store.ts';
import type { TitleAdoption } from '../library/contract.ts';
import type { SubjectSource } from '../sources/contract.ts';
import { NO_TITLES, type TitlesOnDemand } from './contract.ts';
import { TitleKeeper, type KeeperParts } from './keeper.ts';
import { TitleLookup } from './lookup.ts';
import type { MetadataProvider } from './provider.ts';
import { Cinemeta } from './providers/cinemeta.ts';
import { Tmdb } from './providers/tmdb.ts';
import { OnDemandTitles } from './service.ts';
import { MAKING_CACHE, MetadataStore, SEARCH_CACHE, titleKey } from './store.ts';

export interface MetadataPorts {
  readonly adoption: TitleAdoption;
  /** What the library knows of titles. */
  readonly subjects: SubjectSource;
  /** Tells the features that show titles, in every process. */
  readonly titlesChanged: KeeperParts['titlesChanged'];
}

export interface MetadataFeature extends Feature {
  readonly onDemand: TitlesOnDemand;
  /** What the library knows, brought up to date where services know more. */
  readonly subjects: SubjectSource;
}

/** Both let more through. Scans of folders look up thousands of titles: 10,000 films take a little over four minutes. */
const CALLS_PER_MINUTE = { cinemeta: 2400, tmdb: 1800 };
const BURST = 60;
const CALLS_AT_A_TIME_MAX = 16;

export function createMetadata(
  platform: Platform,
  { adoption, subjects, titlesChanged }: MetadataPorts,
): MetadataFeature {
  const providers = openProviders(platform);
  if (providers.length === 0) return { onDemand: NO_TITLES, subjects };
  const { caches, config, database } = platform;
  const logger = platform.logger.child({ feature: 'metadata' });
  const store = new MetadataStore(database);
  const lookup = new TitleLookup(providers, logger);
  const anime = openAnimeList(platform, logger);
  const keeper = new TitleKeeper({ lookup, anime, store, adoption, titlesChanged });
  const makingCache = caches.open(MAKING_CACHE);
  const titles = new OnDemandTitles({
    keeper,
    lookup,
    store,
    makingCache,
    searchCache: caches.open(SEARCH_CACHE),
    subjects,
    deadlineMs: config.METADATA_DEADLINE_MS,
    logger,
  });
  return {
    onDemand: titles,
    subjects: titles,
    /** An import has brought what nobody knew. */
    async onTitlesChanged(changed) {
      for (const { ids } of changed)
        await Promise.all(ids.map((id) => makingCache.invalidate(titleKey(id))));
    },
    async dispose() {
      await titles[Symbol.asyncDispose]();
      await keeper[Symbol.asyncDispose]();
      await anime?.[Symbol.asyncDispose]();
    },
  };
}

function openAnimeList(
  { config, upstreams, database, pool }: Platform,
  logger: Logger,
): AnimeList | null {
  const { animeListUrl: url } = metadataServices(config);
  if (url === null) return null;
  const upstream = upstreams.open({
    name: 'anime-list',
    credential: '',
    callsPerMinute: 10,
    burst: 10,
    concurrencyMax: 1,
    proxyUrl: proxyFor(config, 'metadata', url),
    isPersonal: false,
    trustedOrigins: [new URL(url).origin],
  });
  return new AnimeList({ store: new AnimeStore(database), upstream, url, pool, logger });
}

function openProviders({ config, upstreams }: Platform): readonly MetadataProvider[] {
  const { cinemetaUrl, tmdb } = metadataServices(config);
  const open = (name: MetadataProvider['name'], url: string, credential: string): Upstream =>
    upstreams.open({
      name,
      credential,
      callsPerMinute: CALLS_PER_MINUTE[name],
      burst: BURST,
      concurrencyMax: CALLS_AT_A_TIME_MAX,
      proxyUrl: proxyFor(config, 'metadata', url, name),
      isPersonal: false,
      trustedOrigins: [new URL(url).origin],
    });
  return [
    ...(cinemetaUrl === null ? [] : [new Cinemeta(open('cinemeta', cinemetaUrl, ''), cinemetaUrl)]),
    ...(tmdb === null ? [] : [new Tmdb(open('tmdb', tmdb.url, tmdb.apiKey), tmdb)]),
  ];
}
