/** Second step: the StreamSet of a title or episode, loaded with one or two statements when no tier has it. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { encodeStreamSet } from '../../lib/stream-set/encode.ts';
import { adoptStreamSet } from '../../lib/stream-set/decode.ts';
import { STREAM_SET_ROWS_MAX } from '../../lib/stream-set/format.ts';
import type { StreamRow } from '../../lib/stream/fields.ts';
import type { StreamSetMedia } from '../../lib/stream-set/row.ts';
import { SEARCH_PHASES, type SearchMark } from '../../lib/stream-set/search-mark.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import { STREAM_KINDS } from '../../lib/vocabulary.ts';
import type { LiveSearch, StreamSource } from './contract.ts';

/** Where the streams of a title are from, and who knows whether there may be more. */
export interface SetOrigin {
  readonly source: StreamSource;
  /** Null: nothing is searched on this instance. */
  readonly liveSearch: Pick<LiveSearch, 'markOf' | 'wanted'> | null;
}

/** What is loaded for a set: its rows, and how it is with the search for more. */
export interface LoadedStreams {
  readonly rows: readonly StreamRow[];
  readonly mark: SearchMark | null;
}

const TORRENT = STREAM_KINDS.indexOf('torrent');

/** Season and episode are 0 for movies. */
export function streamSetKey(mediaId: number, season: number, episode: number): string {
  return `${mediaId}:${season}:${episode}`;
}

/** Null when nothing plays this and nothing is searched (a negative entry). */
export async function loadStreamSet(
  { source, liveSearch }: SetOrigin,
  media: StreamSetMedia,
  signal: CancelSignal,
): Promise<StreamSet | null> {
  const { mediaId, season, episode } = media;
  const [rows, mark] = await Promise.all([
    source.loadStreams(mediaId, season, episode, signal),
    liveSearch?.markOf({ mediaId, season, episode }, signal) ?? null,
  ]);
  liveSearch?.wanted(media, rows.length);
  return packStreams(media, { rows, mark });
}

/** Null when nothing of the rows plays and there is no mark. Those beyond STREAM_SET_ROWS_MAX are left out. */
export function packStreams(
  media: StreamSetMedia,
  { rows, mark }: LoadedStreams,
): StreamSet | null {
  const playable = rows.filter(isPlayable).slice(0, STREAM_SET_ROWS_MAX);
  if (mark === null)
    return playable.length === 0 ? null : adoptStreamSet(encodeStreamSet(media, playable));
  // Where there is nothing yet, everybody waits for a renewal, too.
  const isAwaited = playable.length === 0 && mark.phase === SEARCH_PHASES.renewal;
  const shown = isAwaited ? { ...mark, phase: SEARCH_PHASES.due } : mark;
  return adoptStreamSet(encodeStreamSet(media, playable, shown));
}

/** A torrent without an infohash and a link without its target could only be shown broken. */
function isPlayable(row: StreamRow): boolean {
  return row.kind === TORRENT ? row.infohash !== null : row.locator !== '';
}
