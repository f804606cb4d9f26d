/**
 * `GET /stream/{type}/{id}.json`, with and without a configuration before it. A repeated warm request finds its
 * path, its configuration, its set in L1 and the very Reply of the one before: no promise, no I/O, microseconds.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { jsonReply } from '../../http/json-reply.ts';
import { ReplyCache } from '../../http/reply-cache.ts';
import { TIER_BITS, TIER_REUSE, type Reply, type Request, type Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { recycle } from '../../lib/json/lent-bytes.ts';
import { parseHeldId, type HeldId } from '../../lib/stremio/held-id.ts';
import { decodeSegment, withoutSuffix } from '../../lib/stremio/media-id.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import {
  OWNER_KEY_HEADER,
  UNREADABLE_CODES,
  type UserContext,
  type UserContexts,
} from '../configure/contract.ts';
import type { PlaybackAccounts } from '../playback/contract.ts';
import type { Watchlists } from '../watchlists/contract.ts';
import type { ListSettings } from '../../lib/user-config/list-settings.ts';
import type { OwnServices } from '../../lib/user-config/playing-services.ts';
import type { PrivateMark } from '../../lib/user-config/private-mark.ts';
import type { OwnSources } from '../../lib/user-config/own-sources.ts';
import { UNREADABLE, noticeBody, withLeads } from './notices.ts';
import { sourceTimings } from './source-timings.ts';
import type { StreamQuery } from './resolve.ts';
import type { ListAnswer, ListClient, NoStreams, StreamList, StreamService } from './service.ts';
import { trace } from './trace.ts';

export interface StreamRouteOptions {
  /** Bytes of finished replies that are kept for reuse. */
  readonly replyBytesMax: number;
  /** False: rank and present for every request (measurements only). */
  readonly reuse: boolean;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
  /** Changes when equal sets and settings lead to other bytes: program and add-on name. In ETags, so URL-safe. */
  readonly bodyVersion: string;
  /** Links of users with services work once these are kept. */
  readonly accounts: Pick<PlaybackAccounts, 'isKept' | 'keep'>;
  readonly watchlists: Pick<Watchlists, 'streams'>;
}

/** New streams must show up soon; a minute already keeps reloading clients away. */
const CACHE_CONTROL = 'public, max-age=60';
/** There will be more as soon as it is asked for again. */
const MAKESHIFT_CACHE_CONTROL = 'no-store';
/** What is missing now may be there in a moment. */
const EMPTY_CACHE_CONTROL = 'public, max-age=10';
/** With ETag: a changed configuration or list shows at once, an unchanged one costs a 304. */
const CONFIGURED_CACHE_CONTROL = 'private, max-age=0, must-revalidate';

/** Paths whose parsed form is kept: 770 bytes each, 6 MB in all. */
const KNOWN_PATHS_MAX = 8192;
/** No valid path is longer, unless it is needlessly percent-encoded: then it is read anew each time. */
const KNOWN_PATH_CHARS_MAX = 160;

const SUFFIX = '.json';
const TYPE_START = '/stream/'.length;
const EMPTY = jsonReply(Buffer.from('{"streams":[]}'), EMPTY_CACHE_CONTROL);

/** One request for a list, and what of the replies that are kept may answer it. */
class ListRequest implements ListClient<Reply> {
  readonly request: Request;
  readonly query: StreamQuery;
  readonly settings: ListSettings;
  /** The configuration in the path, as sent; empty when there is none. */
  readonly segment: string;
  readonly sources: OwnSources;
  readonly services: OwnServices;
  readonly privateMark: PrivateMark | null;
  /** Null where every request is ranked and presented. */
  readonly #replies: ReplyCache | null;
  #key = '';
  #isKept = false;

