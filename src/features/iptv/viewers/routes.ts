/** `/iptv/{token}/…`: what one viewer sees, as a Stremio add-on and as M3U, and what plays. Operators give addresses out. */
import { z } from 'zod';
import { RANGE_HEADERS } from '../../../http/byte-range.ts';
import { adminRoute } from '../../../http/admin-route.ts';
import type { Reply, Request, Route, TrafficClass } from '../../../http/route.ts';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { VOD_KINDS } from '../../../lib/iptv/vod-facts.ts';
import { QueryFields } from '../../../lib/query-fields.ts';
import {
  CATALOG_PAGE_ITEMS,
  NO_EXTRA,
  parseCatalogExtra,
} from '../../../lib/stremio/catalog-extra.ts';
import { decodeSegment, documentName, withoutSuffix } from '../../../lib/stremio/media-id.ts';
import type { Channel, ChannelLibrary } from '../contract.ts';
import { bodyOf } from '../routes.ts';
import { catchUpRoutes } from './catch-up-routes.ts';
import { clientRoutes } from './client-routes.ts';
import { LIST_CACHE_CONTROL } from './kept-list-routes.ts';
import { LIST_HEADERS, shown, type ViewerOutput } from './output-routes.ts';
import type { ChannelPlayback } from './playback-routes.ts';
import type { GuideOutput } from './guide-output-routes.ts';
import { nowAndNextText } from './guide.ts';
import { channelUrl, viewerUrl } from './playlist.ts';
import type { Viewer } from './store.ts';
import {
  CATALOG_ID,
  ID_PREFIX,
  tvManifest,
  tvPreview,
  tvStreams,
  type AddonNaming,
} from './stremio.ts';
import { vodCatalog } from './vod-stremio.ts';
import { vodRoutes, type VodRouteParts } from './vod-routes.ts';
import { xtreamUsername, type Viewers } from './viewers.ts';

export interface ViewerRouteParts extends VodRouteParts {
  readonly channels: ChannelLibrary;
  readonly output: ViewerOutput;
  readonly guideOutput: GuideOutput;
  readonly playback: ChannelPlayback;
  readonly naming: Omit<AddonNaming, 'logo'>;
  readonly logoPath: string;
}

const BODY_BYTES_MAX = 64 * 1024;
const LIST_TIMEOUT_MS = 30_000;
const STREAMS_MAX = 1000;
const KBITS_MAX = 10_000_000;
const SOURCE = { min: 0, max: 49, fallback: 0 };
const VIEWER = z.strictObject({
  name: z.string().trim().min(1).max(100),
  groups: z.array(z.string().max(500)).max(1000).nullable().default(null),
  providers: z.array(z.number().int().positive()).max(1000).nullable().default(null),
  streams_max: z.number().int().min(0).max(STREAMS_MAX).default(0),
  kbits_max: z.number().int().min(0).max(KBITS_MAX).default(0),
});
const VIEWER_CHANGE = z.strictObject({
  streams_max: z.number().int().min(0).max(STREAMS_MAX).nullish(),
  kbits_max: z.number().int().min(0).max(KBITS_MAX).nullish(),
});

