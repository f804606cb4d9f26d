/** The body of a request, collected from native chunks up to a bound. */
import { Buffer } from 'node:buffer';
import { AppError } from '../lib/errors.ts';
import type { BodyShare } from './body-budget.ts';
import type { NativeResponse } from './uws.ts';

export interface BodyLimits {
  /** Value of Content-Length, or NaN. */
  readonly announcedBytes: number;
  readonly bytesMax: number;
  readonly share: Pick<BodyShare, 'take'>;
}

/**
 * Must be called before the request's native handler returns. Calls `done` once with the whole body, or `fail` once
 * with `request.body-too-large`, or what the share throws; neither when the client goes away before the end.
 */
export function readBody(
  response: NativeResponse,
  { announcedBytes, bytesMax, share }: BodyLimits,
  done: (body: Buffer) => void,
  fail: (error: unknown) => void,
): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  let isOver = announcedBytes > bytesMax;
  if (isOver) fail(tooLarge(bytesMax));
  response.onData((chunk, isLast) => {
    if (isOver) return;
    bytes += chunk.byteLength;
    if (bytes > bytesMax) {
      isOver = true;
      chunks.length = 0;
      fail(tooLarge(bytesMax));
      return;
    }
    try {
      share.take(chunk.byteLength);
    } catch (error) {
      isOver = true;
      chunks.length = 0;
      fail(error);
      return;
    }
    // The chunk's memory is only lent.
    if (chunk.byteLength > 0) chunks.push(Buffer.from(new Uint8Array(chunk)));
    if (!isLast) return;
    isOver = true;
    done(Buffer.concat(chunks, bytes));
  });
}

function tooLarge(bytesMax: number): AppError {
  return new AppError('request.body-too-large', `the body is longer than ${bytesMax} bytes`);
}
