/** `/iptv/{token}/…` and Xtream addresses of films and series. */
import type { Reply, Request, Route, TrafficClass } from '../../../http/route.ts';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { VodKind } from '../../../lib/iptv/vod-facts.ts';
import { QueryFields } from '../../../lib/query-fields.ts';
import {
  CATALOG_PAGE_ITEMS,
  NO_EXTRA,
  parseCatalogExtra,
} from '../../../lib/stremio/catalog-extra.ts';
import {
  decodeSegment,
  documentName,
  parseMediaId,
  withoutSuffix,
} from '../../../lib/stremio/media-id.ts';
import { WHOLE_FILM, type VodLibrary, type VodPart } from '../vod/contract.ts';
import type { VodFinder } from '../vod/links/finder.ts';
import { LIST_CACHE_CONTROL, type KeptLists } from './kept-list-routes.ts';
import { viewerUrl, vodUrl } from './playlist.ts';
import type { Viewer } from './store.ts';
import type { Viewers } from './viewers.ts';
import { noTitle, type VodOutput } from './vod-output-routes.ts';
import { readVodId, VOD_CATALOG_ID, vodMeta, vodPreview, vodStreams } from './vod-stremio.ts';

export interface VodRouteParts {
  readonly vod: VodLibrary;
  readonly vodOutput: VodOutput;
  readonly finder: VodFinder;
  readonly lists: KeptLists;
  readonly viewers: Viewers;
  readonly timeoutMs: number;
}

const ASKING_TIMEOUT_MS = 30_000;
const SOURCE = { min: 0, max: 49, fallback: 0 };
const TITLES_OF_ONE_ID_MAX = 10;
/** `123.mkv`, `123`: what comes is what the source has, whatever is asked for. */
const FILE = /^(\d{1,15})(?:\.[a-z0-9]{1,5})?$/;

export function vodRoutes(parts: VodRouteParts): readonly Route[] {
  const handlers = new VodHandlers(parts);
  const row = (
    name: string,
    pattern: string,
    traffic: TrafficClass,
    handler: Route['handler'],
  ): Route => ({
    name: `iptv-${name}`,
    pattern,
    access: 'install',
    traffic,
    cachePolicy: traffic === 'playback' ? 'no-store' : LIST_CACHE_CONTROL,
    timeoutMs: traffic === 'playback' ? parts.timeoutMs : ASKING_TIMEOUT_MS,
    handler,
  });
  const kinds = (['movie', 'series'] as const).flatMap((kind) => [
    row(`${kind}-catalog`, `/iptv/:token/catalog/${kind}/:id`, 'catalog', (request) =>
      handlers.catalog(kind, request),
    ),
    row(`${kind}-catalog-extra`, `/iptv/:token/catalog/${kind}/:id/:extra`, 'catalog', (request) =>
      handlers.catalog(kind, request),
    ),
    row(`${kind}-meta`, `/iptv/:token/meta/${kind}/:id`, 'catalog', (request) =>
      handlers.meta(kind, request),
    ),
    row(`${kind}-stream`, `/iptv/:token/stream/${kind}/:id`, 'stream', (request) =>
      handlers.streams(kind, request),
    ),
    row(`xtream-${kind}`, `/${kind}/:user/:password/:file`, 'playback', (request) =>
      handlers.playFile(kind, request),
    ),
  ]);
  return [
    ...kinds,
    row('movie', '/iptv/:token/movie/:id', 'playback', (request) =>
      handlers.play(request, WHOLE_FILM),
    ),
    row('episode', '/iptv/:token/episode/:id/:season/:episode', 'playback', (request) =>
      handlers.play(request, {
        season: numberAt(request, 2),
        episode: numberAt(request, 3),
      }),
    ),
  ];
}

class VodHandlers {
  readonly #parts: VodRouteParts;

  constructor(parts: VodRouteParts) {
    this.#parts = parts;
  }

