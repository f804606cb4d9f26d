/** Everything that other people's servers do wrong, done on purpose. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';

/** A fault, or how long it lasts, is decided for each request. */
export type Fault =
  /** Never answers; the connection stays open. */
  | { readonly kind: 'hang' }
  /** Head of an answer, and nothing more. */
  | { readonly kind: 'hang-body' }
  /** The connection is reset before the answer. */
  | { readonly kind: 'reset' }
  /** The connection ends in the middle of the body. */
  | { readonly kind: 'cut' }
  /** A whole answer whose document ends in the middle. */
  | { readonly kind: 'truncated' }
  /** Document of random bytes under the right content type. */
  | { readonly kind: 'garbage' }
  | { readonly kind: 'status'; readonly status: number }
  /** 429. */
  | { readonly kind: 'limited'; readonly retryAfterS: number }
  /** Zeros that are a thousand times as long as what is sent. */
  | { readonly kind: 'gzip-bomb'; readonly bytes: number }
  /** The right answer, in pieces with a pause after each. */
  | { readonly kind: 'slow-drip'; readonly pieceBytes: number; readonly pauseMs: number }
  /** Another document than was asked for, or none at all. */
  | { readonly kind: 'json'; readonly text: string; readonly status?: number }
  /** JSON of so many bytes, as fast as it is read. */
  | { readonly kind: 'long-json'; readonly bytes: number }
  /** An error that repeats all that was sent, credentials too, as text of every field that errors have. */
  | { readonly kind: 'echo'; readonly status: number }
  /** 200 and a web page: what log-in walls and parked domains answer. */
  | { readonly kind: 'web-page' }
  /** To the same place for ever, or to somewhere else. */
  | { readonly kind: 'redirect'; readonly location?: string };

export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export const BOMB_BYTES = 64 * 2 ** 20;
const bombs = new Map<number, Buffer>();

export interface FaultyCall {
  readonly response: ServerResponse;
  readonly path: string;
  readonly answer: WholeAnswer;
  /** Everything that the client has sent. */
  readonly sent: string;
}

/** Sends `answer`, spoilt. */
export function sendFault(fault: Fault, { response, path, answer, sent }: FaultyCall): void {
  const { status, headers, body } = answer;
  const half = body.subarray(0, Math.ceil(body.byteLength / 2));
  switch (fault.kind) {
    case 'hang':
      return;
    case 'hang-body':
      response.writeHead(status, { ...headers, 'content-length': body.byteLength });
      response.flushHeaders();
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'cut':
      response.writeHead(status, { ...headers, 'content-length': body.byteLength + 1 });
      response.write(half, () => response.destroy());
      return;
    case 'truncated':
      response.writeHead(status, headers).end(half);
      return;
    case 'garbage':
      response.writeHead(200, headers).end(noise(2000));
      return;
    case 'status':
      response
        .writeHead(fault.status, { 'content-type': 'text/plain' })
        .end(`error ${fault.status}`);
      return;
    case 'limited':
      response
        .writeHead(429, { 'content-type': 'text/plain', 'retry-after': String(fault.retryAfterS) })
        .end('slow down');
      return;
    case 'gzip-bomb':
      response.writeHead(200, { ...headers, 'content-encoding': 'gzip' }).end(bomb(fault.bytes));
      return;
    case 'slow-drip':
      response.writeHead(status, headers);
      drip(response, body, fault);
      return;
    case 'json':
      response
        .writeHead(fault.status ?? 200, { 'content-type': 'application/json' })
        .end(fault.text);
      return;
    case 'long-json':
      response.writeHead(200, { 'content-type': 'application/json' });
      longJson(fault.bytes).pipe(response);
      return;
    case 'echo':
      response
        .writeHead(fault.status, { 'content-type': 'application/json' })
        .end(JSON.stringify(echoed(sent)));
      return;
    case 'web-page':
      response
        .writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
        .end(
          '<!doctype html><html><title>Sign in</title><body>Please sign in &copy;</body></html>',
        );
      return;
    case 'redirect':
      response.writeHead(302, { location: fault.location ?? path }).end();
      return;
  }
}

function bomb(bytes: number): Buffer {
  const known = bombs.get(bytes) ?? gzipSync(Buffer.alloc(bytes));
  bombs.set(bytes, known);
  return known;
}

/** The same bytes every time. */
function noise(bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  let state = 1;
  for (let at = 0; at < bytes; at++) {
    state = (state * 1103515245 + 12345) % 2 ** 31;
    buffer[at] = state >>> 16;
  }
  return buffer;
}

function drip(
  response: ServerResponse,
  body: Buffer,
  { pieceBytes, pauseMs }: { pieceBytes: number; pauseMs: number },
): void {
  let at = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(at, at + pieceBytes));
    at += pieceBytes;
    if (at < body.byteLength) return;
    clearInterval(timer);
    response.end();
  }, pauseMs);
  response.once('close', () => clearInterval(timer));
}

function longJson(bytes: number): Readable {
  const piece = Buffer.from(`{"name":"${'x'.repeat(64 * 1024)}"},`);
  let left = bytes;
  return new Readable({
    read() {
      left -= piece.byteLength;
      this.push(left > 0 ? piece : null);
    },
  });
}

/** In the shapes of all errors that there are. */
function echoed(sent: string): unknown {
  const error = { code: sent, message: sent, type: sent };
  return { status: 'error', success: false, error, error_code: sent, message: sent, detail: sent };
}
