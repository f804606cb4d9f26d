/**
 * gzip (RFC 1952) of a text with gaps, compressed once: the first gap of each filling stands in a stored block, at a known
 * byte, and all that follow repeat it, so that a copy is compressed by writing its fillings into as many places as there are
 * fillings (docs/decisions/0018-spliced-lists.md).
 */
import { Buffer } from 'node:buffer';
import { constants, crc32, deflateRawSync, gunzipSync } from 'node:zlib';
import { fillGaps, type Gap, type GappedText } from './gapped-text.ts';

/** Magic, deflate, no flags, no time, no effort told, unknown system (RFC 1952 section 2.3). */
const GZIP_HEAD = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
/** What repeats is found up to here back: DEFLATE's window without what zlib needs of it for itself. */
const REACH_BYTES = 32_768 - 262;
/** A flush ends with the length of an empty stored block and its complement (RFC 1951 section 3.2.4). */
const STORED_LENGTH_BYTES = 4;
const TRAILER_BYTES = 8;
/** Lower ones do not find all repetitions of a gap; higher ones take twice as long for 2 %. */
const LEVEL = 4;
/** None of them stands in a gap that is not filled; there are 128. */
const PROOF_BYTES_FROM = 0x80;

export class GappedGzip {
  readonly #bytes: Buffer;
  /** Those that are stored, by their place in `#bytes`. */
  readonly #gaps: readonly Gap[];

  private constructor(bytes: Buffer, gaps: readonly Gap[]) {
    this.#bytes = bytes;
    this.#gaps = gaps;
  }

  /** Null where it was not found to be right: a gap is not a repetition of another one as a whole. */
  static of(text: GappedText): GappedGzip | null {
    const made = compress(text);
    return isRight(text, made) ? made : null;
  }

  get sizeBytes(): number {
    return this.#bytes.byteLength;
  }

  /** @param copy the text, with the same fillings */
  fill(copy: Uint8Array, fillings: readonly Uint8Array[]): Buffer {
    const bytes = Buffer.allocUnsafeSlow(this.#bytes.byteLength);
    this.#bytes.copy(bytes);
    fillGaps(bytes, this.#gaps, fillings);
    bytes.writeUInt32LE(crc32(copy), bytes.byteLength - TRAILER_BYTES);
    return bytes;
  }

  /** Puts the parts together, with room for the checksum. */
  static from(parts: readonly Uint8Array[], gaps: readonly Gap[], textLength: number): GappedGzip {
    const trailer = Buffer.alloc(TRAILER_BYTES);
    trailer.writeUInt32LE(textLength, TRAILER_BYTES / 2);
    const joined = Buffer.concat([...parts, trailer]);
    const bytes = Buffer.allocUnsafeSlow(joined.byteLength);
    joined.copy(bytes);
    return new GappedGzip(bytes, gaps);
  }
}

function compress({ bytes, gaps, gapLength }: GappedText): GappedGzip {
  const parts: Uint8Array[] = [GZIP_HEAD];
  const stored: Gap[] = [];
  const lastOf = new Map<number, number>();
  let from = 0;
  let at = GZIP_HEAD.byteLength;
  for (const { start, filling } of gaps) {
    const last = lastOf.get(filling);
    lastOf.set(filling, start);
    if (last !== undefined && start - last <= REACH_BYTES) continue;
    const part = deflated(bytes, from, start, constants.Z_SYNC_FLUSH);
    part.writeUInt16LE(gapLength, part.byteLength - STORED_LENGTH_BYTES);
    part.writeUInt16LE(0xffff - gapLength, part.byteLength - STORED_LENGTH_BYTES / 2);
    parts.push(part, bytes.subarray(start, start + gapLength));
    at += part.byteLength;
    stored.push({ start: at, filling });
    at += gapLength;
    from = start + gapLength;
  }
  parts.push(deflated(bytes, from, bytes.byteLength, constants.Z_FINISH));
  return GappedGzip.from(parts, stored, bytes.byteLength);
}

/** From `from` to `end`, with what is before it to be repeated. */
function deflated(bytes: Uint8Array, from: number, end: number, finishFlush: number): Buffer {
  const dictionary = bytes.subarray(Math.max(0, from - REACH_BYTES), from);
  return deflateRawSync(bytes.subarray(from, end), {
    level: LEVEL,
    finishFlush,
    ...(from === 0 ? {} : { dictionary }),
  });
}

/** With bytes in the gaps that are all different, and others than before, it inflates to exactly these: so it does with any. */
function isRight(text: GappedText, made: GappedGzip): boolean {
  const copy = Buffer.from(text.bytes);
  const count = Math.max(-1, ...text.gaps.map(({ filling }) => filling)) + 1;
  const proof = Array.from({ length: count }, (_, filling) =>
    Uint8Array.from({ length: text.gapLength }, (__, at) => {
      const place = filling * text.gapLength + at;
      return PROOF_BYTES_FROM + (place % (0x100 - PROOF_BYTES_FROM));
    }),
  );
  text.fill(copy, proof);
  try {
    return gunzipSync(made.fill(copy, proof)).equals(copy);
  } catch {
    return false;
  }
}
