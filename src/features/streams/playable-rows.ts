/** Which rows of a set can be played, and the fields that say with what. */
import type { Buffer } from 'node:buffer';
import { NZB_LOCATOR_BYTES_MAX } from '../../lib/install-token/nzb-link.ts';
import { rowOfShown, serviceOfShown } from '../../lib/ranking/service-marks.ts';
import type { StreamSetMedia } from '../../lib/stream-set/row.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { ListSettings } from '../../lib/user-config/list-settings.ts';
import { STREAM_KINDS, type StreamKind } from '../../lib/vocabulary.ts';
import { rawBytes } from './labels.ts';

/**
 * Which field a kind's locator goes to. Usenet needs a service and acestream a proxy: Stremio plays neither without a
 * configuration, so their rows are never ranked without one.
 */
const LOCATOR_FIELDS: Partial<Readonly<Record<StreamKind, Buffer>>> = {
  http: rawBytes('"url":"'),
  youtube: rawBytes('"ytId":"'),
  external: rawBytes('"externalUrl":"'),
};
export const LOCATORS = STREAM_KINDS.map((kind) => LOCATOR_FIELDS[kind]);
export const TORRENT = STREAM_KINDS.indexOf('torrent');
export const HTTP = STREAM_KINDS.indexOf('http');
export const USENET = STREAM_KINDS.indexOf('usenet');

/** Whether a field exists that says what to play. */
function isShowable(kind: number): boolean {
  return kind === TORRENT || LOCATORS[kind] !== undefined;
}

/** Whether a service plays it by a link: the address of an NZB may be too long for one. */
function isLinkable(
  set: StreamSet,
  row: number,
  kind: number,
  shown: number,
  { services }: Pick<ListSettings, 'services'>,
): boolean {
  if (kind !== USENET) return true;
  const { locatorId, stringOffsets } = set.columns;
  const id = locatorId[row] ?? 0;
  const bytes = (stringOffsets[id + 1] ?? 0) - (stringOffsets[id] ?? 0);
  if (bytes === 0 || bytes > NZB_LOCATOR_BYTES_MAX) return false;
  const newsServer = services[serviceOfShown(shown)]?.newsServer ?? '';
  return newsServer === '' || !set.isSeries || isEpisodeAlone(set.name(row), set.media);
}

/** Stremio takes the largest file of a post: of a pack it would be another episode. */
function isEpisodeAlone(
  name: string,
  { season, episode }: Pick<StreamSetMedia, 'season' | 'episode'>,
): boolean {
  const [said, ...others] = name.matchAll(EPISODE_NUMBER);
  return (
    said !== undefined &&
    others.length === 0 &&
    Number(said[1]) === season &&
    Number(said[2]) === episode
  );
}

/** `S01E02`, but neither `S01E02-E03` nor `S01E02E03`. */
const EPISODE_NUMBER = /\bS(\d{1,4})[ ._-]?E(\d{1,4})(?![ ._]?[-&+E~][ ._]?E?\d|\d)/gi;

/** Whether there is something to play. @param entry as a ranking shows it: a row, or one with a service */
export function isWritable(
  set: StreamSet,
  entry: number,
  style: Pick<ListSettings, 'services'>,
): boolean {
  const row = rowOfShown(entry);
  const kind = set.columns.kind[row] ?? 0;
  return entry === row ? isShowable(kind) : isLinkable(set, row, kind, entry, style);
}

/** Browsers play MP4 over HTTPS; Stremio is told to play anything else by itself (SDK, stream responses). */
const WEB_READY = /^https:\/\/[^?#]+\.mp4(?:[?#]|$)/i;

export function isWebReady(set: StreamSet, locatorId: number): boolean {
  const { stringOffsets } = set.columns;
  return WEB_READY.test(
    set.heap.toString('latin1', stringOffsets[locatorId], stringOffsets[locatorId + 1]),
  );
}
