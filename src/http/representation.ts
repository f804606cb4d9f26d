/**
 * Bytes of one answer and their encodings, shared by all requests that get the same answer.
 * Compressed variants are added once by `content-encoding.ts` and then shared, too.
 */
import { createHash } from 'node:crypto';

export type Encoding = 'identity' | 'gzip' | 'br';

/** Encoded bytes with the strong ETag of exactly these bytes (RFC 9110 section 8.8.3). */
export interface Variant {
  readonly bytes: Buffer;
  readonly etag: string;
  /** Header lines that are the same for every request, joined once by `header-block.ts`. */
  block?: HeaderBlock;
}

/** Header lines ready for one write; the name of the first one is written apart. */
export interface HeaderBlock {
  /** With content headers, for answers that carry or describe a body. */
  readonly full: Buffer;
  /** For 304 (RFC 9110 section 15.4.5). */
  readonly notModified: Buffer;
}

export interface RepresentationOptions {
  readonly contentType: string;
  readonly cacheControl: string;
  /** False for bytes that are compressed already (JPEG); then there is no `Vary: Accept-Encoding`. */
  readonly compressible: boolean;
  /**
   * Names these very bytes, in URL-safe characters, where the caller knows what they follow from: hashing 15 KB takes
   * 20 µs. Left out, the bytes are hashed.
   */
  readonly version?: string | undefined;
  /** One client or a handful will get these bytes: they are compressed fast. The same for every answer of one address. */
  readonly isForFew?: boolean | undefined;
  /**
   * Their gzip form, where the caller has a cheaper way than searching them; for few. The same bytes for the same answer,
   * which may be overwritten later. Null: not to be had.
   */
  readonly gzip?: (() => Uint8Array | null) | undefined;
  /** That way costs next to nothing: whoever takes gzip gets it, also who would rather have brotli. */
  readonly isGzipAtHand?: boolean | undefined;
}

export class Representation {
  readonly contentType: string;
  readonly cacheControl: string;
  readonly compressible: boolean;
  readonly identity: Variant;
  /** Set by `content-encoding.ts`; `null` means "tried, does not pay". */
  gzip: Variant | null | undefined = undefined;
  br: Variant | null | undefined = undefined;
  readonly isForFew: boolean;
  readonly ownGzip: (() => Uint8Array | null) | undefined;
  readonly isGzipAtHand: boolean;

  /** @param body bytes that are lent (`lib/json/lent-bytes.ts`) are for one request: they are recycled when they were written */
  constructor(body: Uint8Array, options: RepresentationOptions) {
    const bytes = Buffer.isBuffer(body)
      ? body
      : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    this.contentType = options.contentType;
    this.cacheControl = options.cacheControl;
    this.compressible = options.compressible;
    this.isForFew = options.isForFew === true;
    this.ownGzip = options.gzip;
    this.isGzipAtHand = options.isGzipAtHand === true;
    this.identity = {
      bytes,
      etag: options.version === undefined ? strongEtag(bytes, 'identity') : `"${options.version}"`,
    };
  }

  /** Upper estimate of the memory this object holds, for byte-bounded caches. */
  get sizeBytes(): number {
    return this.identity.bytes.byteLength * (this.compressible ? 2 : 1) + 512;
  }
}

const ETAG_SUFFIX = { identity: '', gzip: '-gz', br: '-br' } as const;

/** Strong ETag, quoted, derived from the identity bytes and the encoding's name. */
export function strongEtag(identity: Uint8Array, encoding: Encoding): string {
  const digest = createHash('sha1').update(identity).digest('base64url');
  return `"${digest}${ETAG_SUFFIX[encoding]}"`;
}

/** How a body was compressed: other bytes, so another ETag (RFC 9110 section 8.8.1). */
const EFFORT_SUFFIX = { careful: '', quick: '1', pieces: 'p' } as const;

/** The strong ETag of another encoding of the same bytes, without hashing them again. */
export function encodedEtag(
  identityEtag: string,
  encoding: Encoding,
  effort: keyof typeof EFFORT_SUFFIX,
): string {
  return `${identityEtag.slice(0, -1)}${ETAG_SUFFIX[encoding]}${EFFORT_SUFFIX[effort]}"`;
}
