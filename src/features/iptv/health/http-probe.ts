/** Looks at a source as a player does: its first bytes, or those of a segment where it is a playlist. */
import { createHash } from 'node:crypto';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { leadOf, startOf } from '../../../lib/iptv/stream-start.ts';
import type { Fetcher } from '../../../platform/fetch/fetcher.ts';
import type { CheckedSource, SourceAnswer, SourceProbe } from './contract.ts';
import type { Pictures } from './pictures.ts';

export interface HttpProbeParts {
  readonly fetcher: Pick<Fetcher, 'fetchBytes'>;
  readonly pictures: Pictures;
}

const TIMEOUT_MS = 10_000;
/** Enough of a stream to hold a picture. */
const LOOKED_AT_BYTES = 512 * 1024;
const PLAYLIST_BYTES_MAX = 2 * 2 ** 20;
/** List of variants, playlist, segment. */
const STEPS_MAX = 3;
const WEB = /^https?:/i;

/** Enough has come. */
class Enough extends Error {}

export class HttpProbe implements SourceProbe {
  readonly #parts: HttpProbeParts;

  constructor(parts: HttpProbeParts) {
    this.#parts = parts;
  }

  async look(source: CheckedSource, signal: CancelSignal): Promise<SourceAnswer> {
    // Players open other protocols; nobody here can.
    if (!WEB.test(source.url)) return { failure: '', fingerprint: '' };
    try {
      return await this.#follow(source, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof AppError) return failed(error.message);
      throw error;
    }
  }

  async #follow(source: CheckedSource, signal: CancelSignal): Promise<SourceAnswer> {
    let url = source.url;
    for (let step = 0; step < STEPS_MAX; step++) {
      const { status, bytes, contentType, endUrl } = await this.#first(url, source, signal);
      if (status < 200 || status > 299) return failed(`answers with status ${status}`);
      const start = startOf(bytes, contentType);
      if (start === 'nothing') return failed('answers, and sends nothing');
      if (start === 'page') return failed('sends a page in place of a stream');
      if (start === 'stream') return this.#playing(bytes, signal);
      const lead = leadOf(new TextDecoder().decode(bytes), endUrl);
      if (lead === null) return failed('sends a playlist that lists nothing');
      url = lead.url;
    }
    return failed('its playlists lead to playlists alone');
  }

  async #playing(bytes: Uint8Array, signal: CancelSignal): Promise<SourceAnswer> {
    const still = await this.#parts.pictures.still(bytes, signal);
    // Without a decoder equal bytes alone are known to be equal pictures.
    const fingerprint =
      still === '' ? createHash('sha256').update(bytes).digest('base64url') : still;
    return { failure: '', fingerprint };
  }

  async #first(url: string, { userAgent, referrer }: CheckedSource, signal: CancelSignal) {
    const pieces: Uint8Array[] = [];
    let [length, contentType, isPlaylist] = [0, '', false];
    const headers = {
      range: `bytes=0-${LOOKED_AT_BYTES - 1}`,
      ...(userAgent === '' ? {} : { 'user-agent': userAgent }),
      ...(referrer === '' ? {} : { referer: referrer }),
    };
    try {
      const answer = await this.#parts.fetcher.fetchBytes(url, {
        signal,
        timeoutMs: TIMEOUT_MS,
        bodyBytesMax: Number.MAX_SAFE_INTEGER,
        headers,
        onBody: (piece, type) => {
          contentType = type;
          pieces.push(piece);
          length += piece.byteLength;
          isPlaylist ||= pieces.length === 1 && startOf(piece, type) === 'playlist';
          if (length >= (isPlaylist ? PLAYLIST_BYTES_MAX : LOOKED_AT_BYTES)) throw new Enough();
        },
      });
      return {
        status: answer.status,
        bytes: Buffer.concat(pieces),
        contentType,
        endUrl: answer.url,
      };
    } catch (error) {
      // A live stream never ends: what came until the time was over will do.
      const isSlow = error instanceof AppError && error.code === 'fetch.timeout' && length > 0;
      if (!(error instanceof Enough) && !isSlow) throw error;
      return { status: 200, bytes: Buffer.concat(pieces), contentType, endUrl: url };
    }
  }
}

function failed(failure: string): SourceAnswer {
  return { failure, fingerprint: '' };
}
