/** HTTP of transcodes: requested, watched and deleted by owners of recordings and the operator, played by everybody. */
import { Buffer } from 'node:buffer';
import { RANGE_HEADERS, rangeReply } from '../../http/byte-range.ts';
import { jsonObjectBody } from '../../http/json-body.ts';
import { jsonReply } from '../../http/json-reply.ts';
import { Representation } from '../../http/representation.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { RUNG_NAMES, type RungName } from '../../lib/transcode/ladder.ts';
import type { InstanceAccess } from '../access/contract.ts';
import { OWNER_KEY_HEADER, ownerKeyOf } from '../configure/contract.ts';
import type { LiveStreams } from '../live/contract.ts';
import { MASTER } from './folder.ts';
import type { TranscodePlayback } from './playback.ts';
import type { ShownTranscode, TranscodeService } from './service.ts';

export interface TranscodeRouteParts {
  readonly service: TranscodeService;
  readonly playback: TranscodePlayback;
  readonly live: LiveStreams;
  readonly access: Pick<InstanceAccess, 'isOperator'>;
  /** Whoever plays a variant of a recording lets it be made. */
  readonly isOnDemand: boolean;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

const BODY_BYTES_MAX = 4096;
const ON_DEMAND: readonly RungName[] = ['720p', '480p'];
const RUNGS_USUAL: readonly RungName[] = ['720p'];
/** A player waits for the first segment. */
const PLAYLIST_TIMEOUT_MS = 30_000;
const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';
const SEGMENT_CACHE_CONTROL = 'public, max-age=3600';
const DONE_CACHE_CONTROL = 'public, max-age=60';
const GROWING_CACHE_CONTROL = 'public, max-age=1';
const PLAYLIST = /^[a-z\d]{1,20}\.m3u8$/;
const SEGMENT = /^[a-z\d]{1,20}_\d{1,4}_(?:init\.mp4|\d{5,7}\.m4s)$/;

export function transcodeRoutes(parts: TranscodeRouteParts): readonly Route[] {
  const handlers = new TranscodeHandlers(parts);
  const row = (pattern: string, name: string, more: Partial<Route> & Pick<Route, 'handler'>) => ({
    pattern,
    name,
    access: 'private' as const,
    traffic: 'control' as const,
    cachePolicy: 'no-store',
    timeoutMs: parts.timeoutMs,
    requestHeaders: [OWNER_KEY_HEADER, 'x-api-key', 'authorization'],
    ...more,
  });
  return [
    row('/api/v1/live/:id/transcodes', 'transcode-request', {
      method: 'POST',
      bodyBytesMax: BODY_BYTES_MAX,
      handler: (request) => handlers.request(request),
    }),
    row('/api/v1/live/:id/transcodes', 'transcode-list', {
      handler: (request) => handlers.list(request),
    }),
    row('/api/v1/transcodes/:id', 'transcode', { handler: (request) => handlers.one(request) }),
    row('/api/v1/transcodes/:id', 'transcode-delete', {
      method: 'DELETE',
      handler: (request) => handlers.remove(request),
    }),
    {
      pattern: '/live/:id/transcoded/:file',
      name: 'transcode-on-demand',
      access: 'open',
      traffic: 'playback',
      cachePolicy: 'no-store',
      timeoutMs: parts.timeoutMs,
      handler: (request) => handlers.onDemand(request),
    },
    {
      pattern: '/transcodes/:id/:file',
      name: 'transcode-media',
      access: 'open',
      traffic: 'playback',
      cachePolicy: `${SEGMENT_CACHE_CONTROL}; growing playlist: ${GROWING_CACHE_CONTROL}; whole one: ${DONE_CACHE_CONTROL}`,
      timeoutMs: PLAYLIST_TIMEOUT_MS,
      requestHeaders: RANGE_HEADERS,
      handler: (request) => handlers.media(request),
    },
  ];
}

class TranscodeHandlers {
  readonly #parts: TranscodeRouteParts;

  constructor(parts: TranscodeRouteParts) {
    this.#parts = parts;
  }

