/**
 * The only file that writes to a `NativeResponse`, beside `event-streams.ts`, `outgoing-body.ts` and `websockets.ts`. Bodies go
 * out through `tryEnd`, also small: `end` copies what the socket does not take into memory, and a client that sends requests
 * without reading the answers filled 400 MB in two seconds (docs/decisions/0005-http-front-end.md).
 */
import { STATUS_CODES } from 'node:http';
import type { Logger } from '../platform/log/logger.ts';
import { AT_THE_LIMIT, MADE_WAY } from '../lib/at-the-limit.ts';
import { AppError } from '../lib/errors.ts';
import { recycle } from '../lib/json/lent-bytes.ts';
import { AcceptEncodings, type Preference } from './accept-encoding.ts';
import { chooseEncoding, variantOf, type ContentEncoder } from './content-encoding.ts';
import { errorReply } from './error-reply.ts';
import type { BodyStreams } from './body-streams.ts';
import type { EventStreams } from './event-streams.ts';
import type { Exchange } from './exchange.ts';
import {
  BLOCK_NAME,
  headerBlock,
  isHeaderName,
  plainBlock,
  sanitizeHeaderValue,
} from './header-block.ts';
import { matchesEtag } from './if-none-match.ts';
import type { Representation } from './representation.ts';
import type { BodySource, EventSource, Reply } from './route.ts';
import type { PartialWrite, SlowReaders } from './slow-readers.ts';
import { arePageHeaders } from './page-headers.ts';
import { RATE_LIMIT_NAME, rateLimitValue } from './rate-limit-headers.ts';
import type { SocketOpening } from './socket-route.ts';
import { TIMING_NAME, timingValue } from './timing.ts';
import type { NativeResponse } from './uws.ts';

export interface ResponderOptions {
  readonly encoder: ContentEncoder;
  readonly slowReaders: SlowReaders;
  readonly eventStreams: EventStreams;
  readonly bodyStreams: BodyStreams;
  readonly logger: Logger;
  /** For how long browsers that have seen a page may come by HTTPS only, in seconds; 0: nothing is said. */
  readonly hstsMaxAgeS: number;
}

const EMPTY = Buffer.alloc(0);
const IDENTITY_ONLY: Preference = [];
const TEXT_BLOCK = plainBlock(['Content-Type: text/plain; charset=utf-8']);
/** Proxies pass them on as they come, and nginx only when it is told so. */
const EVENTS_BLOCK = plainBlock([
  'Content-Type: text/event-stream',
  'Cache-Control: no-store',
  'X-Accel-Buffering: no',
]);
const NO_HEADERS: readonly string[] = [];
/** Without a request id: making one would cost as much as the rest of a refusal. */
const REFUSAL = errorReply(AT_THE_LIMIT, '');

export class Responder {
  /** Set when the server drains: every answer then closes its connection. */
  closesConnections = false;
  readonly #options: ResponderOptions;
  readonly #acceptEncodings = new AcceptEncodings();

  constructor(options: ResponderOptions) {
    this.#options = options;
  }