export function viewerRoutes(parts: ViewerRouteParts): readonly Route[] {
  const handlers = new ViewerHandlers(parts);
  const row = (
    name: string,
    tail: string,
    traffic: TrafficClass,
    handler: Route['handler'],
    timeoutMs = parts.timeoutMs,
  ): Route => ({
    name: `iptv-${name}`,
    pattern: `/iptv/:token${tail}`,
    access: 'install',
    traffic,
    cachePolicy: traffic === 'playback' ? 'no-store' : LIST_CACHE_CONTROL,
    requestHeaders: LIST_HEADERS,
    timeoutMs,
    handler,
  });
  return [
    ...operatorRoutes(parts.viewers),
    ...clientRoutes(parts),
    ...vodRoutes(parts),
    ...catchUpRoutes(parts),
    row('manifest', '/manifest.json', 'manifest', (request) => handlers.manifest(request)),
    row('catalog', '/catalog/tv/:id', 'catalog', (request) => handlers.catalog(request)),
    row('catalog-extra', '/catalog/tv/:id/:extra', 'catalog', (request) =>
      handlers.catalog(request),
    ),
    row('meta', '/meta/tv/:id', 'catalog', (request) => handlers.meta(request)),
    row('stream', '/stream/tv/:id', 'stream', (request) => handlers.streams(request)),
    row(
      'm3u',
      '/playlist.m3u',
      'catalog',
      (request) => handlers.playlist(request),
      LIST_TIMEOUT_MS,
    ),
    row('live', '/live/:id', 'playback', (request) => handlers.play(request)),
    {
      ...row('hls', '/hls/:id/:sealed/:file', 'playback', (request) => handlers.part(request)),
      requestHeaders: RANGE_HEADERS,
    },
  ];
}

function operatorRoutes(viewers: Viewers): readonly Route[] {
  return [
    adminRoute({
      name: 'iptv-viewers',
      pattern: '/api/v1/iptv/viewers',
      answer: async ({ signal }) => ({ items: await viewers.all(signal) }),
    }),
    adminRoute({
      name: 'iptv-add-viewer',
      pattern: '/api/v1/iptv/viewers',
      method: 'POST',
      bodyBytesMax: BODY_BYTES_MAX,
      answer: async (request) => {
        const said = bodyOf(request, VIEWER);
        const { streams_max: streamsMax, kbits_max: kbitsMax, ...rights } = said;
        const settings = { ...rights, streamsMax, kbitsMax };
        const { viewer, token } = await viewers.add(settings, request.signal);
        const url = viewerUrl(request.baseUrl, token);
        return {
          ...viewer,
          stremio: `${url}/manifest.json`,
          m3u: `${url}/playlist.m3u`,
          guide: `${url}/guide.xml`,
          hdhomerun: url,
          xtream: {
            url: request.baseUrl,
            username: xtreamUsername(viewer.id),
            password: token,
          },
        };
      },
    }),
    adminRoute({
      name: 'iptv-change-viewer',
      pattern: '/api/v1/iptv/viewers/:id',
      method: 'PUT',
      bodyBytesMax: BODY_BYTES_MAX,
      answer: async (request) => {
        const said = bodyOf(request, VIEWER_CHANGE);
        const change = { streamsMax: said.streams_max ?? null, kbitsMax: said.kbits_max ?? null };
        const changed = await viewers.change(viewerId(request), change, request.signal);
        if (changed === null) throw noViewer();
        return changed;
      },
    }),
    adminRoute({
      name: 'iptv-revoke-viewer',
      pattern: '/api/v1/iptv/viewers/:id',
      method: 'DELETE',
      answer: async (request) => {
        if (await viewers.revoke(viewerId(request), request.signal)) return { status: 'revoked' };
        throw noViewer();
      },
    }),
  ];
}

/** @throws AppError `iptv.no-viewer` */
function viewerId({ parameters: [id = ''] }: Request): number {
  if (/^\d{1,9}$/.test(id)) return Number(id);
  throw noViewer();
}

function noViewer(): AppError {
  return new AppError('iptv.no-viewer', 'there is no viewer with this id', { field: 'id' });
}

class ViewerHandlers {
  readonly #parts: ViewerRouteParts;

  constructor(parts: ViewerRouteParts) {
    this.#parts = parts;
  }

  async manifest(request: Request): Promise<Reply> {
    const viewer = await this.#viewer(request);
    const { channels, vod, naming, logoPath, lists } = this.#parts;
    const logo = request.baseUrl + logoPath;
    return lists.answer(request, async (signal) => {
      const groups = await channels.groups(viewer, signal);
      const catalogs = [];
      for (const kind of VOD_KINDS) {
        const ofKind = await vod.groups(kind, viewer, signal);
        if (ofKind.length > 0) catalogs.push(vodCatalog(kind, ofKind));
      }
      return tvManifest({ ...naming, logo }, groups, catalogs);
    });
  }