  constructor(
    request: Request,
    query: StreamQuery,
    { list, sources, services, privateMark }: UserContext,
    segment: string,
    replies: ReplyCache | null,
  ) {
    this.request = request;
    this.query = query;
    this.settings = list;
    this.sources = sources;
    this.services = services;
    this.privateMark = privateMark;
    this.segment = segment;
    this.#replies = replies;
  }

  get signal(): CancelSignal {
    return this.request.signal;
  }

  earlier(set: StreamSet, linksKey: string): Reply | undefined {
    if (this.#replies === null) return undefined;
    this.#key = replyKey(this, linksKey);
    return this.#replies.find(this.#key, set);
  }

  /** There are as many settings as users: an answer of theirs is kept when somebody asks again. */
  keepsBody(): boolean {
    if (this.#replies === null) return false;
    this.#isKept =
      this.segment === '' ? this.#replies.keepsAny : this.#replies.recordRepeat(this.#key);
    return this.#isKept;
  }

  /** Keeps the reply if `keepsBody` said so. */
  store(set: StreamSet, reply: Reply): Reply {
    return this.#isKept && this.#replies !== null
      ? this.#replies.store(this.#key, set, reply)
      : reply;
  }

  get baseUrl(): string {
    return this.request.baseUrl;
  }

  /** The page with the settings that the request came with. */
  get configureUrl(): string {
    const { baseUrl } = this.request;
    return this.segment === '' ? `${baseUrl}/configure` : `${baseUrl}/${this.segment}/configure`;
  }
}

/** The stream rows of the route table. What clients send behind the id (`videoHash=…`) changes no answer. */
export function streamRoutes(
  service: StreamService,
  contexts: UserContexts,
  options: StreamRouteOptions,
): readonly Route[] {
  const handlers = new StreamHandlers(service, contexts, options);
  const { timeoutMs } = options;
  const plain = {
    access: 'private',
    traffic: 'stream',
    cachePolicy: `${CACHE_CONTROL}; empty: ${EMPTY_CACHE_CONTROL}`,
    timeoutMs,
  } as const;
  const configured = {
    access: 'install',
    traffic: 'stream',
    cachePolicy: CONFIGURED_CACHE_CONTROL,
    timeoutMs,
    requestHeaders: [OWNER_KEY_HEADER],
  } as const;
  return [
    {
      pattern: '/stream/:type/:id',
      name: 'stream',
      ...plain,
      handler: (request) => handlers.stream(request, request.path),
    },
    {
      pattern: '/stream/:type/:id/:extra',
      name: 'stream-extra',
      ...plain,
      handler: (request) => handlers.stream(request, pathWithoutExtra(request.path)),
    },
    {
      pattern: '/:config/stream/:type/:id',
      name: 'configured-stream',
      ...configured,
      handler: (request) => handlers.configured(request, request.path),
    },
    {
      pattern: '/:config/stream/:type/:id/:extra',
      name: 'configured-stream-extra',
      ...configured,
      handler: (request) => handlers.configured(request, pathWithoutExtra(request.path)),
    },
  ];
}

/** Null where the path names nothing that an account holds. */
function heldIdIn(path: string): HeldId | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.endsWith(SUFFIX) ? parseHeldId(decodeSegment(name.slice(0, -SUFFIX.length))) : null;
}

/** `/stream/movie/tt1254207/videoSize=1.json` is `/stream/movie/tt1254207.json`. @throws AppError `request.not-found` */
function pathWithoutExtra(path: string): string {
  const slash = path.lastIndexOf('/');
  withoutSuffix(path.slice(slash + 1), SUFFIX);
  return path.slice(0, slash) + SUFFIX;
}

class StreamHandlers {
  readonly #service: StreamService;
  readonly #contexts: UserContexts;
  readonly #options: StreamRouteOptions;
  readonly #replies: ReplyCache;
  /** By path, without the configuration. Reading an id is pure, so an entry never grows old. */
  readonly #knownPaths = new LRUCache<string, StreamQuery>({ max: KNOWN_PATHS_MAX });

