/** A viewer's list of channels as M3U. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { m3uEntry, m3uHeader } from '../../../lib/m3u/write.ts';
import type { Channel, ChannelLibrary, ChannelRights } from '../contract.ts';
import type { VodPart, VodTitle } from '../vod/contract.ts';

const PAGE_CHANNELS = 5000;
const CHANNELS_MAX = 200_000;

/** @param viewerUrl what the addresses of its channels begin with: it holds the viewer's token */
export async function playlistText(
  library: ChannelLibrary,
  viewerUrl: string,
  rights: ChannelRights,
  signal: CancelSignal,
): Promise<string> {
  const channels = await allChannels(library, rights, signal);
  const hasNumbers = channels.every(({ number }) => number !== null);
  const entries = channels.map((channel) =>
    m3uEntry(listedChannel(channel, viewerUrl), hasNumbers),
  );
  return m3uHeader(`${viewerUrl}/guide.xml`) + entries.join('');
}

export async function allChannels(
  library: ChannelLibrary,
  { groups, providers }: ChannelRights,
  signal: CancelSignal,
): Promise<readonly Channel[]> {
  const all: Channel[] = [];
  const chosen = { groups, providers, group: '', search: '', includesHidden: false };
  while (all.length < CHANNELS_MAX) {
    const page = { ...chosen, after: all.at(-1)?.id ?? '', skip: 0, limit: PAGE_CHANNELS };
    const channels = await library.channels(page, signal);
    all.push(...channels);
    if (channels.length < PAGE_CHANNELS) break;
  }
  return all;
}

/** The same for ever: players know a channel by its name and address. */
export function channelUrl(viewerUrl: string, channelId: string): string {
  return `${viewerUrl}/live/${channelId}`;
}

/** What the addresses of a viewer begin with. */
export function viewerUrl(baseUrl: string, token: string): string {
  return `${baseUrl}/iptv/${token}`;
}

/** Where a film or an episode plays: the same for ever. */
export function vodUrl(viewerUrl: string, { id, kind }: VodTitle, part: VodPart): string {
  return kind === 'movie'
    ? `${viewerUrl}/movie/${id}`
    : `${viewerUrl}/episode/${id}/${part.season}/${part.episode}`;
}

/** A channel as its entry says it, with addresses of the viewer. */
function listedChannel(channel: Channel, url: string) {
  const { id, catchupDays } = channel;
  const catchupUrl = catchupDays === 0 ? '' : `${url}/catchup/${id}?utc={utc}&utcend={utcend}`;
  return { ...channel, catchupUrl, url: channelUrl(url, id) };
}
