/**
 * Which variant of a `Representation` a client gets. Compression happens once per representation and
 * encoding; everyone who asks meanwhile waits for the same result.
 */
import type { Logger } from '../platform/log/logger.ts';
import type { Compression, Preference } from './accept-encoding.ts';
import { INLINE_BYTES_MAX, compressInline, type BodyCompressor } from './body-compressor.ts';
import { encodedEtag, type Encoding, type Representation, type Variant } from './representation.ts';

export interface ContentEncoderOptions {
  readonly small: BodyCompressor;
  /** For bodies from `LARGE_BYTES_MIN` on, which would keep libuv's few threads busy for long. */
  readonly large: BodyCompressor;
  readonly logger: Logger;
}

/** Below this a body fits one network packet anyway, and headers outweigh the gain. */
export const COMPRESS_BYTES_MIN = 1024;
export const LARGE_BYTES_MIN = 256 * 1024;
/** A result larger than this share of the identity bytes is thrown away. */
const WORTHWHILE_SHARE = 0.9;

export class ContentEncoder {
  readonly #options: ContentEncoderOptions;
  /** Running compressions. As many as requests that wait for them, which `InFlight` bounds. */
  readonly #running = {
    gzip: new Map<Representation, Promise<void>>(),
    br: new Map<Representation, Promise<void>>(),
  };

  constructor(options: ContentEncoderOptions) {
    this.#options = options;
  }

  /** The encoding that has to be made before `preference` can be satisfied, or null when all is there. */
  missing(representation: Representation, preference: Preference): Compression | null {
    if (representation.identity.bytes.byteLength < COMPRESS_BYTES_MIN) return null;
    const [first] = preference;
    const best = representation.isGzipAtHand && preference.includes('gzip') ? 'gzip' : first;
    return best !== undefined && representation[best] === undefined ? best : null;
  }

  /** Makes one encoding at once where that costs less than waiting: small bodies for few clients. False: use `prepare`. */
  prepareInline(representation: Representation, encoding: Compression): boolean {
    const { bytes, etag } = representation.identity;
    if (!representation.isForFew) return false;
    const own = encoding === 'gzip' ? (representation.ownGzip?.() ?? null) : null;
    if (own !== null) {
      representation.gzip = variantFrom(bytes, own, encodedEtag(etag, 'gzip', 'pieces'));
      return true;
    }
    if (bytes.byteLength > INLINE_BYTES_MAX) return false;
    representation[encoding] = variantFrom(
      bytes,
      compressInline(bytes, encoding),
      encodedEtag(etag, encoding, 'quick'),
    );
    return true;
  }

  /** Makes one encoding, or joins whoever makes it. Never rejects: on failure the encoding stays missing. */
  prepare(representation: Representation, encoding: Compression): Promise<void> {
    const running = this.#running[encoding];
    const joined = running.get(representation);
    if (joined !== undefined) return joined;
    const made = this.#compress(representation, encoding).finally(() =>
      running.delete(representation),
    );
    running.set(representation, made);
    return made;
  }

  async #compress(representation: Representation, encoding: Compression): Promise<void> {
    const { bytes, etag } = representation.identity;
    const compressor =
      bytes.byteLength < LARGE_BYTES_MIN ? this.#options.small : this.#options.large;
    try {
      const packed = await compressor.compress(bytes, encoding);
      representation[encoding] = variantFrom(bytes, packed, encodedEtag(etag, encoding, 'careful'));
    } catch (error) {
      this.#options.logger.debug(
        { error, encoding, bodyBytes: bytes.byteLength },
        'a body goes out uncompressed',
      );
    }
  }
}

/** The best encoding that is there now. */
export function chooseEncoding(representation: Representation, preference: Preference): Encoding {
  for (const encoding of preference) {
    if (representation[encoding] !== null && representation[encoding] !== undefined)
      return encoding;
  }
  return 'identity';
}

/** The bytes of one encoding; identity when it is not there. */
export function variantOf(representation: Representation, encoding: Encoding): Variant {
  return representation[encoding] ?? representation.identity;
}

/** Null when compressing did not pay. */
function variantFrom(bytes: Uint8Array, packed: Uint8Array, etag: string): Variant | null {
  return packed.byteLength <= bytes.byteLength * WORTHWHILE_SHARE
    ? { bytes: exactBuffer(packed), etag }
    : null;
}

/** The bytes in memory of their own: zlib returns a slice of a chunk, and `Buffer.from` one of a shared slab. */
function exactBuffer(bytes: Uint8Array): Buffer {
  if (bytes.buffer.byteLength === bytes.byteLength)
    return Buffer.from(bytes.buffer, 0, bytes.byteLength);
  const exact = Buffer.allocUnsafeSlow(bytes.byteLength);
  exact.set(bytes);
  return exact;
}
