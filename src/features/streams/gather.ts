/** Second step: the StreamSet of a title or episode, loaded with one statement as a rule when no tier has it. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { encodeStreamSet } from '../../lib/stream-set/encode.ts';
import { adoptStreamSet } from '../../lib/stream-set/decode.ts';
import { STREAM_SET_ROWS_MAX } from '../../lib/stream-set/format.ts';
import type { StreamRow } from '../../lib/stream/fields.ts';
import type { StreamSetMedia } from '../../lib/stream-set/row.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import { STREAM_KINDS } from '../../lib/vocabulary.ts';
import type { StreamSource } from './contract.ts';

const TORRENT = STREAM_KINDS.indexOf('torrent');

/** Season and episode are 0 for movies. */
export function streamSetKey(mediaId: number, season: number, episode: number): string {
  return `${mediaId}:${season}:${episode}`;
}

/** Null when nothing plays this (a negative entry). */
export async function loadStreamSet(
  source: StreamSource,
  media: StreamSetMedia,
  signal: CancelSignal,
): Promise<StreamSet | null> {
  return packStreams(
    media,
    await source.loadStreams(media.mediaId, media.season, media.episode, signal),
  );
}

/** Null when nothing of `rows` plays. Those beyond STREAM_SET_ROWS_MAX are left out. */
export function packStreams(media: StreamSetMedia, rows: readonly StreamRow[]): StreamSet | null {
  const playable = rows.filter(isPlayable).slice(0, STREAM_SET_ROWS_MAX);
  return playable.length === 0 ? null : adoptStreamSet(encodeStreamSet(media, playable));
}

/** A torrent without an infohash and a link without its target could only be shown broken. */
function isPlayable(row: StreamRow): boolean {
  return row.kind === TORRENT ? row.infohash !== null : row.locator !== '';
}