  /** Answers with `reply`; waits for its compressed bytes first where they are made only now. */
  send(exchange: Exchange, reply: Reply): void {
    if (exchange.response === null || exchange.isAnswered) {
      reply.stream?.drop?.();
      return;
    }
    const { representation } = reply;
    if (representation === null) return this.#sendOther(exchange, reply);
    const preference = representation.compressible
      ? this.#acceptEncodings.preference(exchange.acceptEncoding)
      : IDENTITY_ONLY;
    if (
      preference.length > 0 &&
      this.#waitsForEncoding(exchange, reply, representation, preference)
    )
      return;
    this.#write(exchange, (response) =>
      this.#writeReply(exchange, response, reply, representation, preference),
    );
  }

  /** Answers a failure; logs it when it is none of the expected ones. */
  sendError(exchange: Exchange, error: unknown, lines: readonly string[] = NO_HEADERS): void {
    if (exchange.response === null || exchange.isAnswered) return;
    const takesPrepared =
      (error === AT_THE_LIMIT || error === MADE_WAY) &&
      !exchange.isDeferred &&
      exchange.method !== 'HEAD';
    if (takesPrepared) return this.#refuse(exchange, exchange.response);
    if (!(error instanceof AppError)) {
      const { requestId, route } = exchange;
      this.#options.logger.error({ requestId, route: route.name, error }, 'request failed');
    }
    const { status, body, block } = errorReply(error, exchange.requestId, lines);
    this.#write(exchange, (response) =>
      this.#writePlain(exchange, response, status, block, NO_HEADERS, body),
    );
  }

  /** Answers 503 before anything is known about the request: three native calls, no allocation. */
  refuse(response: NativeResponse): void {
    response.writeStatus('503 Service Unavailable');
    response.writeHeader(BLOCK_NAME, REFUSAL.block);
    if (this.closesConnections) {
      response.end(REFUSAL.body, true);
      return;
    }
    const [, isDone] = response.tryEnd(REFUSAL.body, REFUSAL.body.byteLength);
    // A client that does not read what it asks for.
    if (!isDone) response.close();
  }

  #refuse(exchange: Exchange, response: NativeResponse): void {
    exchange.answered();
    exchange.response = null;
    exchange.conclude(REFUSAL.status, exchange.elapsedMs);
    this.refuse(response);
  }

  /** Answers with prepared bytes, for example a preflight. */
  sendPlain(exchange: Exchange, status: number, block: Buffer, body: Buffer): void {
    this.#write(exchange, (response) =>
      this.#writePlain(exchange, response, status, block, NO_HEADERS, body),
    );
  }

  #sendOther(exchange: Exchange, reply: Reply): void {
    const { stream, events, socket } = reply;
    if (stream !== undefined) this.#sendStream(exchange, reply, stream);
    else if (events !== undefined) this.#sendEvents(exchange, events);
    else if (socket === undefined) this.#sendText(exchange, reply);
    else this.#write(exchange, (response) => openSocket(exchange, response, socket));
  }

  #sendEvents(exchange: Exchange, source: EventSource): void {
    const { eventStreams } = this.#options;
    if (exchange.method === 'HEAD') return this.sendPlain(exchange, 200, EVENTS_BLOCK, EMPTY);
    const isRefused = this.closesConnections || eventStreams.isFull;
    if (isRefused) return this.sendError(exchange, AT_THE_LIMIT);
    this.#write(exchange, (response) => {
      this.#writeHead(exchange, response, 200, EVENTS_BLOCK, NO_HEADERS);
      eventStreams.begin(exchange, response, source);
    });
  }

  #sendStream(exchange: Exchange, { status, headers }: Reply, source: BodySource): void {
    const { etag = '' } = source;
    const isKnown = etag !== '' && status === 200 && matchesEtag(exchange.ifNoneMatch, etag);
    const isHeadOnly = exchange.method === 'HEAD' || isKnown || status === 304;
    const isRefused =
      this.#options.bodyStreams.isFull || (this.closesConnections && source.isEndless === true);
    if (isHeadOnly || isRefused) source.drop?.();
    if (isRefused && !isHeadOnly) return this.sendError(exchange, AT_THE_LIMIT);
    this.#write(exchange, (response) => {
      const said = isKnown ? 304 : status;
      this.#writeHead(exchange, response, said, streamBlock(source, said), headers ?? NO_HEADERS);
      if (!isHeadOnly) {
        if (this.closesConnections) response.writeHeader('Connection', 'close');
        return this.#options.bodyStreams.begin(exchange, response, source);
      }
      if (said !== 304 && source.bodyBytes !== null)
        return this.#endWithoutBody(exchange, response, source.bodyBytes);
      response.endWithoutBody();
      exchange.response = null;
    });
  }

  #sendText(exchange: Exchange, { status, headers = NO_HEADERS }: Reply): void {
    const body = textBody(status);
    this.#write(exchange, (response) =>
      this.#writePlain(exchange, response, status, TEXT_BLOCK, headers, body),
    );
  }

  /** True when the answer follows later. At the in-flight cap nobody waits: the body goes out as it is. */
  #waitsForEncoding(
    exchange: Exchange,
    reply: Reply,
    representation: Representation,
    preference: Preference,
  ): boolean {
    const missing = this.#options.encoder.missing(representation, preference);
    if (
      missing === null ||
      this.#options.encoder.prepareInline(representation, missing) ||
      !exchange.mayWait
    )
      return false;
    exchange.defer((error) => this.sendError(exchange, error));
    void this.#options.encoder.prepare(representation, missing).then(() => {
      this.#write(exchange, (response) =>
        this.#writeReply(exchange, response, reply, representation, preference),
      );
    });
    return true;
  }

  /** Runs `write` if there still is somebody to write to, corked; a failure closes the connection. */
  #write(exchange: Exchange, write: (response: NativeResponse) => void): void {
    const { response } = exchange;
    if (response === null || exchange.isAnswered) return;
    try {
      if (exchange.isDeferred) response.cork(() => this.#guarded(exchange, response, write));
      else this.#guarded(exchange, response, write);
    } catch (error) {
      this.#giveUp(exchange, error);
    }
  }

  #guarded(
    exchange: Exchange,
    response: NativeResponse,
    write: (response: NativeResponse) => void,
  ): void {
    try {
      write(response);
    } catch (error) {
      this.#giveUp(exchange, error);
    }
  }

  /** Half a head may be written: nothing can be said any more. */
  #giveUp(exchange: Exchange, error: unknown): void {
    this.#options.logger.error(
      { requestId: exchange.requestId, error },
      'a response could not be written',
    );
    exchange.response?.close();
  }

  #writeReply(
    exchange: Exchange,
    response: NativeResponse,
    reply: Reply,
    representation: Representation,
    preference: Preference,
  ): void {
    const encoding = chooseEncoding(representation, preference);
    const variant = variantOf(representation, encoding);
    const block = headerBlock(representation, variant, encoding);
    const isKnown =
      reply.status === 200 &&
      exchange.ifNoneMatch !== '' &&
      matchesEtag(exchange.ifNoneMatch, variant.etag);
    if (isKnown || reply.status === 304) {
      this.#writeHead(exchange, response, 304, block.notModified, reply.headers ?? NO_HEADERS);
      this.#endWithoutBody(exchange, response, variant.bytes.byteLength);
      recycle(representation.identity.bytes);
      return;
    }
    this.#writeHead(exchange, response, reply.status, block.full, reply.headers ?? NO_HEADERS);
    this.#end(exchange, response, variant.bytes, representation.identity.bytes);
  }

  #writePlain(
    exchange: Exchange,
    response: NativeResponse,
    status: number,
    block: Buffer,
    headers: readonly string[],
    body: Buffer,
  ): void {
    this.#writeHead(exchange, response, status, block, headers);
    if (status !== 204) return this.#end(exchange, response, body);
    response.endWithoutBody();
    exchange.response = null;
  }

  #writeHead(
    exchange: Exchange,
    response: NativeResponse,
    status: number,
    block: Buffer,
    headers: readonly string[],
  ): void {
    // "200 OK" is what uWebSockets.js writes by itself.
    if (status !== 200) response.writeStatus(`${status} ${STATUS_CODES[status] ?? 'Unknown'}`);
    response.writeHeader(BLOCK_NAME, block);
    const { elapsedMs } = exchange;
    response.writeHeader(TIMING_NAME, timingValue(exchange.requestId, exchange.tiers, elapsedMs));
    if (exchange.rateLimit !== null)
      response.writeHeader(RATE_LIMIT_NAME, rateLimitValue(exchange.rateLimit));
    for (let index = 0; index + 1 < headers.length; index += 2) {
      const name = headers[index] ?? '';
      if (isHeaderName(name))
        response.writeHeader(name, sanitizeHeaderValue(headers[index + 1] ?? ''));
    }
    const { hstsMaxAgeS } = this.#options;
    if (hstsMaxAgeS > 0 && arePageHeaders(headers))
      response.writeHeader('Strict-Transport-Security', `max-age=${hstsMaxAgeS}`);
    exchange.answered();
    exchange.conclude(status, elapsedMs);
  }

  /** @param source what `body` was made from, not read any more once that was written */
  #end(exchange: Exchange, response: NativeResponse, body: Buffer, source = body): void {
    if (exchange.method === 'HEAD') {
      this.#endWithoutBody(exchange, response, body.byteLength);
      recycle(source);
      return;
    }
    exchange.route.recorder?.bytes.observe(body.byteLength);
    if (this.closesConnections || exchange.closesConnection) {
      // Copies what the socket does not take, once: nothing can follow on this connection.
      response.end(body, true);
      exchange.response = null;
    } else {
      const [, done] = response.tryEnd(body, body.byteLength);
      if (!done) return this.#continueBody(exchange, response, body, source);
      exchange.response = null;
    }
    recycle(source);
  }

  /** The rest of the body goes out as the reader takes it, straight from the shared bytes. */
  #continueBody(exchange: Exchange, response: NativeResponse, body: Buffer, source: Buffer): void {
    const write = { offset: 0, close: () => exchange.response?.close() } satisfies PartialWrite;
    this.#options.slowReaders.add(write);
    exchange.onGone = () => this.#options.slowReaders.delete(write);
    response.onWritable((offset) => {
      write.offset = offset;
      const [ok, done] = response.tryEnd(body.subarray(offset), body.byteLength);
      if (done) {
        exchange.response = null;
        this.#options.slowReaders.delete(write);
        recycle(source);
      }
      return ok;
    });
  }

  /**
   * Ends HEAD and 304 with the length that the body would have: an empty `tryEnd` writes it and tells
   * whether the client reads at all. (`endWithoutBody` with a length aborts the process.)
   */
  #endWithoutBody(exchange: Exchange, response: NativeResponse, bodyBytes: number): void {
    if (this.closesConnections) response.writeHeader('Connection', 'close');
    const [ok, done] = response.tryEnd(EMPTY, bodyBytes);
    if (!ok && !done) {
      response.close();
      return;
    }
    if (!done) response.endWithoutBody();
    exchange.response = null;
  }
}

/** 304 names what may be kept, not what it is (RFC 9110 section 15.4.5). */
function streamBlock({ contentType, cacheControl, etag }: BodySource, status: number): Buffer {
  return plainBlock([
    ...(status === 304 ? [] : [`Content-Type: ${contentType}`]),
    `Cache-Control: ${cacheControl}`,
    ...(etag === undefined ? [] : [`ETag: ${etag}`]),
  ]);
}

/** The connection is no HTTP any more. */
function openSocket(exchange: Exchange, response: NativeResponse, socket: SocketOpening): void {
  exchange.answered();
  exchange.response = null;
  exchange.conclude(101, exchange.elapsedMs);
  socket.open(response);
}

/** By status: as many as there are. */
const textBodies = new Map<number, Buffer>();

function textBody(status: number): Buffer {
  let body = textBodies.get(status);
  if (body === undefined) {
    body = Buffer.from(`${STATUS_CODES[status] ?? status}\n`);
    textBodies.set(status, body);
  }
  return body;
}
