/** For programs that ask for more than a list: the Xtream API, and a network tuner (HDHomeRun) under the viewer's address. */
import type { Reply, Request, Route } from '../../../http/route.ts';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { decodeSegment } from '../../../lib/stremio/media-id.ts';
import type { ChannelLibrary } from '../contract.ts';
import { shortListing, wholeListing, type GuideListing } from './guide.ts';
import { GUIDE_HEADERS, type GuideOutput } from './guide-output-routes.ts';
import { LIST_CACHE_CONTROL } from './kept-list-routes.ts';
import { listReply, shown, type ViewerOutput } from './output-routes.ts';
import type { ChannelPlayback } from './playback-routes.ts';
import { viewerUrl } from './playlist.ts';
import type { Viewer } from './store.ts';
import type { Login, Viewers } from './viewers.ts';
import type { VodOutput } from './vod-output-routes.ts';
import { tunerRoutes, type ClientRow } from './tuner-routes.ts';
import { profile } from './xtream.ts';

export interface ClientRouteParts {
  readonly channels: ChannelLibrary;
  readonly viewers: Viewers;
  readonly output: ViewerOutput;
  readonly guideOutput: GuideOutput;
  readonly vodOutput: VodOutput;
  readonly playback: ChannelPlayback;
  readonly naming: { readonly name: string; readonly version: string };
  readonly timeoutMs: number;
}

const LIST_TIMEOUT_MS = 30_000;
const FORM_BYTES_MAX = 4096;
/** `123.ts`, `123.m3u8`, `123`: what comes is what the source has, whatever is asked for. */
const STREAM_FILE = /^(\d{1,15})(?:\.[a-z0-9]{1,5})?$/;

export function clientRoutes(parts: ClientRouteParts): readonly Route[] {
  const { viewers, output, channels, timeoutMs } = parts;
  const api: Route['handler'] = async (request) => {
    const login = loginOf(request);
    const viewer = await viewers.ofLogin(login, request.signal);
    return xtreamAnswer(parts, viewer, login, request);
  };
  const row = rowOf(timeoutMs);
  return [
    row('xtream', '/player_api.php', api),
    {
      ...row('xtream-form', '/player_api.php', api),
      method: 'POST',
      bodyBytesMax: FORM_BYTES_MAX,
      requestHeaders: ['content-type'],
    },
    row('xtream-m3u', '/get.php', async (request) => {
      const login = loginOf(request);
      const viewer = await viewers.ofLogin(login, request.signal);
      return output.m3u(viewer, viewerUrl(request.baseUrl, login.password), request);
    }),
    row('xtream-guide', '/xmltv.php', async (request) => {
      const login = loginOf(request);
      const viewer = await viewers.ofLogin(login, request.signal);
      return parts.guideOutput.xmltv(viewer, request);
    }),
    row('guide', '/iptv/:token/guide.xml', async (request) => {
      const [token = ''] = request.parameters;
      const viewer = await viewers.ofToken(token, request.signal);
      return parts.guideOutput.xmltv(viewer, request);
    }),
    row(
      'xtream-live',
      '/live/:user/:password/:file',
      async (request) => {
        const [username = '', password = '', file = ''] = request.parameters.map(decodeSegment);
        const viewer = await viewers.ofLogin({ username, password }, request.signal);
        const serial = serialOf(file);
        const channel = await channels.channelBySerial(serial, viewer, request.signal);
        const url = viewerUrl(request.baseUrl, password);
        return parts.playback.play(channel, viewer, 0, url, request);
      },
      'playback',
    ),
    ...tunerRoutes(parts, row),
  ];
}

function rowOf(timeoutMs: number): ClientRow {
  return (name, pattern, handler, traffic = 'catalog') => ({
    name: `iptv-${name}`,
    pattern,
    access: 'install',
    traffic,
    cachePolicy: traffic === 'playback' ? 'no-store' : LIST_CACHE_CONTROL,
    requestHeaders: GUIDE_HEADERS,
    timeoutMs: traffic === 'playback' ? timeoutMs : LIST_TIMEOUT_MS,
    handler,
  });
}

/** Some clients send a form instead of a query; of a name in both the query counts. */
function fieldsOf(request: Request): URLSearchParams {
  const fields = new URLSearchParams(request.query);
  const isForm = request.header('content-type').startsWith('application/x-www-form-urlencoded');
  if (!isForm) return fields;
  for (const [name, value] of new URLSearchParams(request.body.toString()))
    if (!fields.has(name)) fields.append(name, value);
  return fields;
}

/** Clients send parameters of their own beside these, which other servers pass over, too. */
function loginOf(request: Request): Login {
  const fields = fieldsOf(request);
  return { username: fields.get('username') ?? '', password: fields.get('password') ?? '' };
}

/** An action that is unknown gets the profile, as from other servers. */
async function xtreamAnswer(
  parts: ClientRouteParts,
  viewer: Viewer,
  { password: token }: Login,
  request: Request,
): Promise<Reply> {
  const { output, vodOutput } = parts;
  const { baseUrl, signal } = request;
  const fields = fieldsOf(request);
  switch (fields.get('action') ?? '') {
    case 'get_live_categories':
      return output.liveCategories(viewer, signal);
    case 'get_live_streams': {
      const url = viewerUrl(baseUrl, token);
      return output.liveStreams(viewer, url, fields.get('category_id') ?? '', signal);
    }
    case 'get_vod_categories':
      return vodOutput.categories('movie', viewer, signal);
    case 'get_series_categories':
      return vodOutput.categories('series', viewer, signal);
    case 'get_vod_streams':
      return vodOutput.titles('movie', viewer, fields.get('category_id') ?? '', signal);
    case 'get_series':
      return vodOutput.titles('series', viewer, fields.get('category_id') ?? '', signal);
    case 'get_vod_info':
      return vodOutput.info('movie', serialOf(fields.get('vod_id')), viewer, signal);
    case 'get_series_info':
      return vodOutput.info('series', serialOf(fields.get('series_id')), viewer, signal);
    case 'get_short_epg':
      return listingOf(
        parts,
        viewer,
        fields,
        shortListing(fields.get('limit') ?? '', Date.now()),
        signal,
      );
    case 'get_simple_data_table':
      return listingOf(parts, viewer, fields, wholeListing(Date.now()), signal);
    default: {
      const streams = await parts.viewers.streams(viewer, signal);
      return listReply(profile({ viewer, token, baseUrl, nowMs: Date.now(), streams }));
    }
  }
}

function serialOf(text: string | null): number {
  return Number(STREAM_FILE.exec(text ?? '')?.[1] ?? 0);
}

async function listingOf(
  { channels, output }: ClientRouteParts,
  viewer: Viewer,
  fields: URLSearchParams,
  listing: GuideListing,
  signal: CancelSignal,
): Promise<Reply> {
  const serial = serialOf(fields.get('stream_id'));
  const channel = shown(await channels.channelBySerial(serial, viewer, signal));
  return output.guideListings(channel, listing, signal);
}
