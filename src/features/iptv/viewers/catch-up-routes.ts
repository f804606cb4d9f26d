/** What a channel has shown: redirects for players of M3U lists and for Xtream clients. */
import type { Reply, Request, Route } from '../../../http/route.ts';
import { AppError } from '../../../lib/errors.ts';
import { catchUpUrl, type CatchUpSpan } from '../../../lib/iptv/catch-up.ts';
import { QueryFields } from '../../../lib/query-fields.ts';
import { decodeSegment } from '../../../lib/stremio/media-id.ts';
import type { Channel, ChannelLibrary } from '../contract.ts';
import { shown } from './output-routes.ts';
import type { Viewer } from './store.ts';
import type { Viewers } from './viewers.ts';

export interface CatchUpParts {
  readonly channels: ChannelLibrary;
  readonly viewers: Viewers;
  readonly timeoutMs: number;
}

const TIME = { min: 0, max: 4_102_444_800, fallback: 0 };
const HOUR_S = 3600;
/** `2026-03-01:20-05` in UTC, which is the zone that the profile tells. */
const START = /^(\d{4}-\d{2}-\d{2}):(\d{2})-(\d{2})$/;

export function catchUpRoutes(parts: CatchUpParts): readonly Route[] {
  const { channels, viewers, timeoutMs } = parts;
  const row = (name: string, pattern: string, handler: Route['handler']): Route => ({
    name: `iptv-${name}`,
    pattern,
    access: 'install',
    traffic: 'playback',
    cachePolicy: 'no-store',
    timeoutMs,
    handler,
  });
  return [
    row('catch-up', '/iptv/:token/catchup/:id', async (request) => {
      const [token = '', id = ''] = request.parameters;
      const viewer = await viewers.ofToken(token, request.signal);
      const fields = new QueryFields(request.query, ['utc', 'utcend']);
      const startS = fields.integer('utc', TIME);
      const stopS = fields.integer('utcend', TIME) || startS + HOUR_S;
      const channel = await channels.channel(id, viewer, request.signal);
      return play(parts, channel, viewer, spanOf(startS, stopS), request);
    }),
    row('xtream-timeshift', '/timeshift/:user/:password/:minutes/:start/:file', async (request) => {
      const [username = '', password = '', minutes = '', start = '', file = ''] =
        request.parameters.map(decodeSegment);
      const viewer = await viewers.ofLogin({ username, password }, request.signal);
      const [, day = '', hour = '', minute = ''] = START.exec(start) ?? [];
      const startS = Date.parse(`${day}T${hour}:${minute}:00Z`) / 1000;
      const lengthS = 60 * Number(/^\d{1,4}$/.exec(minutes)?.[0] ?? 60);
      const serial = Number(/^(\d{1,15})(?:\.\w{1,5})?$/.exec(file)?.[1] ?? 0);
      const channel = await channels.channelBySerial(serial, viewer, request.signal);
      return play(parts, channel, viewer, spanOf(startS, startS + lengthS), request);
    }),
  ];
}

/** The first source that has it, the best first. @throws AppError `iptv.no-channel` */
async function play(
  { channels }: CatchUpParts,
  channel: Channel | null,
  viewer: Viewer,
  span: CatchUpSpan,
  { signal }: Request,
): Promise<Reply> {
  const { id } = shown(channel);
  for (const source of await channels.sources(id, viewer, signal)) {
    const url = catchUpUrl(source, span);
    if (url !== null)
      return {
        status: 302,
        representation: null,
        headers: ['Location', url, 'Cache-Control', 'no-store'],
      };
  }
  throw new AppError('iptv.no-channel', 'no source of this channel has what it has shown');
}

/** @throws AppError `request.bad-query` for a time that is none, or has not been yet */
function spanOf(startS: number, stopS: number): CatchUpSpan {
  const nowS = Math.floor(Date.now() / 1000);
  if (startS > 0 && startS < nowS && stopS > startS) return { startS, stopS, nowS };
  throw new AppError('request.bad-query', 'expected a time that has been, and an end behind it', {
    field: 'utc',
  });
}
