/** One connection to a source: its bytes as they come, until it ends, fails or falls silent. */
import { Deadline } from '../../../lib/async/deadline.ts';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { LIVE } from '../../../platform/fetch/connection-pools.ts';
import type { Fetcher } from '../../../platform/fetch/fetcher.ts';
import type { ChannelSource } from '../contract.ts';
import { playerHeaders } from './source-headers.ts';

export interface Patience {
  /** Until the first byte has come, in milliseconds. */
  readonly startMs: number;
  /** Without any byte after that. */
  readonly silenceMs: number;
}

/** A day and a half: whoever watches for longer is connected anew. */
const TOTAL_MS = 36 * 3_600_000;
const LOOK_MS = 200;
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
  using deadline = new Deadline({ timeoutMs: TOTAL_MS, failure: silent, parent: signal });
  let heardAtMs = performance.now();
  let isFirst = true;
  const timer = setInterval(() => {
    const { startMs, silenceMs } = patience();
    if (performance.now() - heardAtMs > (isFirst ? startMs : silenceMs)) deadline.abort(silent());
  }, LOOK_MS);
  const { userAgent, headers } = playerHeaders(source);
  try {
    const { status } = await fetcher.fetchBytes(source.url, {
      signal: deadline.signal,
      timeoutMs: TOTAL_MS,
      bodyBytesMax: Number.MAX_SAFE_INTEGER,
      route: LIVE,
      headers,
      ...(userAgent !== undefined && { userAgent }),
      onBody: (piece, contentType) => {
        heardAtMs = performance.now();
        if (isFirst) checkStart(piece, contentType);
        isFirst = false;
        take(piece);
      },
    });
    if (status < 200 || status > 299) throw failed(`answered with status ${status}`);
  } finally {
    clearInterval(timer);
  }
}

function checkStart(piece: Uint8Array, contentType: string): void {
  const start = Buffer.from(piece.buffer, piece.byteOffset, Math.min(64, piece.byteLength));
  const text = start.toString('latin1').trimStart();
  if (/mpegurl/.test(contentType) || text.startsWith(PLAYLIST_START)) throw new PlaylistFound();
  if (/^(?:text\/html|application\/json|text\/xml)/.test(contentType) || text.startsWith('<'))
    throw failed('sent a page in place of a stream');
}

function silent(): AppError {
  return failed('sent nothing for too long');
}

function failed(what: string): AppError {
  return new AppError('iptv.source-failed', `the provider ${what}`);
}
