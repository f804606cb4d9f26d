/**
 * `GET /stream/{type}/{id}.json`. A repeated warm request finds its path, its set in L1 and the very Reply
 * of the one before: no promise, no I/O, under a microsecond.
 */
import { LRUCache } from 'lru-cache';
import { jsonReply } from '../../http/json-reply.ts';
import { ReplyCache } from '../../http/reply-cache.ts';
import { TIER_BITS, TIER_L1, TIER_REUSE, type Reply, type Request, type Route } from '../../http/route.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { StreamQuery } from './resolve.ts';
import type { StreamService } from './service.ts';

export interface StreamRouteOptions {
  /** Bytes of finished replies that are kept for reuse. */
  readonly replyBytesMax: number;
  /** False: rank and present for every request (measurements only). */
  readonly reuse: boolean;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

/** New streams must show up soon; a minute already keeps reloading clients away. */
const CACHE_CONTROL = 'public, max-age=60';
/** What is missing now may be there in a moment. */
const EMPTY_CACHE_CONTROL = 'public, max-age=10';

/** Paths whose parsed form is kept: 770 bytes each, 6 MB in all. */
const KNOWN_PATHS_MAX = 8192;
/** No valid path is longer, unless it is needlessly percent-encoded: then it is read anew each time. */
const KNOWN_PATH_CHARS_MAX = 160;

const EMPTY = jsonReply(Buffer.from('{"streams":[]}'), EMPTY_CACHE_CONTROL);

/** The stream row of the route table. */
export function streamRoutes(service: StreamService, options: StreamRouteOptions): readonly Route[] {
  const handlers = new StreamHandlers(service, options);
  return [{
    pattern: '/stream/:type/:id', name: 'stream', cachePolicy: `${CACHE_CONTROL}; empty: ${EMPTY_CACHE_CONTROL}`,
    timeoutMs: options.timeoutMs, handler: (request) => handlers.stream(request),
  }];
}

class StreamHandlers {
  readonly #service: StreamService;
  readonly #reuse: boolean;
  readonly #replies: ReplyCache;
  /** By path. Reading an id is pure, so an entry never grows old. */
  readonly #knownPaths = new LRUCache<string, StreamQuery>({ max: KNOWN_PATHS_MAX });

  constructor(service: StreamService, options: StreamRouteOptions) {
    this.#service = service;
    this.#reuse = options.reuse;
    this.#replies = new ReplyCache({ bytesMax: options.replyBytesMax });
  }

  stream(request: Request): Reply | Promise<Reply> {
    const query = this.#knownPaths.get(request.path) ?? this.#read(request);
    const set = this.#service.peek(query);
    if (set === undefined) return this.#find(request, query);
    request.tiers |= TIER_L1;
    return this.#reply(request, query, set);
  }

  #read(request: Request): StreamQuery {
    const [rawType = '', rawId = ''] = request.parameters;
    const query = this.#service.query(rawType, rawId);
    if (request.path.length <= KNOWN_PATH_CHARS_MAX) this.#knownPaths.set(request.path, query);
    return query;
  }

  async #find(request: Request, query: StreamQuery): Promise<Reply> {
    const { set, tiers } = await this.#service.find(query, request.signal);
    for (const tier of tiers) request.tiers |= TIER_BITS[tier];
    return this.#reply(request, query, set);
  }

  #reply(request: Request, query: StreamQuery, set: StreamSet | null): Reply {
    if (set === null) return EMPTY;
    if (!this.#reuse) return this.#present(set);
    const key = `${request.baseUrl} ${this.#service.fingerprint} ${query.key}`;
    const reused = this.#replies.find(key, set);
    if (reused === undefined) return this.#replies.store(key, set, this.#present(set));
    request.tiers |= TIER_REUSE;
    return reused;
  }

  #present(set: StreamSet): Reply {
    const body = this.#service.body(set);
    return body === null ? EMPTY : jsonReply(body, CACHE_CONTROL);
  }
}
