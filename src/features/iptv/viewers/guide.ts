/** A viewer's guide: as XMLTV for all of their channels, in Xtream's form and in words for one. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { xmltvChannel, xmltvHead, xmltvProgramme, XMLTV_TAIL } from '../../../lib/xmltv/write.ts';
import type { Guide, NowAndNext, ShownProgramme } from '../../guide/contract.ts';
import type { Channel } from '../contract.ts';

const GENERATOR = 'Sluice';
export const HOUR_MS = 3_600_000;
const PAST_MS = 2 * HOUR_MS;
const DAY_MS = 24 * HOUR_MS;
const AHEAD_MS = 7 * DAY_MS;
/** Of one channel. */
const LISTED_MAX = 2000;
/** What the Xtream API gives where a client names no number. */
const SHORT_LISTED = 4;

/** What lists call the channel, too: the id that players look for in the guide. */
export function guideId({ id, tvgId }: Channel): string {
  return tvgId === '' ? id : tvgId;
}

/** Where two channels have one id, the first one's programmes are the guide of both. */
export async function* guidePieces(
  guide: Guide,
  channels: readonly Channel[],
  nowMs: number,
  signal: CancelSignal,
): AsyncGenerator<string> {
  const first = new Map<string, Channel>();
  for (const channel of channels)
    if (!first.has(guideId(channel))) first.set(guideId(channel), channel);
  yield xmltvHead(GENERATOR);
  const idsOfListed = new Map<string, string>();
  for (const [id, channel] of first) {
    idsOfListed.set(channel.id, id);
    const names = [{ text: channel.name, lang: '' }];
    yield xmltvChannel({ id, names, iconUrl: channel.logo });
  }
  const listed = [...idsOfListed.keys()];
  for await (const batch of guide.programmes(listed, nowMs - PAST_MS, nowMs + AHEAD_MS, signal))
    for (const programme of batch) {
      const channelId = idsOfListed.get(programme.listedId) ?? programme.channelId;
      yield xmltvProgramme({ ...programme, channelId });
    }
  yield XMLTV_TAIL;
}

/** Which programmes of a channel a client asks for, the first one first. */
export interface GuideListing {
  readonly fromMs: number;
  readonly untilMs: number;
  readonly programmesMax: number;
}

/** From now on. @param limit as the client names it */
export function shortListing(limit: string, nowMs: number): GuideListing {
  const programmesMax = /^[1-9]\d{0,2}$/.test(limit) ? Number(limit) : SHORT_LISTED;
  return { fromMs: nowMs, untilMs: nowMs + 2 * DAY_MS, programmesMax };
}

/** All that a guide may keep of it. */
export function wholeListing(nowMs: number): GuideListing {
  return {
    fromMs: nowMs - 7 * DAY_MS,
    untilMs: nowMs + 21 * DAY_MS,
    programmesMax: LISTED_MAX,
  };
}

/** What is made up is left out. */
export async function listedProgrammes(
  guide: Guide,
  channel: Channel,
  { fromMs, untilMs, programmesMax }: GuideListing,
  signal: CancelSignal,
): Promise<readonly ShownProgramme[]> {
  const listed: ShownProgramme[] = [];
  for await (const batch of guide.programmes([channel.id], fromMs, untilMs, signal)) {
    listed.push(...batch.filter(isReal));
    if (listed.length >= programmesMax) break;
  }
  return listed.slice(0, programmesMax);
}

/** Xtream's answer, with texts in base64 and times in UTC. */
export function guideListings(
  channel: Channel,
  programmes: readonly ShownProgramme[],
  nowMs: number,
) {
  return {
    epg_listings: programmes.map((programme) => ({
      id: String(programme.startMs / 1000),
      epg_id: guideId(channel),
      title: base64(firstText(programme.titles)),
      lang: programme.titles[0]?.lang ?? '',
      start: utcTime(programme.startMs),
      end: utcTime(programme.stopMs),
      description: base64(firstText(programme.descriptions)),
      channel_id: guideId(channel),
      start_timestamp: String(Math.floor(programme.startMs / 1000)),
      stop_timestamp: String(Math.floor(programme.stopMs / 1000)),
      now_playing: programme.startMs <= nowMs && nowMs < programme.stopMs ? 1 : 0,
      has_archive: 0,
    })),
  };
}

/** `Now: … · Next: …`; empty where no guide says anything. */
export function nowAndNextText({ now, next }: NowAndNext): string {
  const said = [
    isReal(now) ? `Now: ${firstText(now.titles)}` : '',
    isReal(next) ? `Next: ${firstText(next.titles)}` : '',
  ];
  return said.filter((text) => text !== '').join(' · ');
}

function isReal(programme: ShownProgramme | null): programme is ShownProgramme {
  return programme !== null && !programme.isDummy;
}

function firstText(texts: ShownProgramme['titles']): string {
  return texts[0]?.text ?? '';
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function utcTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}
