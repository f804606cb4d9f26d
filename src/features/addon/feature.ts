/** The door of the add-on surface: manifest, catalogues and meta. */
import type { Handler, Route } from '../../http/route.ts';
import type { Config } from '../../platform/config/config.ts';
import { version } from '../../platform/config/version.ts';
import type { Platform } from '../../platform/platform.ts';
import type { UserContexts } from '../configure/contract.ts';
import type { Feature } from '../feature.ts';
import type { ContinueWatching } from '../history/contract.ts';
import type { TitlesOnDemand } from '../metadata/contract.ts';
import type { Watchlists } from '../watchlists/contract.ts';
import { NAMED_CATALOGS } from './catalogs.ts';
import type { AddonIdentity, TitleSource } from './contract.ts';
import { addonRoutes } from './routes.ts';
import { AddonService } from './service.ts';
import { CATALOG_CACHE, GENRE_CACHE, META_CACHE, metaKey } from './store.ts';

export interface AddonPorts {
  readonly titles: TitleSource;
  readonly onDemand: TitlesOnDemand;
  readonly contexts: UserContexts;
  readonly continueWatching: ContinueWatching;
  readonly watchlists: Watchlists;
}

export interface AddonFeature extends Feature {
  /** Answers with the manifest for requests without a configuration. */
  readonly manifest: Handler;
}

/** Of the memory for caches: finished catalogues, titles and manifests. */
const REPLY_SHARE = 1 / 8;

/** What the add-on is called, and which catalogues it has. */
export function addonIdentity(config: Config): AddonIdentity {
  return {
    name: config.ADDON_NAME,
    version,
    description: config.ADDON_DESCRIPTION,
    logoUrl: config.ADDON_LOGO,
    catalogs: NAMED_CATALOGS.map(({ id, type, spec }) => ({
      id,
      type,
      name: spec.name,
      defaultSort: spec.order === 'relevance' ? null : spec.order,
    })),
  };
}

export function createAddon(
  { config, caches, logger }: Platform,
  { titles, onDemand, contexts, continueWatching, watchlists }: AddonPorts,
): AddonFeature {
  const metaCache = caches.open(META_CACHE);
  const service = new AddonService({
    titles,
    onDemand,
    metaCache,
    catalogCache: caches.open(CATALOG_CACHE),
    genreCache: caches.open(GENRE_CACHE),
    continueWatching,
    logger,
  });
  const routes = addonRoutes(service, contexts, {
    manifest: {
      id: config.ADDON_ID,
      name: config.ADDON_NAME,
      description: config.ADDON_DESCRIPTION,
      version,
      logoUrl: config.ADDON_LOGO,
      contactEmail: config.CONTACT_EMAIL,
      metaForAllIds: config.META_FOR_ALL_IDS,
    },
    watchlists,
    replyBytesMax: caches.derivedBytes(REPLY_SHARE),
    timeoutMs: config.REQUEST_TIMEOUT_MS,
  });
  return {
    routes,
    manifest: handlerOf(routes, 'manifest'),
    /** Catalogue pages and genre names follow when their time to live is over. */
    async onTitlesChanged(changed) {
      for (const { ids } of changed)
        await Promise.all(ids.map((id) => metaCache.invalidate(metaKey(id))));
    },
  };
}

function handlerOf(rows: readonly Route[], name: string): Handler {
  const row = rows.find((candidate) => candidate.name === name);
  if (row === undefined) throw new Error(`no row of the route table is called ${name}`);
  return row.handler;
}
