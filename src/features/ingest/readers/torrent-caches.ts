/** Name and files of a torrent of which only the infohash is known: its `.torrent`, from where operators say that some are. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import type { LineStream } from '../../../lib/import-line/stream-line.ts';
import { TORRENT_BYTES_MAX } from '../../../lib/torrent/torrent-file.ts';
import type { Fetcher } from '../../../platform/fetch/fetcher.ts';
import type { Logger } from '../../../platform/log/logger.ts';
import { torrentStream } from './torrent.ts';

export interface TorrentCacheParts {
  readonly fetcher: Fetcher;
  /** Addresses with `{infohash}` or `{INFOHASH}` in them, asked in this order. */
  readonly urls: readonly string[];
  readonly logger: Logger;
}

const TIMEOUT_MS = 8000;

export class TorrentCaches {
  readonly #parts: TorrentCacheParts;

  constructor(parts: TorrentCacheParts) {
    this.#parts = parts;
  }

  /** The same stream where nobody has it; with the name that it was brought with. Rejects with the signal's reason alone. */
  async complete(stream: LineStream, signal: CancelSignal): Promise<LineStream> {
    const { kind, infohash, files, name, trackers } = stream;
    if (kind !== 'torrent' || infohash === null || files.length > 0) return stream;
    for (const url of this.#parts.urls) {
      const found = await this.#ask(url, infohash, signal);
      if (found !== null)
        return {
          ...found,
          name: name || found.name,
          // Those of a private torrent are its members' alone.
          trackers: found.isPrivate ? [] : [...new Set([...found.trackers, ...trackers])],
        };
    }
    return stream;
  }

  async #ask(url: string, infohash: string, signal: CancelSignal): Promise<LineStream | null> {
    const { fetcher, logger } = this.#parts;
    try {
      const { status, bytes } = await fetcher.fetchBytes(addressOf(url, infohash), {
        signal,
        timeoutMs: TIMEOUT_MS,
        bodyBytesMax: TORRENT_BYTES_MAX,
        acceptsCompressed: true,
        route: { lane: 'shared', proxyUrl: null, trustedOrigins: [new URL(url).origin] },
      });
      if (status < 200 || status >= 300) return null;
      const found = torrentStream(bytes);
      // What has another infohash is another torrent, whatever its address says.
      return found.infohash === infohash ? found : null;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      logger.debug({ code: error.code }, 'a torrent cache has no usable torrent');
      return null;
    }
  }
}

function addressOf(url: string, infohash: string): string {
  return url.replaceAll('{infohash}', infohash).replaceAll('{INFOHASH}', infohash.toUpperCase());
}
