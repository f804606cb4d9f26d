/**
 * What a feature sees of HTTP: a `Request` copied out of uWebSockets.js, a `Reply` to hand back, and
 * the shape of a row of the route table. Nothing here names uWebSockets.js.
 */
import type { Buffer } from 'node:buffer';
import type { CancelSignal } from '../lib/async/cancel.ts';
import type { Representation } from './representation.ts';
import type { SocketOpening } from './socket-route.ts';

/** Bits of `Request.tiers`, reported in the `Server-Timing` header. */
export const TIER_L1 = 1;
export const TIER_L2 = 2;
export const TIER_DATABASE = 4;
export const TIER_POOL = 8;
export const TIER_REUSE = 16;

/** The bit of each cache tier, by the names that a look-up reports (`platform/cache`). */
export const TIER_BITS = { l1: TIER_L1, l2: TIER_L2, origin: TIER_DATABASE } as const;

/** Methods that rows of the route table answer; HEAD comes with every GET. */
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A request after the synchronous copy; safe to keep across awaits. */
export interface Request {
  readonly method: Method | 'HEAD';
  /** Path as sent, percent-encoded, without the query and without the path of `HOST_URL`. */
  readonly path: string;
  /** Query as sent, without the question mark; empty when there is none. */
  readonly query: string;
  /** Path parameters of the matched pattern, in order, percent-encoded as sent. */
  readonly parameters: readonly string[];
  /** What the client sent, complete; empty unless the row has a `bodyBytesMax`. */
  readonly body: Buffer;
  /** What the client sends, as it comes, where the row `takesPieces`; ends, too, when it leaves or the server stops. */
  readonly pieces: AsyncIterable<Buffer>;
  /** A valid incoming X-Request-Id, else one of ours. */
  readonly requestId: string;
  /** Client address after the trusted-proxy resolver. */
  readonly clientAddress: string;
  /** What absolute links begin with: scheme, authority, the path of `HOST_URL`; no trailing slash. */
  readonly baseUrl: string;
  /** Aborted when the client goes away or the request's deadline passes. Created on first use. */
  readonly signal: CancelSignal;
  /** Which tiers were touched so far; features OR in the TIER_ bits. */
  tiers: number;
  /** Value of one of the row's `requestHeaders`; empty when the client sent none. */
  header(lowerCaseName: string): string;
}

/** Events as they come (`text/event-stream`), for as long as the client listens. */
export interface EventSource {
  /**
   * @param send takes a whole event; a reader that has not taken the last one misses it, so that each has to stand alone
   * @returns what ends it
   */
  open(send: (event: Uint8Array) => void): () => void;
}

/** A body that is made while it goes out, for one reader. */
export interface BodySource {
  readonly contentType: string;
  readonly cacheControl: string;
  /** Null where it is not known before the end. */
  readonly bodyBytes: number | null;
  /** Quoted, of these very bytes: who has them gets 304. */
  readonly etag?: string;
  /** It has no end of its own: a drain ends it, and waits for all others. */
  readonly isEndless?: boolean;
  /**
   * Called once the head was written; the next chunk is asked for when the reader took the one before, which must not change
   * until then. What is thrown, and a body that is shorter than it should be, closes the connection in the middle.
   * @param signal aborts when nobody reads any more
   */
  open(signal: CancelSignal): AsyncIterable<Uint8Array>;
  /** Called in place of `open` where nobody will read: HEAD, 304, a client that has left, a server that is full or stops. */
  drop?(): void;
}

/** An answer. `representation` may be shared by any number of requests; it is never mutated by them. */
export interface Reply {
  readonly status: number;
  readonly representation: Representation | null;
  /** In place of a body. */
  readonly events?: EventSource;
  /** In place of a body. */
  readonly stream?: BodySource;
  /** In place of an answer: made by the front end for rows of the socket table. */
  readonly socket?: SocketOpening;
  /** Further header lines, name and value alternating; values are sanitised by `response.ts`. */
  readonly headers?: readonly string[];
}

/**
 * Who may ask. `open`: everybody. `private`: everybody of a public instance, who has its key of a private one. `install`: as
 * `private`, but what shows it is in the address, so the feature checks it. `admin`: who has the key.
 */
export type RouteAccess = 'open' | 'private' | 'install' | 'admin';

/** What a request is worth and costs: `exempt` is always answered. */
export type TrafficClass =
  | 'playback'
  | 'stream'
  | 'manifest'
  | 'catalog'
  | 'page'
  | 'control'
  | 'poster'
  | 'admin'
  | 'exempt';

/** How much the client may still ask for, told in the `RateLimit-…` headers. */
export interface RateLimit {
  /** Tokens a minute, and at once. */
  readonly limit: number;
  readonly remaining: number;
  /** Until all are there again, in ms. */
  readonly fullInMs: number;
}

/** What guards see of a request, beside what handlers do. */
export interface GuardedRequest extends Request {
  rateLimit: RateLimit | null;
}

/**
 * Called before a row's handler, while nothing was done yet. Headers can be read in its synchronous part.
 * @throws AppError when the request is refused, also as the promise's rejection
 */
export type Guard = (request: GuardedRequest) => void | Promise<void>;

/** Returns a row's guard, or null where it has nothing to check; asked once a row, at the start. */
export type Guards = (route: Route) => Guard | null;

/** Returns a `Reply` synchronously when it can: a promise costs an extra cork. Throws `AppError`. */
export type Handler = (request: Request) => Reply | Promise<Reply>;

/** One row of the route table. OPTIONS, and HEAD beside GET, are registered by `server.ts`. */
export interface Route {
  /** GET when it is left out. Rows of one pattern differ in it. */
  readonly method?: Method;
  /** uWebSockets.js pattern, for example `/stream/:type/:id`. */
  readonly pattern: string;
  /** Stable name for metrics labels and the golden file: `stream`. */
  readonly name: string;
  readonly access: RouteAccess;
  readonly traffic: TrafficClass;
  /** Human-readable cache policy, for the golden file. */
  readonly cachePolicy: string;
  /** Deadline of the whole request in milliseconds. */
  readonly timeoutMs: number;
  /** Exempt from the in-flight cap (health checks must answer under overload). */
  readonly uncapped?: boolean;
  /** Longest body in bytes, for methods that have one; beyond it 413. The handler runs when it is complete. */
  readonly bodyBytesMax?: number;
  /** The handler is called at once, and reads the body of any length piece by piece. */
  readonly takesPieces?: boolean;
  /** How long a body may take to come, in milliseconds, where it is made while it is sent; else as for all rows. */
  readonly bodyTimeoutMs?: number;
  /** Lower-case names of headers that the handler reads. */
  readonly requestHeaders?: readonly string[];
  readonly handler: Handler;
}

/** The methods that a row answers, OPTIONS aside: a row for GET answers HEAD, too. */
export function methodsOf({ method = 'GET' }: Pick<Route, 'method'>): readonly string[] {
  return method === 'GET' ? [method, 'HEAD'] : [method];
}
