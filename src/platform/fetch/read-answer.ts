/** The answer to one request: its head judged, its body read within the limits. */
import type { Dispatcher } from 'undici';
import { AppError } from '../../lib/errors.ts';
import { decompressed } from './decompress.ts';
import { tooLarge } from './fetch-failure.ts';

export interface AnswerLimits {
  /** A larger body is refused, by its declared length or when it grows past this, compressed or not. */
  readonly bodyBytesMax: number;
  /** Beginnings of the content types that are accepted (`image/`); anything when absent. */
  readonly contentTypes?: readonly string[];
  /** Compressed answers were asked for; else one is refused. */
  readonly acceptsCompressed?: boolean;
  /**
   * Takes each piece of a 2xx body, decompressed, as it arrives; `bytes` is empty then. The next one waits for its promise.
   * What it throws ends the call.
   */
  readonly onBody?: (piece: Uint8Array, contentType: string) => void | Promise<void>;
}

export interface Answer {
  readonly status: number;
  /** Lower case, with its parameters; empty when there is none. */
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** Value of a header, several joined by commas; empty when there is none. */
  header(lowerCaseName: string): string;
}

type Response = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers' | 'body'>;

export async function readAnswer(response: Response, limits: AnswerLimits): Promise<Answer> {
  const { statusCode: status, body } = response;
  const header = headerReader(response.headers);
  const contentType = header('content-type').toLowerCase();
  const { onBody } = limits;
  try {
    checkHead(header, contentType, limits);
    const pieces = bodyPieces(body, header('content-encoding').toLowerCase());
    const isOk = status >= 200 && status < 300;
    if (onBody === undefined || !isOk)
      return { status, contentType, header, bytes: await collect(pieces, limits.bodyBytesMax) };
    await handOver(pieces, limits.bodyBytesMax, (piece) => give(onBody, piece, contentType));
    return { status, contentType, header, bytes: new Uint8Array(0) };
  } catch (error) {
    // The rest is of no use; an error that this raises has been told already.
    body.on('error', () => {}).destroy();
    throw error;
  }
}

/** What `onBody` threw, as its cause: no failure of the other server. */
export class TakerFailure extends Error {}

async function give(
  onBody: NonNullable<AnswerLimits['onBody']>,
  piece: Uint8Array,
  contentType: string,
): Promise<void> {
  try {
    await onBody(piece, contentType);
  } catch (error) {
    throw new TakerFailure('onBody threw', { cause: error });
  }
}

export function headerReader(headers: Response['headers']): (lowerCaseName: string) => string {
  return (name) => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(', ') : (value ?? '');
  };
}

function checkHead(header: Answer['header'], contentType: string, limits: AnswerLimits): void {
  const { bodyBytesMax, contentTypes, acceptsCompressed = false } = limits;
  if (Number(header('content-length')) > bodyBytesMax) throw tooLarge(bodyBytesMax);
  if (!acceptsCompressed && isCompressed(header('content-encoding').toLowerCase()))
    throw new AppError('fetch.failed', 'the answer is compressed although it must not be');
  if (contentTypes !== undefined && !contentTypes.some((start) => contentType.startsWith(start)))
    throw new AppError('fetch.failed', 'the answer has another content type than was asked for');
}

function isCompressed(encoding: string): boolean {
  return encoding !== '' && encoding !== 'identity';
}

function bodyPieces(body: AsyncIterable<Uint8Array>, encoding: string): AsyncIterable<Uint8Array> {
  return isCompressed(encoding) ? decompressed(body, encoding) : body;
}

async function handOver(
  pieces: AsyncIterable<Uint8Array>,
  bodyBytesMax: number,
  take: (piece: Uint8Array) => void | Promise<void>,
): Promise<void> {
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.byteLength;
    if (bytes > bodyBytesMax) throw tooLarge(bodyBytesMax);
    await take(piece);
  }
}

async function collect(
  pieces: AsyncIterable<Uint8Array>,
  bodyBytesMax: number,
): Promise<Uint8Array> {
  const kept: Uint8Array[] = [];
  await handOver(pieces, bodyBytesMax, (piece) => {
    kept.push(piece);
  });
  const all = new Uint8Array(kept.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of kept) {
    all.set(piece, at);
    at += piece.byteLength;
  }
  return all;
}