  async catalog(request: Request): Promise<Reply> {
    const viewer = await this.#viewer(request);
    const [, rawId = '', rawExtra] = request.parameters;
    const id = rawExtra === undefined ? documentName(rawId, '.json') : decodeSegment(rawId);
    const { channels, lists } = this.#parts;
    if (id !== CATALOG_ID) return lists.answer(request, () => Promise.resolve({ metas: [] }));
    const { skip, genre, search } =
      rawExtra === undefined ? NO_EXTRA : parseCatalogExtra(withoutSuffix(rawExtra, '.json'));
    const { groups, providers } = viewer;
    const asked = {
      groups,
      providers,
      group: genre ?? '',
      search: search ?? '',
      includesHidden: false,
      after: '',
      skip,
      limit: CATALOG_PAGE_ITEMS,
    };
    return lists.answer(request, async (signal) => ({
      metas: (await channels.channels(asked, signal)).map(tvPreview),
    }));
  }

  async meta(request: Request): Promise<Reply> {
    const viewer = await this.#viewer(request);
    const { output, lists } = this.#parts;
    return lists.answer(request, async (signal) => {
      const channel = await this.#channel(documentId(request), viewer, signal);
      const description = nowAndNextText(await output.nowAndNext(channel, signal));
      const told = description === '' ? {} : { description };
      return { meta: { ...tvPreview(channel), ...told } };
    });
  }

  async streams(request: Request): Promise<Reply> {
    const viewer = await this.#viewer(request);
    const { channels, lists } = this.#parts;
    const [token = ''] = request.parameters;
    return lists.answer(request, async (signal) => {
      const channel = await this.#channel(documentId(request), viewer, signal);
      const sources = await channels.sources(channel.id, viewer, signal);
      const playUrl = channelUrl(viewerUrl(request.baseUrl, token), channel.id);
      return { streams: tvStreams(channel, sources, playUrl) };
    });
  }

  async playlist(request: Request): Promise<Reply> {
    const viewer = await this.#viewer(request);
    const [token = ''] = request.parameters;
    return this.#parts.output.m3u(viewer, viewerUrl(request.baseUrl, token), request);
  }

  /** A redirect to the source, the first one unless another is asked for. */
  async play(request: Request): Promise<Reply> {
    const viewer = await this.#viewer(request);
    const at = new QueryFields(request.query, ['source']).integer('source', SOURCE);
    const id = request.parameters[1] ?? '';
    const channel = await this.#parts.channels.channel(id, viewer, request.signal);
    const [token = ''] = request.parameters;
    const url = viewerUrl(request.baseUrl, token);
    return this.#parts.playback.play(channel, viewer, at, url, request);
  }

  /** Of a playlist that goes through the server. */
  async part(request: Request): Promise<Reply> {
    const viewer = await this.#viewer(request);
    const [token = ''] = request.parameters;
    return this.#parts.playback.part(viewer, viewerUrl(request.baseUrl, token), request);
  }

  /** @throws AppError `iptv.bad-token` */
  #viewer({ parameters: [token = ''], signal }: Request): Promise<Viewer> {
    return this.#parts.viewers.ofToken(token, signal);
  }

  /** @throws AppError `iptv.no-channel` */
  async #channel(id: string, viewer: Viewer, signal: CancelSignal): Promise<Channel> {
    return shown(await this.#parts.channels.channel(id, viewer, signal));
  }
}

/** `sliptv:….json` → the channel's own id. */
function documentId({ parameters: [, raw = ''] }: Request): string {
  const id = documentName(raw, '.json');
  return id.startsWith(ID_PREFIX) ? id.slice(ID_PREFIX.length) : '';
}
