/** Bodies as they were before compression, piece by piece: nothing is held but the piece and the decoder's window. */
import { pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { AppError } from '../../lib/errors.ts';

/** Sent as `Accept-Encoding`. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

const PIECE_BYTES = 64 * 1024;
/** Compression method of a zlib header (RFC 1950): `deflate` without it is what some servers send. */
const ZLIB_METHOD = 8;

/**
 * @param encoding value of `Content-Encoding`, lower case
 * @throws AppError `fetch.failed` for one that was not accepted; errors of zlib for broken data
 */
export async function* decompressed(
  body: AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const pieces = body[Symbol.asyncIterator]();
  try {
    const first = await pieces.next();
    // Some servers name an encoding of nothing.
    if (first.done === true) return;
    const decoder = decoderOf(encoding, first.value);
    // What goes wrong on either side ends the loop with it.
    pipeline(resumed(first.value, pieces), decoder, () => {});
    for await (const piece of decoder as AsyncIterable<Buffer>) yield piece;
  } finally {
    await pieces.return?.();
  }
}

async function* resumed(
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function decoderOf(encoding: string, first: Uint8Array) {
  const options = { chunkSize: PIECE_BYTES };
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip(options);
    case 'deflate':
      return ((first[0] ?? 0) & 0x0f) === ZLIB_METHOD
        ? createInflate(options)
        : createInflateRaw(options);
    case 'br':
      return createBrotliDecompress(options);
    default:
      throw new AppError('fetch.failed', 'the answer is compressed in a way that was not accepted');
  }
}
