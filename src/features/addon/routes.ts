/**
 * HTTP of the add-on surface: manifest, catalogues and meta. A repeated warm request parses its path,
 * looks into L1 and returns the very Reply of the one before, synchronously.
 */
import { LRUCache } from 'lru-cache';
import { jsonReply } from '../../http/json-reply.ts';
import { ReplyCache } from '../../http/reply-cache.ts';
import { TIER_BITS, TIER_REUSE, type Reply, type Request, type Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import {
  decodeSegment, documentName, parseMediaType, parseTitleId, withoutSuffix, type TitleId,
} from '../../lib/stremio/media-id.ts';
import type { Lookup } from '../../platform/cache/cache.ts';
import { parseCatalogQuery } from './catalogs.ts';
import type { CatalogPage, CatalogQuery, GenreNames, TitleDetails } from './contract.ts';
import { buildManifest, type ManifestOptions } from './manifest.ts';
import { meta, metaPreview } from './present.ts';
import type { AddonService } from './service.ts';
import { catalogKey, metaKey } from './store.ts';

export interface AddonRouteOptions {
  readonly manifest: ManifestOptions;
  /** Bytes of finished replies that are kept for reuse. */
  readonly replyBytesMax: number;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

/** Installed clients ask for the manifest again on every start: short enough for a changed genre list. */
const MANIFEST_CACHE_CONTROL = 'public, max-age=300';
const CATALOG_CACHE_CONTROL = 'public, max-age=600, stale-while-revalidate=3600, stale-if-error=86400';
const META_CACHE_CONTROL = 'public, max-age=3600, stale-while-revalidate=21600, stale-if-error=604800';
/** What is missing now may be there in a moment. */
const EMPTY_CACHE_CONTROL = 'public, max-age=10';

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
export function addonRoutes(service: AddonService, options: AddonRouteOptions): readonly Route[] {
  const handlers = new AddonHandlers(service, options);
  const { timeoutMs } = options;
  const catalogPolicy = `${CATALOG_CACHE_CONTROL}; empty: ${EMPTY_CACHE_CONTROL}`;
  return [
    {
      pattern: '/manifest.json', name: 'manifest', cachePolicy: MANIFEST_CACHE_CONTROL, timeoutMs,
      handler: (request) => handlers.manifest(request),
    },
    {
      pattern: '/catalog/:type/:id', name: 'catalog', cachePolicy: catalogPolicy, timeoutMs,
      handler: (request) => handlers.catalog(request),
    },
    {
      pattern: '/catalog/:type/:id/:extra', name: 'catalog-extra', cachePolicy: catalogPolicy, timeoutMs,
      handler: (request) => handlers.catalog(request),
    },
    {
      pattern: '/meta/:type/:id', name: 'meta', cachePolicy: META_CACHE_CONTROL, timeoutMs,
      handler: (request) => handlers.meta(request),
    },
  ];
}

class AddonHandlers {
  readonly #service: AddonService;
  readonly #manifest: ManifestOptions;
  readonly #replies: ReplyCache;
  /** By path: reading an extra segment and building its key costs 1.5 µs, finding the page here 0.1 µs. */
  readonly #knownPages = new LRUCache<string, Page>({ max: KNOWN_PAGES_MAX });

  constructor(service: AddonService, options: AddonRouteOptions) {
    this.#service = service;
    this.#manifest = options.manifest;
    this.#replies = new ReplyCache({ bytesMax: options.replyBytesMax });
  }

  manifest(request: Request): Reply | Promise<Reply> {
    const hit = this.#service.peekGenres();
    if (hit !== undefined) return this.#manifestReply(request, hit);
    return this.#service.genres(request.signal).then((found) => this.#manifestReply(request, found));
  }

  catalog(request: Request): Reply | Promise<Reply> {
    const page = this.#knownPages.get(request.path) ?? this.#readPage(request);
    if (page === null) return NOTHING_LISTED;
    const { query, key } = page;
    const hit = this.#service.peekCatalog(query, key);
    if (hit !== undefined) return this.#catalogReply(request, key, hit);
    return this.#service.catalog(query, key, request.signal).then((found) => this.#catalogReply(request, key, found));
  }

  meta(request: Request): Reply | Promise<Reply> {
    const [rawType = '', rawId = ''] = request.parameters;
    const id = parseTitleId(parseMediaType(rawType), documentName(rawId, '.json'));
    const key = metaKey(id);
    const hit = this.#service.peekMeta(id, key);
    if (hit !== undefined) return this.#metaReply(request, id, key, hit);
    return this.#service.meta(id, key, request.signal).then((found) => this.#metaReply(request, id, key, found));
  }

  /** Null where nothing is listed, whatever the library holds. */
  #readPage(request: Request): Page | null {
    const [rawType = '', rawId = '', rawExtra] = request.parameters;
    const type = parseMediaType(rawType);
    const query = rawExtra === undefined
      ? parseCatalogQuery(type, documentName(rawId, '.json'), null)
      : parseCatalogQuery(type, decodeSegment(rawId), withoutSuffix(rawExtra, '.json'));
    if (query === null) return null;
    const page: Page = { query, key: catalogKey(query) };
    if (request.path.length <= KNOWN_PATH_CHARS_MAX) this.#knownPages.set(request.path, page);
    return page;
  }

  #manifestReply(request: Request, found: Lookup<GenreNames>): Reply {
    const reused = this.#reuse(request, 'manifest', found);
    if (reused !== undefined) return reused;
    const cacheControl = found.value === null ? EMPTY_CACHE_CONTROL : MANIFEST_CACHE_CONTROL;
    const body = buildManifest(this.#manifest, found.value ?? NO_GENRES);
    return this.#keep(request, 'manifest', found, jsonOf(body, cacheControl));
  }

  #catalogReply(request: Request, key: string, found: Lookup<CatalogPage>): Reply {
    const reused = this.#reuse(request, key, found);
    if (reused !== undefined) return reused;
    const metas = (found.value?.titles ?? []).map((title) => metaPreview(title, request.baseUrl));
    const cacheControl = found.value === null ? EMPTY_CACHE_CONTROL : CATALOG_CACHE_CONTROL;
    return this.#keep(request, key, found, jsonOf({ metas }, cacheControl));
  }

  #metaReply(request: Request, id: TitleId, key: string, found: Lookup<TitleDetails>): Reply {
    const reused = this.#reuse(request, key, found);
    if (reused !== undefined) return reused;
    if (found.value === null) throw new AppError('media.not-found', `no ${id.type} has this id`, { field: 'id' });
    const body = { meta: meta(found.value, id.id, request.baseUrl) };
    return this.#keep(request, key, found, jsonOf(body, META_CACHE_CONTROL));
  }

  /** Marks the tier that answered and finds the reply that was built from the same value. */
  #reuse(request: Request, key: string, found: Lookup<object>): Reply | undefined {
    request.tiers |= TIER_BITS[found.tier];
    const reply = this.#replies.find(request.baseUrl + key, found.value);
    if (reply !== undefined) request.tiers |= TIER_REUSE;
    return reply;
  }

  #keep(request: Request, key: string, found: Lookup<object>, reply: Reply): Reply {
    return this.#replies.store(request.baseUrl + key, found.value, reply);
  }
}

function jsonOf(body: object, cacheControl: string): Reply {
  return jsonReply(Buffer.from(JSON.stringify(body)), cacheControl);
}
