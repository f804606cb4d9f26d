/** A viewer's channels as a network tuner: what recorders ask one for. */
import { Representation } from '../../../http/representation.ts';
import type { Reply, Request, Route, TrafficClass } from '../../../http/route.ts';
import { deviceDescription, discovery, LINEUP_STATUS, type Tuner } from './hdhomerun.ts';
import { LIST_CACHE_CONTROL } from './kept-list-routes.ts';
import { listReply, type ViewerOutput } from './output-routes.ts';
import { viewerUrl } from './playlist.ts';
import type { Viewers } from './viewers.ts';

export type ClientRow = (
  name: string,
  pattern: string,
  handler: Route['handler'],
  traffic?: TrafficClass,
) => Route;

export interface TunerRouteParts {
  readonly viewers: Viewers;
  readonly output: ViewerOutput;
  readonly naming: { readonly name: string; readonly version: string };
}

const XML_TYPE = 'application/xml; charset=utf-8';
const SCAN_BYTES_MAX = 4096;

export function tunerRoutes(
  { viewers, output, naming }: TunerRouteParts,
  row: ClientRow,
): readonly Route[] {
  const tunerOf = async ({
    parameters: [token = ''],
    baseUrl,
    signal,
  }: Request): Promise<Tuner> => {
    const viewer = await viewers.ofToken(token, signal);
    const { most } = await viewers.streams(viewer, signal);
    return { ...naming, url: viewerUrl(baseUrl, token), token, streamsMax: most };
  };
  const checked = async ({ parameters: [token = ''], signal }: Request, reply: Reply) => {
    await viewers.ofToken(token, signal);
    return reply;
  };
  return [
    row('tuner', '/iptv/:token/discover.json', async (request) =>
      listReply(discovery(await tunerOf(request))),
    ),
    row('tuner-device', '/iptv/:token/device.xml', async (request) =>
      xmlReply(deviceDescription(await tunerOf(request))),
    ),
    row('tuner-status', '/iptv/:token/lineup_status.json', (request) =>
      checked(request, listReply(LINEUP_STATUS)),
    ),
    {
      // The list is always whole: a scan is over as soon as it begins.
      ...row('tuner-scan', '/iptv/:token/lineup.post', (request) =>
        checked(request, { status: 200, representation: null }),
      ),
      method: 'POST',
      cachePolicy: 'no-store',
      bodyBytesMax: SCAN_BYTES_MAX,
    },
    row('tuner-lineup', '/iptv/:token/lineup.json', async (request) => {
      const [token = ''] = request.parameters;
      const viewer = await viewers.ofToken(token, request.signal);
      return output.lineup(viewer, viewerUrl(request.baseUrl, token), request.signal);
    }),
  ];
}

function xmlReply(text: string): Reply {
  return {
    status: 200,
    representation: new Representation(Buffer.from(text), {
      contentType: XML_TYPE,
      cacheControl: LIST_CACHE_CONTROL,
      compressible: true,
      isForFew: true,
    }),
  };
}
