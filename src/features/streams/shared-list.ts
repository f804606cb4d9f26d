/**
 * A list with links, as it is for all users whose settings and whose services' answers are the same: it has gaps where the
 * tokens of one user go. Written once, and compressed once for those who take it so.
 */
import type { Buffer } from 'node:buffer';
import { GappedGzip } from '../../lib/deflate/gapped-gzip.ts';
import type { GappedText } from '../../lib/deflate/gapped-text.ts';

/** Of a compressed list, known before it is compressed: a quarter of the plain one, roughly. */
const GZIP_SHARE = 1 / 4;
/** An object of two numbers. */
const BYTES_PER_GAP = 40;

export class SharedList {
  readonly text: GappedText;
  /** Null: not to be had. */
  #gzip: GappedGzip | null | undefined = undefined;

  constructor(text: GappedText) {
    this.text = text;
  }

  /** Memory that it holds, with its compressed form. */
  get sizeBytes(): number {
    const { bytes, gaps } = this.text;
    return Math.ceil(bytes.byteLength * (1 + GZIP_SHARE)) + BYTES_PER_GAP * gaps.length;
  }

  /** The gzip form of `copy`, in which these tokens are. */
  gzipOf(copy: Uint8Array, tokens: readonly Uint8Array[]): Buffer | null {
    if (this.#gzip === undefined) this.#gzip = GappedGzip.of(this.text);
    return this.#gzip?.fill(copy, tokens) ?? null;
  }
}