  async request(request: Request): Promise<Reply> {
    const { service, live } = this.#parts;
    const [id = ''] = request.parameters;
    const { variants = RUNGS_USUAL } = jsonObjectBody(request);
    const rungs = rungsOf(variants);
    await this.#checkOwner(id, request);
    const stream = await live.find(id, request.signal);
    if (stream?.status !== 'ended')
      throw new AppError(
        'live.bad-state',
        'the stream has not ended: only recordings are transcoded',
      );
    return reply(shownOf(await service.request(id, rungs, request.signal), request));
  }

  async list(request: Request): Promise<Reply> {
    const [id = ''] = request.parameters;
    await this.#checkOwner(id, request);
    const found = await this.#parts.service.ofRecording(id, request.signal);
    return reply({ items: found.map((one) => shownOf(one, request)) });
  }

  /** Who knows the id may watch it: players do. */
  async one(request: Request): Promise<Reply> {
    const [id = ''] = request.parameters;
    return reply(shownOf(await this.#parts.service.find(id, request.signal), request));
  }

  async remove(request: Request): Promise<Reply> {
    const [id = ''] = request.parameters;
    const { recordingId } = await this.#parts.service.find(id, request.signal);
    await this.#checkOwner(recordingId, request);
    await this.#parts.service.remove(id, request.signal);
    return reply({ status: 'success' });
  }

  /** A redirect to the transcode, which is there or is made from now on. */
  async onDemand(request: Request): Promise<Reply> {
    const { service, live, isOnDemand } = this.#parts;
    const [id = '', file = ''] = request.parameters;
    const rung = ON_DEMAND.find((name) => file === `${name}.m3u8`);
    const stream = await live.find(id, request.signal);
    if (!isOnDemand || rung === undefined || stream?.status !== 'ended')
      throw new AppError('transcode.not-found', 'there is no such variant of a recording');
    const { id: transcodeId } = await service.request(id, [rung], request.signal);
    const location = `${request.baseUrl}/transcodes/${transcodeId}/${MASTER}`;
    const headers = ['Location', location, 'Cache-Control', 'no-store'];
    return { status: 302, representation: null, headers };
  }

  async media(request: Request): Promise<Reply> {
    const [id = '', file = ''] = request.parameters;
    const { playback } = this.#parts;
    if (PLAYLIST.test(file)) {
      const { text, isDone } = await playback.playlist(id, file);
      const representation = new Representation(Buffer.from(text), {
        contentType: PLAYLIST_TYPE,
        cacheControl: isDone ? DONE_CACHE_CONTROL : GROWING_CACHE_CONTROL,
        compressible: true,
      });
      return { status: 200, representation };
    }
    if (!SEGMENT.test(file))
      throw new AppError('transcode.not-found', 'expected a playlist (.m3u8) or a segment');
    const representation = new Representation(await playback.segment(id, file), {
      contentType: file.endsWith('.mp4') ? 'video/mp4' : 'video/iso.segment',
      cacheControl: SEGMENT_CACHE_CONTROL,
      compressible: false,
    });
    return rangeReply(request, representation);
  }

  /** @throws AppError `live.not-found`, `live.wrong-key` */
  async #checkOwner(id: string, request: Request): Promise<void> {
    const { live, access } = this.#parts;
    const key = ownerKeyOf(request);
    if (key === '' && access.isOperator(request)) return;
    if ((await live.find(id, request.signal)) === null)
      throw new AppError('live.not-found', 'there is no live stream or recording with this id', {
        field: 'id',
      });
    if (!(await live.isOwner(id, key, request.signal)))
      throw new AppError('live.wrong-key', 'the owner key is missing or not that of the stream');
  }
}

function rungsOf(value: unknown): readonly RungName[] {
  const names: readonly unknown[] = Array.isArray(value) ? value : [];
  const rungs = RUNG_NAMES.filter((name) => names.includes(name));
  if (rungs.length === 0 || rungs.length !== new Set(names).size)
    throw new AppError(
      'request.bad-body',
      `expected variants to be a list of some of ${RUNG_NAMES.join(', ')}`,
      { field: 'variants' },
    );
  return rungs;
}

function shownOf({ rungs, ...shown }: ShownTranscode, { baseUrl }: Request): object {
  return { ...shown, variants: rungs, playlist: `${baseUrl}/transcodes/${shown.id}/${MASTER}` };
}

function reply(body: object): Reply {
  return jsonReply(Buffer.from(JSON.stringify(body)), 'no-store');
}
