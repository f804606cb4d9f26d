/** HTTP of the indexer: Torznab, for Prowlarr, Radarr, Sonarr and other instances. Errors are Newznab's, with status 200. */
import { Representation } from '../../http/representation.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import {
  writeCaps,
  writeError,
  writeFeed,
  type ServerIdentity,
} from '../../lib/torznab/write-feed.ts';
import type { InstanceAccess } from '../access/contract.ts';
import {
  FUNCTIONS,
  LIMIT_DEFAULT,
  LIMIT_MAX,
  NEWZNAB_ERRORS,
  parseOfferQuery,
  TorznabError,
} from './query.ts';
import type { IndexerService } from './service.ts';

export interface IndexerRouteOptions {
  readonly isEnabled: boolean;
  readonly title: string;
  readonly version: string;
  readonly timeoutMs: number;
}

const FEED_TYPE = 'application/rss+xml; charset=utf-8';
const XML_TYPE = 'application/xml; charset=utf-8';
const CAPS_CACHE_CONTROL = 'public, max-age=3600';
/** Every client asks for the newest all fifteen minutes. An address holds the client's key: caches of others keep nothing. */
const FEED_CACHE_CONTROL = 'private, max-age=60';
const ERROR_CACHE_CONTROL = 'no-store';

const mode = (...params: string[]) => ({ isAvailable: true, params: new Set(params) });
const CAPS = {
  limitMax: LIMIT_MAX,
  limitDefault: LIMIT_DEFAULT,
  search: mode('q'),
  movie: mode('q', 'imdbid', 'tmdbid'),
  series: mode('q', 'season', 'ep', 'imdbid', 'tmdbid', 'tvdbid'),
};

/** Rows of the route table. */
export function indexerRoutes(
  service: IndexerService,
  access: Pick<InstanceAccess, 'isKey'>,
  options: IndexerRouteOptions,
): readonly Route[] {
  const handlers = new IndexerHandlers(service, access, options);
  const row = (name: string, pattern: string): Route => ({
    pattern,
    name,
    access: 'install',
    traffic: 'catalog',
    cachePolicy: `${FEED_CACHE_CONTROL}; capabilities: ${CAPS_CACHE_CONTROL}; errors: ${ERROR_CACHE_CONTROL}`,
    timeoutMs: options.timeoutMs,
    handler: (request) => handlers.answer(request),
  });
  return [row('torznab', '/torznab/api'), row('torznab-short', '/torznab')];
}

class IndexerHandlers {
  readonly #service: IndexerService;
  readonly #access: Pick<InstanceAccess, 'isKey'>;
  readonly #options: IndexerRouteOptions;

  constructor(
    service: IndexerService,
    access: Pick<InstanceAccess, 'isKey'>,
    options: IndexerRouteOptions,
  ) {
    this.#service = service;
    this.#access = access;
    this.#options = options;
  }

  answer(request: Request): Reply | Promise<Reply> {
    try {
      return this.#answer(request);
    } catch (error) {
      return errorReply(error);
    }
  }

  #answer(request: Request): Reply | Promise<Reply> {
    const parameters = new URLSearchParams(request.query);
    const server: ServerIdentity = { ...this.#options, url: request.baseUrl };
    if (!this.#options.isEnabled)
      throw new TorznabError(NEWZNAB_ERRORS.disabled, 'API disabled (ENABLE_TORZNAB_API)');
    const name = parameters.get('t') ?? '';
    if (name === 'caps') return xmlReply(writeCaps(server, CAPS), XML_TYPE, CAPS_CACHE_CONTROL);
    if (!this.#access.isKey(parameters.get('apikey') ?? '', request.clientAddress))
      throw new TorznabError(NEWZNAB_ERRORS.wrongKey, 'Incorrect user credentials (apikey)');
    if (name === '')
      throw new TorznabError(
        NEWZNAB_ERRORS.missingParameter,
        `Missing parameter (t): caps, ${[...FUNCTIONS.keys()].join(', ')}`,
      );
    const type = FUNCTIONS.get(name);
    if (type === undefined)
      throw new TorznabError(
        NEWZNAB_ERRORS.noSuchFunction,
        `No such function (t): expected caps, ${[...FUNCTIONS.keys()].join(', ')}`,
      );
    const query = parseOfferQuery(parameters, type);
    return this.#service
      .page(query, request.signal)
      .then((page) => xmlReply(writeFeed(server, page), FEED_TYPE, FEED_CACHE_CONTROL));
  }
}

function errorReply(error: unknown): Reply {
  if (!(error instanceof TorznabError)) throw error;
  return xmlReply(writeError(error.code, error.message), XML_TYPE, ERROR_CACHE_CONTROL);
}

function xmlReply(text: string, contentType: string, cacheControl: string): Reply {
  const options = { contentType, cacheControl, compressible: true, isForFew: true };
  return { status: 200, representation: new Representation(Buffer.from(text), options) };
}
