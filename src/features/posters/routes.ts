/**
 * HTTP of posters. The name ends in `.jpg` because clients and televisions look at it; another format is
 * sent on request only (`?format=`), for many caches and clients ignore `Vary: Accept`.
 */
import { ReplyCache } from '../../http/reply-cache.ts';
import { Representation } from '../../http/representation.ts';
import {
  TIER_BITS,
  TIER_POOL,
  TIER_REUSE,
  type Reply,
  type Request,
  type Route,
} from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { documentName, parseMediaType, parseTitleId } from '../../lib/stremio/media-id.ts';
import type { Lookup } from '../../platform/cache/cache.ts';
import type { PosterService } from './service.ts';
import type { PosterImage, PosterRequest } from './store.ts';

export interface PosterRouteOptions {
  /** Bytes of finished replies that are kept for reuse. */
  readonly replyBytesMax: number;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

/** Artwork and titles change a few times in years, ratings every day. */
const CACHE_CONTROL =
  'public, max-age=86400, stale-while-revalidate=604800, stale-if-error=2592000';
const MAKESHIFT_CACHE_CONTROL = 'public, max-age=60';

/** Row of the route table for posters. */
export function posterRoutes(
  service: PosterService,
  options: PosterRouteOptions,
): readonly Route[] {
  const handlers = new PosterHandlers(service, options.replyBytesMax);
  return [
    {
      pattern: '/poster/:type/:id',
      name: 'poster',
      access: 'open',
      traffic: 'poster',
      timeoutMs: options.timeoutMs,
      cachePolicy: `${CACHE_CONTROL}; artwork failed: ${MAKESHIFT_CACHE_CONTROL}`,
      handler: (request) => handlers.poster(request),
    },
  ];
}

class PosterHandlers {
  readonly #service: PosterService;
  readonly #replies: ReplyCache;

  constructor(service: PosterService, replyBytesMax: number) {
    this.#service = service;
    this.#replies = new ReplyCache({ bytesMax: replyBytesMax });
  }

  poster(request: Request): Reply | Promise<Reply> {
    const [rawType = '', rawId = ''] = request.parameters;
    const id = parseTitleId(parseMediaType(rawType), documentName(rawId, '.jpg'));
    const wanted: PosterRequest = { id, format: parseFormat(request.query) };
    const key = this.#service.key(wanted);
    const hit = this.#service.peek(wanted, key);
    if (hit !== undefined) return this.#reply(request, wanted, key, hit);
    return this.#service
      .poster(wanted, key, request.signal)
      .then((found) => this.#reply(request, wanted, key, found));
  }

  #reply(request: Request, { id }: PosterRequest, key: string, found: Lookup<PosterImage>): Reply {
    request.tiers |= TIER_BITS[found.tier];
    if (found.value === null)
      throw new AppError('media.not-found', `no ${id.type} has this id`, { field: 'id' });
    if (found.tier === 'origin') request.tiers |= TIER_POOL;
    const reused = this.#replies.find(key, found.value);
    if (reused === undefined) return this.#replies.store(key, found.value, imageReply(found.value));
    request.tiers |= TIER_REUSE;
    return reused;
  }
}

/** @throws AppError `request.bad-query`, field `format`; other parameters are left to those who sent them. */
function parseFormat(query: string): PosterRequest['format'] {
  if (query === '') return 'jpeg';
  const raw = new URLSearchParams(query).get('format');
  if (raw === null || raw === 'jpeg' || raw === 'jpg') return 'jpeg';
  if (raw === 'webp' || raw === 'avif') return raw;
  throw new AppError('request.bad-query', 'unknown format: expected jpeg, webp or avif', {
    field: 'format',
  });
}

function imageReply({ bytes, format, isMakeshift }: PosterImage): Reply {
  const representation = new Representation(bytes, {
    contentType: `image/${format}`,
    cacheControl: isMakeshift ? MAKESHIFT_CACHE_CONTROL : CACHE_CONTROL,
    compressible: false,
  });
  return { status: 200, representation };
}
