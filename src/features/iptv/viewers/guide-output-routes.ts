/**
 * A viewer's guide, made while it goes out: a week of thousands of channels is more than is to lie in memory. Small ones are
 * kept, packed; who has the same version already gets 304.
 */
import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import { parseAcceptEncoding } from '../../../http/accept-encoding.ts';
import type { BodySource, Reply, Request } from '../../../http/route.ts';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { Guide } from '../../guide/contract.ts';
import type { Channel, ChannelLibrary } from '../contract.ts';
import { guidePieces, HOUR_MS } from './guide.ts';
import { isSince, type LastChanges } from './last-changes.ts';
import { allChannels } from './playlist.ts';
import type { Viewer } from './store.ts';

/** What a row has to read of the request. */
export const GUIDE_HEADERS = ['accept-encoding', 'if-modified-since', 'if-none-match'];

const TYPE = 'application/xml; charset=utf-8';
const CACHE_CONTROL = 'private, max-age=60';
const KEPT_BYTES_MAX = 8 * 2 ** 20;
const ONE_KEPT_BYTES_MAX = 2 * 2 ** 20;
const KEPT_MS = 3_600_000;
const CHUNK_BYTES = 64 * 1024;
/** Fast: a week of 2,000 channels is 150 MB. */
const GZIP_LEVEL = 3;

export class GuideOutput {
  readonly #channels: ChannelLibrary;
  readonly #guide: Guide;
  readonly #changes: LastChanges;
  /** Packed, by what they are the guide of. */
  readonly #kept = new LRUCache<string, Buffer>({
    maxSize: KEPT_BYTES_MAX,
    sizeCalculation: (bytes) => bytes.byteLength,
    ttl: KEPT_MS,
  });

  constructor(channels: ChannelLibrary, guide: Guide, changes: LastChanges) {
    this.#channels = channels;
    this.#guide = guide;
    this.#changes = changes;
  }

  async xmltv(viewer: Viewer, request: Request): Promise<Reply> {
    const { signal } = request;
    const since = request.header('if-modified-since');
    const hasTag = request.header('if-none-match') !== '';
    const isPacked = parseAcceptEncoding(request.header('accept-encoding')).includes('gzip');
    const channels = await allChannels(this.#channels, viewer, signal);
    // The same bytes for an hour.
    const nowMs = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
    const version = await this.#version(channels, nowMs, signal);
    const changedAt = await this.#changes.of(viewer.id, 'xmltv', version, signal);
    const headers = ['Vary', 'Accept-Encoding', 'Last-Modified', changedAt.toUTCString()];
    const isOld = !hasTag && isSince(since, changedAt);
    const stream = this.#source(channels, nowMs, version, isPacked);
    return {
      status: isOld ? 304 : 200,
      representation: null,
      headers: isPacked && !isOld ? [...headers, 'Content-Encoding', 'gzip'] : headers,
      stream,
    };
  }

  async #version(
    channels: readonly Channel[],
    nowMs: number,
    signal: CancelSignal,
  ): Promise<string> {
    const hash = createHash('sha256').update(String(nowMs));
    for (const { id, name, logo, tvgId } of channels)
      hash.update(`\n${id}\t${name}\t${logo}\t${tvgId}`);
    hash.update(
      await this.#guide.version(
        channels.map(({ id }) => id),
        signal,
      ),
    );
    return hash.digest('base64url').slice(0, 22);
  }

  #source(
    channels: readonly Channel[],
    nowMs: number,
    version: string,
    isPacked: boolean,
  ): BodySource {
    const kept = isPacked ? this.#kept.get(version) : undefined;
    const open = (signal: CancelSignal) => {
      if (kept !== undefined) return onePiece(kept);
      const plain = chunks(guidePieces(this.#guide, channels, nowMs, signal));
      return isPacked ? this.#keeping(version, packed(plain)) : plain;
    };
    return {
      contentType: TYPE,
      cacheControl: CACHE_CONTROL,
      bodyBytes: kept?.byteLength ?? null,
      etag: `"${version}${isPacked ? '-gz' : ''}"`,
      open,
    };
  }

  async *#keeping(version: string, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let bytes = 0;
    const all: Buffer[] = [];
    for await (const piece of pieces) {
      bytes += piece.byteLength;
      if (bytes <= ONE_KEPT_BYTES_MAX) all.push(piece);
      else all.length = 0;
      yield piece;
    }
    if (bytes <= ONE_KEPT_BYTES_MAX) this.#kept.set(version, Buffer.concat(all));
  }
}

// oxlint-disable-next-line require-await -- the form of a body
async function* onePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** Pieces of text as chunks that are worth a write; each is overwritten by the next one. */
async function* chunks(pieces: AsyncIterable<string>): AsyncGenerator<Buffer> {
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  let filled = 0;
  for await (const piece of pieces) {
    const bytes = Buffer.byteLength(piece);
    if (filled + bytes > CHUNK_BYTES && filled > 0) {
      yield chunk.subarray(0, filled);
      filled = 0;
    }
    if (bytes > CHUNK_BYTES) yield Buffer.from(piece);
    else filled += chunk.write(piece, filled);
  }
  yield chunk.subarray(0, filled);
}

async function* copied(chunksOfOne: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunksOfOne) yield Buffer.from(chunk);
}

async function* packed(plain: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gzip = createGzip({ level: GZIP_LEVEL, chunkSize: CHUNK_BYTES });
  // The stream holds more than one.
  const done = pipeline(copied(plain), gzip);
  done.catch(() => undefined);
  for await (const piece of gzip as AsyncIterable<Buffer>) yield piece;
  await done;
}