  constructor(service: StreamService, contexts: UserContexts, options: StreamRouteOptions) {
    this.#service = service;
    this.#contexts = contexts;
    this.#options = options;
    this.#replies = new ReplyCache({ bytesMax: options.replyBytesMax });
  }

  /** @param path of the title: the request's own, or that without its extra */
  stream(request: Request, path: string): Reply | Promise<Reply> {
    return this.#answer(request, this.#query(path), this.#contexts.anonymous, '');
  }

  /** @param path as for `stream`, with the configuration before it */
  configured(request: Request, path: string): Reply | Promise<Reply> {
    const slash = path.indexOf('/', 1);
    const rest = path.slice(slash);
    try {
      const context = this.#contexts.resolve(path.slice(1, slash), request);
      if (!(context instanceof Promise)) return this.#withContext(request, rest, context);
      return context.then(
        (found) => this.#withContext(request, rest, found),
        (error: unknown) => this.#unreadable(request, error),
      );
    } catch (error) {
      return this.#unreadable(request, error);
    }
  }

  #withContext(request: Request, rest: string, context: UserContext): Reply | Promise<Reply> {
    const held = rest.startsWith('acct', rest.indexOf('/', TYPE_START) + 1) ? heldIdIn(rest) : null;
    if (held !== null) return this.#held(request, held, context);
    const query = this.#query(rest);
    if (request.query !== '' && /(?:^|&)trace=1(?:&|$)/.test(request.query)) {
      return this.#trace(request, query, context);
    }
    return this.#answer(request, query, context, request.parameters[0] ?? '');
  }

