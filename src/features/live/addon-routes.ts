/** Live events and recordings as an add-on of Stremio, at `/live/manifest.json`. */
import { Buffer } from 'node:buffer';
import { jsonReply } from '../../http/json-reply.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { NO_EXTRA, parseCatalogExtra } from '../../lib/stremio/catalog-extra.ts';
import { decodeSegment, documentName, withoutSuffix } from '../../lib/stremio/media-id.ts';
import type { UserContexts } from '../configure/contract.ts';
import { LOGO_PATH } from '../landing/contract.ts';
import type { LiveStatus, LiveStream } from './contract.ts';
import type { LiveStore } from './store.ts';
import type { OwnedStreams } from './streams.ts';
import { THUMBNAIL } from './thumbnail.ts';

export interface AddonRouteParts {
  readonly store: LiveStore;
  readonly streams: OwnedStreams;
  readonly contexts: Pick<UserContexts, 'resolve'>;
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
const INSTALL_CACHE_CONTROL = 'private, max-age=10';

/** @param parameters those of the pattern without the configuration */
type Answer = (request: Request, parameters: readonly string[]) => object | Promise<object>;

export function addonRoutes(parts: AddonRouteParts): readonly Route[] {
  const handlers = new AddonHandlers(parts);
  const rows = (name: string, tail: string, answer: Answer): readonly Route[] => {
    const plain: Route = {
      pattern: `/live${tail}`,
      name: `live-addon-${name}`,
      access: 'private',
      traffic: name === 'manifest' ? 'manifest' : 'catalog',
      cachePolicy: CACHE_CONTROL,
      timeoutMs: parts.timeoutMs,
      handler: async (request) => reply(await answer(request, request.parameters), CACHE_CONTROL),
    };
    return [
      plain,
      {
        ...plain,
        pattern: `/:config${plain.pattern}`,
        name: `configured-${plain.name}`,
        access: 'install',
        cachePolicy: INSTALL_CACHE_CONTROL,
        handler: async (request) => {
          const [install = '', ...parameters] = request.parameters;
          // Throws where a private instance does not know the install.
          await parts.contexts.resolve(install, request);
          return reply(await answer(request, parameters), INSTALL_CACHE_CONTROL);
        },
      },
    ];
  };
  return [
    ...rows('manifest', '/manifest.json', (request) => handlers.manifest(request)),
    ...rows('catalog', '/catalog/:type/:id', (request, of) => handlers.catalog(request, of)),
    ...rows('catalog-extra', '/catalog/:type/:id/:extra', (request, of) =>
      handlers.catalog(request, of),
    ),
    ...rows('meta', '/meta/:type/:id', (request, of) => handlers.meta(request, of)),
    ...rows('stream', '/stream/:type/:id', (request, of) => handlers.streams(request, of)),
  ];
}

class AddonHandlers {
  readonly #parts: AddonRouteParts;

  constructor(parts: AddonRouteParts) {
    this.#parts = parts;
  }

  manifest({ baseUrl }: Request): object {
    const { name, version, logoUrl } = this.#parts;
    return {
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
    };
  }

  async catalog(request: Request, parameters: readonly string[]): Promise<object> {
    const [type = '', rawId = '', rawExtra] = parameters;
    const id = rawExtra === undefined ? documentName(rawId, '.json') : decodeSegment(rawId);
    const catalog = CATALOGS.find((one) => one.id === id);
    if (type !== TYPE || catalog === undefined) return { metas: [] };
    const { skip } =
      rawExtra === undefined ? NO_EXTRA : parseCatalogExtra(withoutSuffix(rawExtra, '.json'));
    const filter = { status: catalog.status, owner: '' };
    const page = { skip, limit: PAGE };
    const { items } = await this.#parts.store.page(filter, page, request.signal);
    return { metas: items.map((stream) => metaOf(stream, request)) };
  }

  /** @throws AppError `live.not-found` */
  async meta(request: Request, parameters: readonly string[]): Promise<object> {
    return { meta: metaOf(await this.#stream(request, parameters), request) };
  }

  /** @throws AppError `live.not-found` */
  async streams(request: Request, parameters: readonly string[]): Promise<object> {
    const { id, title, status } = await this.#stream(request, parameters);
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
    return { streams: status === 'created' ? [] : [one, ...made] };
  }

  #stream(request: Request, [type = '', rawId = '']: readonly string[]) {
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

function reply(body: object, cacheControl: string): Reply {
  return jsonReply(Buffer.from(JSON.stringify(body)), cacheControl);
}
