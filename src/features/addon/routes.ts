/**
 * HTTP of the add-on surface: manifest, catalogues and meta. A repeated warm request parses its path,
 * looks into L1 and returns the very Reply of the one before, synchronously.
 */
import { LRUCache } from 'lru-cache';
import { jsonReply } from '../../http/json-reply.ts';
import { ReplyCache } from '../../http/reply-cache.ts';
import { TIER_BITS, TIER_REUSE, type Reply, type Request, type Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { NO_EXTRA, parseCatalogExtra } from '../../lib/stremio/catalog-extra.ts';
import {
  decodeSegment,
  documentName,
  parseMediaType,
  parseTitleId,
  withoutSuffix,
  type TitleId,
} from '../../lib/stremio/media-id.ts';
import { HELD_PREFIX, parseHeldId, type HeldId } from '../../lib/stremio/held-id.ts';
import type { MediaType, MetaPreview } from '../../lib/stremio/types.ts';
import type { Lookup } from '../../platform/cache/cache.ts';
import type { UserContext, UserContexts } from '../configure/contract.ts';
import type { Watchlists } from '../watchlists/contract.ts';
import { CONTINUE_WATCHING, parseCatalogQuery, WATCHLIST, watchlistService } from './catalogs.ts';
import type { CatalogPage, CatalogQuery, GenreNames, TitleDetails } from './contract.ts';
import { buildManifest, type ManifestOptions } from './manifest.ts';
import {
  deletionPreview,
  heldMeta,
  heldPreview,
  meta,
  metaPreview,
  playedPreview,
} from './present.ts';
import type { AddonService } from './service.ts';
import { catalogKey, metaKey } from './store.ts';

export interface AddonRouteOptions {
  readonly manifest: ManifestOptions;
  readonly watchlists: Watchlists;
  /** Bytes of finished replies that are kept for reuse. */
  readonly replyBytesMax: number;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

/** Installed clients ask for the manifest again on every start: short enough for a changed genre list. */
const MANIFEST_CACHE_CONTROL = 'public, max-age=300';
const CATALOG_CACHE_CONTROL =
  'public, max-age=600, stale-while-revalidate=3600, stale-if-error=86400';
const META_CACHE_CONTROL =
  'public, max-age=3600, stale-while-revalidate=21600, stale-if-error=604800';
/** What is missing now may be there in a moment. */
const EMPTY_CACHE_CONTROL = 'public, max-age=10';

/** What a user changed must show at once; an unchanged answer costs a 304. */
const CONFIGURED_CACHE_CONTROL = 'private, max-age=0, must-revalidate';

/** A request with what its configuration says. */
interface ListRequest {
  readonly request: Request;
  readonly context: UserContext;
  readonly isConfigured: boolean;
  /** Those of the pattern without the configuration. */
  readonly parameters: readonly string[];
}

interface PersonalPage extends Pick<ListRequest, 'request' | 'context'> {
  readonly type: MediaType;
  readonly skip: number;
}

type Configured = (asked: ListRequest) => Reply | Promise<Reply>;

/** Catalogue paths that were read before; the longest cost about 1 KB each. */
const KNOWN_PAGES_MAX = 4096;
/** A longer path (a long search) is read anew each time: it would hardly come again. */
const KNOWN_PATH_CHARS_MAX = 256;

interface Page {
  readonly query: CatalogQuery;
  readonly key: string;
}

const NO_GENRES: GenreNames = { movie: [], series: [] };
const NOTHING_LISTED: Reply = jsonOf({ metas: [] }, EMPTY_CACHE_CONTROL);

/** Rows of the route table for manifest, catalogues and meta. */
export function addonRoutes(
  service: AddonService,
  contexts: UserContexts,
  options: AddonRouteOptions,
): readonly Route[] {
  const handlers = new AddonHandlers(service, contexts, options);
  const { timeoutMs } = options;
  const catalogPolicy = `${CATALOG_CACHE_CONTROL}; empty: ${EMPTY_CACHE_CONTROL}`;
  const configured = (name: string, pattern: string, handle: Configured): Route => ({
    pattern: `/:config${pattern}`,
    name: `configured-${name}`,
    access: 'install',
    traffic: name === 'manifest' ? 'manifest' : 'catalog',
    cachePolicy: CONFIGURED_CACHE_CONTROL,
    timeoutMs,
    handler: (request) => handlers.configured(request, handle),
  });
  return [
    {
      pattern: '/manifest.json',
      name: 'manifest',
      access: 'private',
      traffic: 'manifest',
      cachePolicy: MANIFEST_CACHE_CONTROL,
      timeoutMs,
      handler: (request) => handlers.manifest(handlers.plain(request)),
    },
    {
      pattern: '/catalog/:type/:id',
      name: 'catalog',
      access: 'private',
      traffic: 'catalog',
      cachePolicy: catalogPolicy,
      timeoutMs,
      handler: (request) => handlers.catalog(handlers.plain(request)),
    },
    {
      pattern: '/catalog/:type/:id/:extra',
      name: 'catalog-extra',
      access: 'private',
      traffic: 'catalog',
      cachePolicy: catalogPolicy,
      timeoutMs,
      handler: (request) => handlers.catalog(handlers.plain(request)),
    },
    {
      pattern: '/meta/:type/:id',
      name: 'meta',
      access: 'private',
      traffic: 'catalog',
      cachePolicy: META_CACHE_CONTROL,
      timeoutMs,
      handler: (request) => handlers.meta(handlers.plain(request)),
    },
    configured('manifest', '/manifest.json', (asked) => handlers.manifest(asked)),
    configured('catalog', '/catalog/:type/:id', (asked) => handlers.catalog(asked)),
    configured('catalog-extra', '/catalog/:type/:id/:extra', (asked) => handlers.catalog(asked)),
    configured('meta', '/meta/:type/:id', (asked) => handlers.meta(asked)),
  ];
}

class AddonHandlers {
  readonly #service: AddonService;
  readonly #contexts: UserContexts;
  readonly #manifest: ManifestOptions;
  readonly #watchlists: Watchlists;
  readonly #replies: ReplyCache;
  /** By path: reading an extra segment and building its key costs 1.5 µs, finding the page here 0.1 µs. */
  readonly #knownPages = new LRUCache<string, Page>({ max: KNOWN_PAGES_MAX });

  constructor(service: AddonService, contexts: UserContexts, options: AddonRouteOptions) {
    this.#service = service;
    this.#contexts = contexts;
    this.#manifest = options.manifest;
    this.#watchlists = options.watchlists;
    this.#replies = new ReplyCache({ bytesMax: options.replyBytesMax });
  }

  plain(request: Request): ListRequest {
    return {
      request,
      context: this.#contexts.anonymous,
      isConfigured: false,
      parameters: request.parameters,
    };
  }

  /** @throws AppError `config.bad-token`, `profile.not-found` */
  configured(request: Request, handle: Configured): Reply | Promise<Reply> {
    const { path } = request;
    const context = this.#contexts.resolve(path.slice(1, path.indexOf('/', 1)), request);
    const asked = (found: UserContext): ListRequest => ({
      request,
      context: found,
      isConfigured: true,
      parameters: request.parameters.slice(1),
    });
    return context instanceof Promise
      ? context.then((found) => handle(asked(found)))
      : handle(asked(context));
  }

  manifest(asked: ListRequest): Reply | Promise<Reply> {
    const hit = this.#service.peekGenres();
    if (hit !== undefined) return this.#manifestReply(asked, hit);
    return this.#service
      .genres(asked.request.signal)
      .then((found) => this.#manifestReply(asked, found));
  }

  catalog(asked: ListRequest): Reply | Promise<Reply> {
    if (asked.isConfigured && isPersonal(asked.parameters[1] ?? '')) return this.#personal(asked);
    const page = this.#page(asked);
    if (page === null) return NOTHING_LISTED;
    const { query, key } = page;
    const hit = this.#service.peekCatalog(query, key);
    if (hit !== undefined) return this.#catalogReply(asked, key, hit);
    return this.#service
      .catalog(query, key, asked.request.signal)
      .then((found) => this.#catalogReply(asked, key, found));
  }

  meta(asked: ListRequest): Reply | Promise<Reply> {
    const [rawType = '', rawId = ''] = asked.parameters;
    const type = parseMediaType(rawType);
    const name = documentName(rawId, '.json');
    const held = asked.isConfigured && name.startsWith(HELD_PREFIX) ? parseHeldId(name) : null;
    if (held !== null) return this.#heldMeta(asked, held);
    const id = parseTitleId(type, name);
    const key = metaKey(id);
    const hit = this.#service.peekMeta(id, key);
    if (hit !== undefined) return this.#metaReply(asked, id, key, hit);
    return this.#service
      .meta(id, key, asked.request.signal)
      .then((found) => this.#metaReply(asked, id, key, found));
  }

  /** Catalogues of one user alone. */
  async #personal({ request, context, parameters }: ListRequest): Promise<Reply> {
    const [rawType = '', rawId = '', rawExtra] = parameters;
    const type = parseMediaType(rawType);
    const id = rawExtra === undefined ? documentName(rawId, '.json') : decodeSegment(rawId);
    const { skip } =
      rawExtra === undefined ? NO_EXTRA : parseCatalogExtra(withoutSuffix(rawExtra, '.json'));
    const asked = { request, context, type, skip };
    const service = watchlistService(type, id);
    const metas = await (service === null
      ? this.#playedMetas(asked, id)
      : this.#heldMetas(asked, service));
    return jsonOf({ metas }, CONFIGURED_CACHE_CONTROL);
  }

  async #playedMetas(
    { request, context, type, skip }: PersonalPage,
    id: string,
  ): Promise<readonly MetaPreview[]> {
    const { profileId, manifest, list } = context;
    if (id !== CONTINUE_WATCHING || !manifest.continueWatching) return [];
    const query = { type, skip, profileId, hiddenLevels: list.hiddenLevels };
    const played = await this.#service.playedTitles(query, request.signal);
    return played.map((one) => playedPreview(one, request.baseUrl));
  }

  async #heldMetas(
    { request, context, type, skip }: PersonalPage,
    service: string,
  ): Promise<readonly MetaPreview[]> {
    const { services, list, manifest } = context;
    if (!manifest.watchlists.some((one) => one.service === service)) return [];
    const query = { services, service, type, skip, hiddenLevels: list.hiddenLevels };
    const page = await this.#watchlists.page(query, request.signal);
    const metas = page.titles.map((held) => heldPreview(held, request.baseUrl));
    return page.offersDeletion ? [...metas, deletionPreview(service, page.serviceName)] : metas;
  }

  /** What an account holds, by an id of ours; the service's own text is the error where it fails. */
  async #heldMeta({ request, context }: ListRequest, id: HeldId): Promise<Reply> {
    const { services } = context;
    if (id.infohash === null) {
      const found = services.all.find(({ entry }) => entry.service.service === id.service);
      const name = found?.entry.service.name ?? id.service;
      return jsonOf({ meta: deletionPreview(id.service, name) }, CONFIGURED_CACHE_CONTROL);
    }
    const details = await this.#watchlists.details(services, id, request.signal);
    return jsonOf({ meta: heldMeta(details, request.baseUrl) }, CONFIGURED_CACHE_CONTROL);
  }

  /** Null where nothing is asked, whatever the library holds. Pages of configurations are read anew: 1.5 µs. */
  #page(asked: ListRequest): Page | null {
    const { path } = asked.request;
    if (asked.isConfigured) return this.#readPage(asked);
    const known = this.#knownPages.get(path);
    if (known !== undefined) return known;
    const page = this.#readPage(asked);
    if (page !== null && path.length <= KNOWN_PATH_CHARS_MAX) this.#knownPages.set(path, page);
    return page;
  }

  #readPage({ parameters, context }: ListRequest): Page | null {
    const [rawType = '', rawId = '', rawExtra] = parameters;
    const type = parseMediaType(rawType);
    const preferences = {
      catalogs: context.manifest.catalogs,
      hiddenLevels: context.list.hiddenLevels,
      liveSearch: context.list.liveSearch,
    };
    const query =
      rawExtra === undefined
        ? parseCatalogQuery(type, documentName(rawId, '.json'), null, preferences)
        : parseCatalogQuery(
            type,
            decodeSegment(rawId),
            withoutSuffix(rawExtra, '.json'),
            preferences,
          );
    return query === null ? null : { query, key: catalogKey(query) };
  }

  #manifestReply(asked: ListRequest, found: Lookup<GenreNames>): Reply {
    const settings = asked.context.manifest;
    const key = `manifest ${settings.key}`;
    const reused = this.#reuse(asked, key, found);
    if (reused !== undefined) return reused;
    const body = buildManifest(
      this.#manifest,
      found.value ?? NO_GENRES,
      settings,
      asked.request.baseUrl,
    );
    return this.#keep(
      asked,
      key,
      found,
      body,
      found.value === null ? EMPTY_CACHE_CONTROL : MANIFEST_CACHE_CONTROL,
    );
  }

  #catalogReply(asked: ListRequest, key: string, found: Lookup<CatalogPage>): Reply {
    const reused = this.#reuse(asked, key, found);
    if (reused !== undefined) return reused;
    const metas = (found.value?.titles ?? []).map((title) =>
      metaPreview(title, asked.request.baseUrl),
    );
    return this.#keep(
      asked,
      key,
      found,
      { metas },
      found.value === null ? EMPTY_CACHE_CONTROL : CATALOG_CACHE_CONTROL,
    );
  }

  #metaReply(asked: ListRequest, id: TitleId, key: string, found: Lookup<TitleDetails>): Reply {
    const reused = this.#reuse(asked, key, found);
    if (reused !== undefined) return reused;
    if (found.value === null)
      throw new AppError('media.not-found', `no ${id.type} has this id`, { field: 'id' });
    return this.#keep(
      asked,
      key,
      found,
      { meta: meta(found.value, id.id, asked.request.baseUrl) },
      META_CACHE_CONTROL,
    );
  }

  /** Marks the tier that answered and finds the reply that was built from the same value. */
  #reuse(asked: ListRequest, key: string, found: Lookup<object>): Reply | undefined {
    asked.request.tiers |= TIER_BITS[found.tier];
    const reply = this.#replies.find(replyKey(asked, key), found.value);
    if (reply !== undefined) asked.request.tiers |= TIER_REUSE;
    return reply;
  }

  #keep(
    asked: ListRequest,
    key: string,
    found: Lookup<object>,
    body: object,
    cacheControl: string,
  ): Reply {
    const reply = jsonOf(body, asked.isConfigured ? CONFIGURED_CACHE_CONTROL : cacheControl);
    return this.#replies.store(replyKey(asked, key), found.value, reply);
  }
}

/** @param rawId as sent: neither name is percent-encoded by anybody */
function isPersonal(rawId: string): boolean {
  return rawId.startsWith(CONTINUE_WATCHING) || rawId.includes(WATCHLIST);
}

function replyKey({ request, isConfigured }: ListRequest, key: string): string {
  return `${request.baseUrl}${isConfigured ? ' ' : ''}${key}`;
}

function jsonOf(body: object, cacheControl: string): Reply {
  return jsonReply(Buffer.from(JSON.stringify(body)), cacheControl);
}
