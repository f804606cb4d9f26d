/** HTTP of a stream's media: what encoders send, and what players get. */
import { Buffer } from 'node:buffer';
import { RANGE_HEADERS, rangeReply } from '../../http/byte-range.ts';
import { Representation } from '../../http/representation.ts';
import type { Method, Reply, Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { SEGMENT_TYPES } from '../../lib/hls/segment.ts';
import { LOGO_PATH } from '../landing/contract.ts';
import type { LiveIngest, SentFile } from './ingest.ts';
import type { LivePlayback } from './playback.ts';
import { THUMBNAIL } from './thumbnail.ts';
import { takeTransport } from './transport-ingest.ts';

export interface MediaRouteParts {
  readonly ingest: LiveIngest;
  readonly playback: LivePlayback;
  readonly segmentBytesMax: number;
  /** Deadline of a player's request in milliseconds. */
  readonly timeoutMs: number;
}

/** An encoder sends a segment while it makes it. */
const BODY_TIMEOUT_MS = 60_000;
const INGEST_TIMEOUT_MS = 90_000;
/** Of one long body: a day. */
const TRANSPORT_TIMEOUT_MS = 24 * 3_600_000;
const SEGMENT_CACHE_CONTROL = 'public, max-age=3600';
const LIVE_CACHE_CONTROL = 'public, max-age=1';
const RECORDING_CACHE_CONTROL = 'public, max-age=60';
const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';
const SEGMENT = /^[A-Za-z\d][\w.-]{0,94}\.(ts|m4s|mp4)$/;
const PLAYLIST = /^[A-Za-z\d][\w.-]{0,94}\.m3u8$/;
const STORED: Reply = { status: 204, representation: null, headers: ['Cache-Control', 'no-store'] };

export function mediaRoutes(parts: MediaRouteParts): readonly Route[] {
  const { ingest, playback } = parts;
  const sent = (method: Method): Route => ({
    method,
    pattern: '/live/:id/ingest/:key/:file',
    name: `live-ingest-${method.toLowerCase()}`,
    access: 'open',
    traffic: 'playback',
    cachePolicy: 'no-store',
    timeoutMs: INGEST_TIMEOUT_MS,
    handler: async (request) => {
      await ingest.take({ ...addressOf(request), bytes: request.body });
      return STORED;
    },
    bodyBytesMax: parts.segmentBytesMax,
    bodyTimeoutMs: BODY_TIMEOUT_MS,
  });
  const transport = (method: Method): Route => ({
    method,
    pattern: '/live/:id/ingest/:key',
    name: `live-transport-${method.toLowerCase()}`,
    access: 'open',
    traffic: 'playback',
    cachePolicy: 'no-store',
    timeoutMs: TRANSPORT_TIMEOUT_MS,
    takesPieces: true,
    handler: async (request) => {
      const { streamId, ownerKey } = addressOf(request);
      const sender = { streamId, ownerKey };
      await takeTransport(ingest, sender, request.pieces, parts.segmentBytesMax);
      return STORED;
    },
  });
  return [
    sent('PUT'),
    sent('POST'),
    transport('PUT'),
    transport('POST'),
    {
      method: 'DELETE',
      pattern: '/live/:id/ingest/:key/:file',
      name: 'live-ingest-delete',
      access: 'open',
      traffic: 'playback',
      cachePolicy: 'no-store',
      timeoutMs: parts.timeoutMs,
      handler: async (request) => {
        await ingest.keep(addressOf(request), request.signal);
        return STORED;
      },
    },
    {
      pattern: '/live/:id/:file',
      name: 'live-media',
      access: 'open',
      traffic: 'playback',
      cachePolicy: `${SEGMENT_CACHE_CONTROL}; live playlist: ${LIVE_CACHE_CONTROL}; of a recording: ${RECORDING_CACHE_CONTROL}`,
      timeoutMs: parts.timeoutMs,
      requestHeaders: RANGE_HEADERS,
      handler: (request) => media(playback, request),
    },
  ];
}

function addressOf({ parameters }: Request): Omit<SentFile, 'bytes'> {
  const [streamId = '', ownerKey = '', name = ''] = parameters;
  return { streamId, ownerKey, name };
}

/** Who has none yet is shown the logo. */
async function thumbnail(playback: LivePlayback, id: string, { baseUrl }: Request): Promise<Reply> {
  const bytes = await playback.thumbnail(id);
  if (bytes === null) {
    const headers = ['Location', baseUrl + LOGO_PATH, 'Cache-Control', RECORDING_CACHE_CONTROL];
    return { status: 302, representation: null, headers };
  }
  const representation = new Representation(bytes, {
    contentType: 'image/jpeg',
    cacheControl: SEGMENT_CACHE_CONTROL,
    compressible: false,
  });
  return { status: 200, representation };
}

async function media(playback: LivePlayback, request: Request): Promise<Reply> {
  const [id = '', file = ''] = request.parameters;
  if (file === THUMBNAIL) return thumbnail(playback, id, request);
  if (PLAYLIST.test(file)) {
    const { text, isEnded } = await playback.playlist(id, file);
    const representation = new Representation(Buffer.from(text), {
      contentType: PLAYLIST_TYPE,
      cacheControl: isEnded ? RECORDING_CACHE_CONTROL : LIVE_CACHE_CONTROL,
      compressible: true,
    });
    return { status: 200, representation };
  }
  const [, ending = ''] = SEGMENT.exec(file) ?? [];
  const contentType = SEGMENT_TYPES[ending];
  if (contentType === undefined)
    throw new AppError('live.not-found', 'expected a playlist (.m3u8) or a segment');
  const representation = new Representation(await playback.segment(id, file), {
    contentType,
    cacheControl: SEGMENT_CACHE_CONTROL,
    compressible: false,
  });
  return rangeReply(request, representation);
}
