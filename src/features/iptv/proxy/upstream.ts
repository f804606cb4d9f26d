/** One connection to a source: its bytes as they come, until it ends, fails or falls silent. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { LIVE } from '../../../platform/fetch/connection-pools.ts';
import type { Fetcher } from '../../../platform/fetch/fetcher.ts';
import type { ChannelSource } from '../contract.ts';
import { SilenceLimit, type Patience } from './silence.ts';
import { playerHeaders } from './source-headers.ts';

/** A day and a half: whoever watches for longer is connected anew. */
const TOTAL_MS = 36 * 3_600_000;
const PLAYLIST_START = '#EXTM3U';

/** The source is a playlist: it is not to be passed on as it is. */
export class PlaylistFound extends Error {}

/**
 * Resolves when the source ends by itself.
 * @param patience asked again and again, as it may change
 * @throws AppError of the fetcher; `iptv.source-failed` for one that is silent, refuses, or sends a page in place of a picture;
 *   PlaylistFound
 */
export async function pullSource(
  fetcher: Fetcher,
  source: ChannelSource,
  patience: () => Patience,
  take: (piece: Uint8Array) => void,
  signal: CancelSignal,
): Promise<void> {
  using limit = new SilenceLimit(patience, TOTAL_MS, signal);
  let isFirst = true;
  const { userAgent, headers } = playerHeaders(source);
  const { status } = await fetcher.fetchBytes(source.url, {
    signal: limit.signal,
    timeoutMs: TOTAL_MS,
    bodyBytesMax: Number.MAX_SAFE_INTEGER,
    route: LIVE,
    headers,
    ...(userAgent !== undefined && { userAgent }),
    onBody: (piece, contentType) => {
      limit.heard();
      if (isFirst) checkStart(piece, contentType);
      isFirst = false;
      take(piece);
    },
  });
  if (status < 200 || status > 299) throw failed(`answered with status ${status}`);
}

function checkStart(piece: Uint8Array, contentType: string): void {
  const start = Buffer.from(piece.buffer, piece.byteOffset, Math.min(64, piece.byteLength));
  const text = start.toString('latin1').trimStart();
  if (/mpegurl/.test(contentType) || text.startsWith(PLAYLIST_START)) throw new PlaylistFound();
  if (/^(?:text\/html|application\/json|text\/xml)/.test(contentType) || text.startsWith('<'))
    throw failed('sent a page in place of a stream');
}

function failed(what: string): AppError {
  return new AppError('iptv.source-failed', `the provider ${what}`);
}