  async catalog(kind: VodKind, request: Request): Promise<Reply> {
    const { groups, providers } = await this.#viewer(request);
    const { vod, lists } = this.#parts;
    const [, rawId = '', rawExtra] = request.parameters;
    const id = rawExtra === undefined ? documentName(rawId, '.json') : decodeSegment(rawId);
    if (id !== VOD_CATALOG_ID) return lists.answer(request, () => Promise.resolve({ metas: [] }));
    const { skip, genre, search } =
      rawExtra === undefined ? NO_EXTRA : parseCatalogExtra(withoutSuffix(rawExtra, '.json'));
    const asked = {
      groups,
      providers,
      kind,
      group: genre,
      search: search ?? '',
      afterSerial: 0,
      skip,
      limit: CATALOG_PAGE_ITEMS,
    };
    return lists.answer(request, async (signal) => {
      const page = await vod.titles(asked, signal);
      return { metas: page.map(vodPreview) };
    });
  }

  /** Of titles that the library knows, other add-ons tell more. */
  async meta(kind: VodKind, request: Request): Promise<Reply> {
    const viewer = await this.#viewer(request);
    const { vod, vodOutput, lists } = this.#parts;
    const own = readVodId(documentName(request.parameters[1] ?? '', '.json'));
    return lists.answer(request, async (signal) => {
      const title = own === null ? null : await vod.title(own.id, viewer, signal);
      if (title?.kind !== kind) throw noTitle();
      const episodes = kind === 'movie' ? [] : await vodOutput.episodes(title, viewer, signal);
      return { meta: vodMeta(title, episodes) };
    });
  }

  async streams(kind: VodKind, request: Request): Promise<Reply> {
    const viewer = await this.#viewer(request);
    const id = documentName(request.parameters[1] ?? '', '.json');
    const [token = ''] = request.parameters;
    const url = viewerUrl(request.baseUrl, token);
    return this.#parts.lists.answer(request, async (signal) => ({
      streams: await this.#streamsOf(kind, id, viewer, url, signal),
    }));
  }

  async #streamsOf(kind: VodKind, id: string, viewer: Viewer, url: string, signal: CancelSignal) {
    const { vod, vodOutput } = this.#parts;
    const { titles, part } = await this.#asked(kind, id, viewer, signal);
    const streams = [];
    for (const title of titles.slice(0, TITLES_OF_ONE_ID_MAX)) {
      if (kind === 'series') await vodOutput.episodes(title, viewer, signal);
      const sources = await vod.sources(title.serial, part, viewer, signal);
      streams.push(...vodStreams(sources, vodUrl(url, title, part), `sluice-vod-${title.id}`));
    }
    return streams;
  }

  async play(request: Request, part: VodPart): Promise<Reply> {
    const viewer = await this.#viewer(request);
    const at = new QueryFields(request.query, ['source']).integer('source', SOURCE);
    const title = await this.#parts.vod.title(request.parameters[1] ?? '', viewer, request.signal);
    return this.#parts.vodOutput.play(title, part, viewer, at, request.signal);
  }

  /** For Xtream clients, which know films and episodes by numbers. */
  async playFile(kind: VodKind, request: Request): Promise<Reply> {
    const { vod, vodOutput, viewers } = this.#parts;
    const [username = '', password = '', file = ''] = request.parameters.map(decodeSegment);
    const viewer = await viewers.ofLogin({ username, password }, request.signal);
    const number = Number(FILE.exec(file)?.[1] ?? 0);
    const found =
      kind === 'movie'
        ? { serial: number, ...WHOLE_FILM }
        : await vod.episodeByNumber(number, request.signal);
    if (found === null) throw noTitle();
    const title = await vod.titleBySerial(found.serial, viewer, request.signal);
    return vodOutput.play(title, found, viewer, 0, request.signal);
  }

  /** By an id of ours, or of the library. */
  async #asked(kind: VodKind, id: string, viewer: Viewer, signal: CancelSignal) {
    const own = readVodId(id);
    if (own !== null) {
      const title = await this.#parts.vod.title(own.id, viewer, signal);
      return { titles: title?.kind === kind ? [title] : [], part: own };
    }
    const asked = parseMediaId(kind, id);
    const part = kind === 'movie' ? WHOLE_FILM : asked;
    return { titles: await this.#parts.finder.find(asked, viewer, signal), part };
  }

  /** @throws AppError `iptv.bad-token` */
  #viewer({ parameters: [token = ''], signal }: Request): Promise<Viewer> {
    return this.#parts.viewers.ofToken(token, signal);
  }
}

function numberAt({ parameters }: Request, position: number): number {
  const text = parameters[position] ?? '';
  if (!/^\d{1,5}$/.test(text)) throw noTitle();
  return Number(text);
}
