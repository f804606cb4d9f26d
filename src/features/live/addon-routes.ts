/** Live events and recordings as an add-on of Stremio, at `/live/manifest.json`. */
import { Buffer } from 'node:buffer';
import { jsonReply } from '../../http/json-reply.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { NO_EXTRA, parseCatalogExtra } from '../../lib/stremio/catalog-extra.ts';
import { decodeSegment, documentName, withoutSuffix } from '../../lib/stremio/media-id.ts';
import { LOGO_PATH } from '../landing/contract.ts';
import type { LiveStatus, LiveStream } from './contract.ts';
import type { LiveStore } from './store.ts';
import type { OwnedStreams } from './streams.ts';
import { THUMBNAIL } from './thumbnail.ts';

export interface AddonRouteParts {
  readonly store: LiveStore;
  readonly streams: OwnedStreams;
  readonly name: string;
  /** Variants of recordings that are made when they are played. */
  readonly variants: readonly string[];
  /** Semantic version of the program. */
  readonly version: string;
  /** Null: ours. */
  readonly logoUrl: string | null;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

const TYPE = 'tv';
const ID_PREFIX = 'sllive:';
const CATALOGS: readonly {
  readonly id: string;
  readonly name: string;
  readonly status: LiveStatus;
}[] = [
  { id: 'live-events', name: 'Live events', status: 'live' },
  { id: 'recordings', name: 'Recordings', status: 'ended' },
];
const PAGE = 100;
const CACHE_CONTROL = 'public, max-age=10';

export function addonRoutes(parts: AddonRouteParts): readonly Route[] {
  const handlers = new AddonHandlers(parts);
  const row = (name: string, tail: string, handler: Route['handler']): Route => ({
    pattern: `/live${tail}`,
    name: `live-addon-${name}`,
    access: 'private',
    traffic: name === 'manifest' ? 'manifest' : 'catalog',
    cachePolicy: CACHE_CONTROL,
    timeoutMs: parts.timeoutMs,
    handler,
  });
  return [
    row('manifest', '/manifest.json', (request) => handlers.manifest(request)),
    row('catalog', '/catalog/:type/:id', (request) => handlers.catalog(request)),
    row('catalog-extra', '/catalog/:type/:id/:extra', (request) => handlers.catalog(request)),
    row('meta', '/meta/:type/:id', (request) => handlers.meta(request)),
    row('stream', '/stream/:type/:id', (request) => handlers.streams(request)),
  ];
}

class AddonHandlers {
  readonly #parts: AddonRouteParts;

  constructor(parts: AddonRouteParts) {
    this.#parts = parts;
  }

  manifest({ baseUrl }: Request): Reply {
    const { name, version, logoUrl } = this.#parts;
    return reply({
      id: 'org.sluice.live',
      version,
      name: `${name} Live`,
      description: 'Live events, and recordings of them',
      logo: logoUrl ?? baseUrl + LOGO_PATH,
      resources: ['catalog', 'meta', 'stream'],
      types: [TYPE],
      idPrefixes: [ID_PREFIX],
      catalogs: CATALOGS.map((catalog) => ({
        type: TYPE,
        id: catalog.id,
        name: catalog.name,
        extra: [{ name: 'skip' }],
      })),
      behaviorHints: { adult: false, p2p: false },
    });
  }

  async catalog(request: Request): Promise<Reply> {
    const [type = '', rawId = '', rawExtra] = request.parameters;
    const id = rawExtra === undefined ? documentName(rawId, '.json') : decodeSegment(rawId);
    const catalog = CATALOGS.find((one) => one.id === id);
    if (type !== TYPE || catalog === undefined) return reply({ metas: [] });
    const { skip } =
      rawExtra === undefined ? NO_EXTRA : parseCatalogExtra(withoutSuffix(rawExtra, '.json'));
    const filter = { status: catalog.status, owner: '' };
    const page = { skip, limit: PAGE };
    const { items } = await this.#parts.store.page(filter, page, request.signal);
    return reply({ metas: items.map((stream) => metaOf(stream, request)) });
  }

  /** @throws AppError `live.not-found` */
  async meta(request: Request): Promise<Reply> {
    return reply({ meta: metaOf(await this.#stream(request), request) });
  }

  /** @throws AppError `live.not-found` */
  async streams(request: Request): Promise<Reply> {
    const { id, title, status } = await this.#stream(request);
    const { baseUrl } = request;
    const one = {
      name: status === 'ended' ? 'Recording' : 'Live',
      description: title,
      url: `${baseUrl}/live/${id}/index.m3u8`,
      // Browsers play HLS over HTTPS alone.
      behaviorHints: { notWebReady: !baseUrl.startsWith('https:') },
    };
    // A player that cannot play the recording as it is may play one of these.
    const variants = status === 'ended' ? this.#parts.variants : [];
    const made = variants.map((variant) => ({
      ...one,
      name: `Recording ${variant}`,
      url: `${baseUrl}/live/${id}/transcoded/${variant}.m3u8`,
    }));
    return reply({ streams: status === 'created' ? [] : [one, ...made] });
  }

  #stream(request: Request) {
    const [type = '', rawId = ''] = request.parameters;
    const id = documentName(rawId, '.json');
    if (type !== TYPE || !id.startsWith(ID_PREFIX))
      throw new AppError('live.not-found', `expected type ${TYPE} and an id ${ID_PREFIX}…`);
    return this.#parts.streams.get(id.slice(ID_PREFIX.length), request.signal);
  }
}

function metaOf({ id, title, startedAt, status }: LiveStream, { baseUrl }: Request): object {
  return {
    id: ID_PREFIX + id,
    type: TYPE,
    name: title,
    poster: `${baseUrl}/live/${id}/${THUMBNAIL}`,
    posterShape: 'landscape',
    ...(startedAt !== null && { releaseInfo: startedAt.slice(0, 10) }),
    description: status === 'live' ? 'Live now' : '',
  };
}

function reply(body: object): Reply {
  return jsonReply(Buffer.from(JSON.stringify(body)), CACHE_CONTROL);
}
