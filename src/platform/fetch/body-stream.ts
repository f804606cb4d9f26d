/** A body as it comes from its server: what is not read yet is not fetched. */
import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { abortSignalOf, type CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { Fetcher } from './fetcher.ts';

/** As it is sent. */
const BODY_BYTES_MAX = 8 * 2 ** 30;
const TIMEOUT_MS = 3_600_000;

/**
 * @param server how messages call it: `the server of the guide`
 * @throws AppError `fetch.…`; its message names no address, for that may hold a password
 */
export async function* bodyStream(
  fetcher: Pick<Fetcher, 'fetchBytes'>,
  url: string,
  server: string,
  signal: CancelSignal,
): AsyncGenerator<Uint8Array> {
  const left = new AbortController();
  const either = AbortSignal.any([abortSignalOf(signal), left.signal]);
  const pieces = new PassThrough({ highWaterMark: 2 ** 20 });
  const fetching = fetcher
    .fetchBytes(url, {
      signal: either,
      timeoutMs: TIMEOUT_MS,
      bodyBytesMax: BODY_BYTES_MAX,
      acceptsCompressed: true,
      onBody: async (piece) => {
        if (!pieces.write(piece)) await once(pieces, 'drain', { signal: either });
      },
    })
    .then(({ status }) => {
      if (status >= 200 && status < 300) pieces.end();
      else throw new AppError('fetch.failed', `${server} answers ${status}`);
    })
    .catch((error: unknown) => {
      pieces.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  try {
    for await (const piece of pieces as AsyncIterable<Uint8Array>) yield piece;
  } finally {
    left.abort();
    await fetching;
  }
}
