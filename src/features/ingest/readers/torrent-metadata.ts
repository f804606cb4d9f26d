/** Name and files of a torrent of which only the infohash is known: of caches, of whoever's account has it, of sources. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import type { LineStream } from '../../../lib/import-line/stream-line.ts';
import type { ServiceEntry } from '../../../lib/user-config/own-services.ts';
import type { Logger } from '../../../platform/log/logger.ts';
import type { DebridServices, Transfer } from '../../debrid/contract.ts';
import type { TorrentLookup } from '../../sources/contract.ts';
import type { TorrentCaches } from './torrent-caches.ts';

export interface TorrentMetadataParts {
  readonly caches: Pick<TorrentCaches, 'complete'>;
  readonly services: Pick<DebridServices, 'open'>;
  readonly torrents: TorrentLookup;
  readonly logger: Logger;
}

export class TorrentMetadata {
  readonly #parts: TorrentMetadataParts;

  constructor(parts: TorrentMetadataParts) {
    this.#parts = parts;
  }

  /**
   * The same stream where nobody knows more. Nothing is added to any account.
   * @param accounts of whoever brings it @throws the signal's reason
   */
  async complete(
    brought: LineStream,
    accounts: readonly ServiceEntry[],
    signal: CancelSignal,
  ): Promise<LineStream> {
    const cached = await this.#parts.caches.complete(brought, signal);
    const { kind, infohash, files } = cached;
    if (kind !== 'torrent' || infohash === null || files.length > 0) return cached;
    const held = await this.#held(infohash, accounts, signal);
    const stream = held === null ? cached : withTransfer(cached, held);
    if (stream.name !== '') return stream;
    const found = await this.#parts.torrents.byInfohash(infohash, signal);
    if (found === null) return stream;
    const { name, sizeBytes, seeders, trackers, isPrivate } = found;
    return {
      ...stream,
      name,
      seeders,
      isPrivate,
      sizeBytes: stream.sizeBytes || sizeBytes,
      trackers: isPrivate ? [] : [...new Set([...stream.trackers, ...trackers])],
    };
  }

  async #held(
    infohash: string,
    accounts: readonly ServiceEntry[],
    signal: CancelSignal,
  ): Promise<Transfer | null> {
    for (const entry of accounts) {
      try {
        const found = await this.#heldBy(entry, infohash, signal);
        if (found !== null) return found;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof AppError)) throw error;
        this.#parts.logger.debug({ code: error.code }, 'an account says nothing of a torrent');
      }
    }
    return null;
  }

  async #heldBy(
    entry: ServiceEntry,
    infohash: string,
    signal: CancelSignal,
  ): Promise<Transfer | null> {
    const account = this.#parts.services.open(entry);
    const call = { signal, viewerIp: '' };
    const transfers = (await account.list?.(call)) ?? [];
    const held = transfers.find((each) => each.kind === 'torrent' && each.infohash === infohash);
    if (held === undefined) return null;
    return held.files.length > 0 ? held : account.refresh(held, call);
  }
}

/** Services number files their own way, so that their places in the torrent stay unknown. */
function withTransfer(stream: LineStream, { name, sizeBytes, files }: Transfer): LineStream {
  return {
    ...stream,
    name: stream.name || name,
    sizeBytes: stream.sizeBytes || sizeBytes,
    files: files.map(({ path, sizeBytes: bytes }) => ({
      path,
      sizeBytes: bytes,
      index: -1,
      part: undefined,
    })),
  };
}