  /** Files of what the user's account holds. */
  async #held(request: Request, id: HeldId, { services }: UserContext): Promise<Reply> {
    const { accounts, watchlists } = this.#options;
    if (!accounts.isKept(services)) await accounts.keep(services, request.signal);
    const query = { services, id, baseUrl: request.baseUrl, segment: request.parameters[0] ?? '' };
    const streams = await watchlists.streams(query, request.signal);
    return jsonReply(Buffer.from(JSON.stringify({ streams })), CONFIGURED_CACHE_CONTROL);
  }

  /** @throws AppError `profile.wrong-key` for a stored profile without its owner's key */
  async #trace(request: Request, query: StreamQuery, context: UserContext): Promise<Reply> {
    const { signal } = request;
    await this.#contexts.authorizeOwner(request.parameters[0] ?? '', request);
    const found = await trace(this.#service, query, context, signal);
    return jsonReply(Buffer.from(JSON.stringify({ trace: found })), 'no-store');
  }

  /** @param path `/stream/{type}/{id}.json` */
  #query(path: string): StreamQuery {
    const known = this.#knownPaths.get(path);
    if (known !== undefined) return known;
    const [, , rawType = '', rawId = ''] = path.split('/');
    const query = this.#service.query(rawType, rawId);
    if (path.length <= KNOWN_PATH_CHARS_MAX) this.#knownPaths.set(path, query);
    return query;
  }

  #answer(
    request: Request,
    query: StreamQuery,
    context: UserContext,
    segment: string,
  ): Reply | Promise<Reply> {
    const asked = new ListRequest(
      request,
      query,
      context,
      segment,
      this.#options.reuse ? this.#replies : null,
    );
    const { services } = context;
    if (services.count === 0 || this.#options.accounts.isKept(services))
      return this.#listed(asked, context);
    // Without the database the list is worth showing all the same: it is tried again with the next one.
    return this.#options.accounts.keep(services, request.signal).then(
      () => this.#listed(asked, context),
      () => this.#listed(asked, context),
    );
  }

  #listed(asked: ListRequest, context: UserContext): Reply | Promise<Reply> {
    const { query } = asked;
    const answer = this.#service.list(query, context.list, asked);
    return answer instanceof Promise
      ? answer.then((found) => this.#reply(asked, found))
      : this.#reply(asked, answer);
  }

  #reply(asked: ListRequest, answer: ListAnswer<Reply>): Reply {
    const { request } = asked;
    for (const tier of answer.tiers) request.tiers |= TIER_BITS[tier];
    switch (answer.kind) {
      case 'list':
        return timed(asked.store(answer.set, this.#listReply(asked, answer)), answer);
      case 'none':
        return timed(this.#emptyReply(asked, answer), answer);
      case 'earlier':
        request.tiers |= TIER_REUSE;
        return timed(answer.earlier, answer);
    }
  }

  #listReply(
    { settings, services, segment, configureUrl }: ListRequest,
    { set, body, linksKey, leads, isMakeshift }: StreamList,
  ): Reply {
    const { bytes, gzip, isGzipAtHand } = body;
    const kept = segment === '' ? CACHE_CONTROL : CONFIGURED_CACHE_CONTROL;
    const cacheControl = isMakeshift ? MAKESHIFT_CACHE_CONTROL : kept;
    // Whether this answer is kept must not matter: a kept one has the ETag that its first client got.
    const isForFew = segment !== '' || !this.#replies.keepsAny;
    if (leads.length > 0) {
      const led = withLeads(leads, bytes, this.#service.addonName, configureUrl);
      recycle(bytes);
      return jsonReply(led, cacheControl, { isForFew });
    }
    const shared = `${set.version.toString(36)}-${settings.key}-${this.#options.bodyVersion}`;
    const version =
      linksKey === '' ? shared : `${shared}-${linksVersion(linksKey, services.tokens)}`;
    return jsonReply(bytes, cacheControl, { version, isForFew, gzip, isGzipAtHand });
  }

  /** Without a configuration, other add-ons' titles get no row: clients ask every add-on for every title. */
  #emptyReply(
    { request, segment, configureUrl }: ListRequest,
    { reason, notices, isMakeshift }: NoStreams,
  ): Reply {
    const body = () => noticeBody(notices, this.#service.addonName, configureUrl);
    if (isMakeshift) return jsonReply(body(), MAKESHIFT_CACHE_CONTROL);
    if (segment !== '') return jsonReply(body(), CONFIGURED_CACHE_CONTROL);
    if (reason !== 'none') return EMPTY;
    const key = `${request.baseUrl} none`;
    return (
      this.#replies.find(key, null) ??
      this.#replies.store(key, null, jsonReply(body(), EMPTY_CACHE_CONTROL))
    );
  }

  /** Clients show streams, not HTTP errors: what is wrong with the address is a row. */
  #unreadable(request: Request, error: unknown): Reply {
    if (!(error instanceof AppError) || !UNREADABLE_CODES.has(error.code)) throw error;
    const notice = { ...UNREADABLE, lines: [...UNREADABLE.lines, error.message] };
    return jsonReply(
      noticeBody([notice], this.#service.addonName, `${request.baseUrl}/configure`),
      'no-store',
    );
  }
}

/** With what became of each source in the search that it waited for. */
function timed(reply: Reply, { sources }: ListAnswer<Reply>): Reply {
  if (sources.length === 0) return reply;
  return { ...reply, headers: [...(reply.headers ?? []), ...sourceTimings(sources)] };
}

/** Equal for requests that get the same bytes: a list with a notice in it holds its user's own link. */
function replyKey(
  { request, query, settings, segment, sources, services }: ListRequest,
  linksKey: string,
): string {
  const owner = settings.unavailableServices.length > 0 ? segment : segment === '' ? 'public' : '';
  const key = `${request.baseUrl} ${owner} ${settings.key}${sources.key} ${query.key}`;
  return linksKey === '' ? key : `${key} ${linksKey} ${services.tokens}`;
}

/** In ETags: 96 bits that show no token. */
function linksVersion(linksKey: string, tokens: string): string {
  return createHash('sha1').update(`${linksKey} ${tokens}`).digest('base64url').slice(0, 16);
}
