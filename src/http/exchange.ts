/**
 * One request and its response: the `Request` that features see, and what `dispatcher.ts` and
 * `response.ts` need to know about it. One object per request; whatever costs a native call or an
 * allocation is read on first use, while the native request is still valid.
 */
import { AppError, ERRORS } from '../lib/errors.ts';
import { CancelController, type CancelSignal } from '../lib/async/cancel.ts';
import { RequestTrace } from '../lib/trace/request-trace.ts';
import type { BaseUrls } from './base-url.ts';
import type { BodyBudget } from './body-budget.ts';
import { NO_PIECES } from './body-pieces.ts';
import type { ClientAddressResolver, Peer } from './client-address.ts';
import { forwardedFor } from './forwarded.ts';
import type { RouteRecorder } from './http-metrics.ts';
import type { RowJournal } from './row-journal.ts';
import type { Admission, Worth } from '../lib/admission/admission.ts';
import { MADE_WAY } from '../lib/at-the-limit.ts';
import { isValidRequestId, type RequestIds } from './request-id.ts';
import type { Guard, GuardedRequest, Handler, Method, RateLimit } from './route.ts';
import type { NativeRequest, NativeResponse } from './uws.ts';

/** A row of the route table, prepared at start-up. */
export interface CompiledRoute {
  readonly name: string;
  readonly timeoutMs: number;
  readonly uncapped: boolean;
  readonly worth: Worth;
  readonly bodyBytesMax: number;
  readonly takesPieces: boolean;
  /** Null: as long as for all rows. */
  readonly bodyTimeoutMs: number | null;
  readonly requestHeaders: readonly string[];
  /** Length of the path that the server is hosted below, where this row was bound with it; else 0. */
  readonly prefixChars: number;
  /** Positions of the parameters among the path's segments. */
  readonly parameterSegments: readonly number[];
  /** Null where nothing is measured. */
  readonly recorder: RouteRecorder | null;
  readonly guard: Guard | null;
  /** Null where requests are not kept. */
  readonly journal: RowJournal | null;
  readonly handler: Handler;
}

/** What all exchanges of a server share. */
export interface ExchangeContext {
  readonly requestIds: RequestIds;
  readonly addresses: ClientAddressResolver;
  readonly baseUrls: BaseUrls;
  readonly admission: Admission;
  readonly bodies: BodyBudget;
  /** Longest path, and longest query, in characters. */
  readonly pathCharsMax: number;
  /** How long a body may take to come, in milliseconds. */
  readonly bodyTimeoutMs: number;
}

/** Of requests that nobody waits for any more. */
const CLIENT_GONE_STATUS = ERRORS['request.cancelled'].status;
/** The address of a connection that is gone. */
const NOBODY = new ArrayBuffer(0);
const NO_BODY: Buffer = Buffer.alloc(0);

export class Exchange implements GuardedRequest {
  readonly method: Method | 'HEAD';
  readonly path: string;
  readonly route: CompiledRoute;
  readonly startedAtMs: number;
  tiers = 0;
  rateLimit: RateLimit | null = null;
  body = NO_BODY;
  pieces = NO_PIECES;
  /** Null once the response was completed or the client has gone: nothing may be written then. */
  response: NativeResponse | null;
  /** True after the handler's synchronous part: writes must be corked. */
  isDeferred = false;
  /** Set when nothing more may come on this connection: the answer closes it. */
  closesConnection = false;
  /** True once the head was written: whatever the handler says later is not heard. */
  isAnswered = false;
  /** Called when the client goes away while a body is being written. */
  onGone: (() => void) | undefined = undefined;
  /** What the request did, once it has to wait. */
  trace: RequestTrace | null = null;
  readonly #context: ExchangeContext;
  #request: NativeRequest | null;
  #requestId: string | undefined = undefined;
  #query: string | undefined = undefined;
  #parameters: readonly string[] | undefined = undefined;
  #peer: Peer | undefined = undefined;
  #clientAddress: string | undefined = undefined;
  #baseUrl: string | undefined = undefined;
  #acceptEncoding: string | undefined = undefined;
  #ifNoneMatch: string | undefined = undefined;
  #headers: Map<string, string> | undefined = undefined;
  #controller: CancelController | undefined = undefined;
  #deadline: NodeJS.Timeout | undefined = undefined;
  /** True once it may be worked on. */
  #isWork = false;

  constructor(
    context: ExchangeContext,
    route: CompiledRoute,
    method: Method | 'HEAD',
    response: NativeResponse,
    request: NativeRequest,
    startedAtMs: number,
  ) {
    this.startedAtMs = startedAtMs;
    this.#context = context;
    this.route = route;
    this.method = method;
    this.response = response;
    this.#request = request;
    const path = request.getUrl();
    this.path = route.prefixChars === 0 ? path : path.slice(route.prefixChars);
  }

  get requestId(): string {
    return (this.#requestId ??= this.#readRequestId());
  }

  /**
   * Refused only where it is read: whether a route that has no use for it answers must not depend on
   * whether its answer waits.
   * @throws AppError `request.too-long`
   */
  get query(): string {
    const query = (this.#query ??= this.#readQuery());
    if (query.length > this.#context.pathCharsMax)
      throw tooLong('query', this.#context.pathCharsMax);
    return query;
  }

  get parameters(): readonly string[] {
    return (this.#parameters ??= this.#readParameters());
  }

  get clientAddress(): string {
    return (this.#clientAddress ??= this.#readClientAddress());
  }

  get baseUrl(): string {
    return this.#context.baseUrls.fixed ?? (this.#baseUrl ??= this.#readBaseUrl());
  }

  /**
   * Asking for the signal announces a wait: at the in-flight cap it throws, before any work has begun.
   * @throws AppError `server.overloaded`
   */
  get signal(): CancelSignal {
    if (this.#controller === undefined) {
      this.checkCapacity();
      this.trace = new RequestTrace(this.requestId, this.startedAtMs);
      this.#controller = new CancelController(this.trace);
      if (this.response === null) this.#controller.abort(clientGone());
    }
    return this.#controller.signal;
  }

  /** For `response.ts`; empty when there is none. */
  get acceptEncoding(): string {
    return (this.#acceptEncoding ??= this.#header('accept-encoding'));
  }

  /** For `response.ts`; empty when there is none. */
  get ifNoneMatch(): string {
    return (this.#ifNoneMatch ??= this.#header('if-none-match'));
  }

  header(lowerCaseName: string): string {
    return this.#headers?.get(lowerCaseName) ?? this.#header(lowerCaseName);
  }

  /** Length that the client announces, or NaN. */
  get contentLengthBytes(): number {
    return Number.parseInt(this.#header('content-length'), 10);
  }

  get elapsedMs(): number {
    return performance.now() - this.startedAtMs;
  }

  /** @throws AppError `request.too-long` or `request.bad-path` */
  checkPath(): void {
    if (this.path.length > this.#context.pathCharsMax)
      throw tooLong('path', this.#context.pathCharsMax);
    if (this.path.includes('%') && !isPercentEncoded(this.path)) {
      throw new AppError('request.bad-path', 'the path is not valid percent-encoded UTF-8', {
        field: 'path',
      });
    }
  }

  /** False when as many requests wait as may, and this is not one of them. */
  get mayWait(): boolean {
    return this.isDeferred || this.route.uncapped || !this.#context.admission.inFlight.isFull;
  }

  /** @throws AppError `server.overloaded` */
  checkCapacity(): void {
    if (!this.mayWait) {
      throw new AppError(
        'server.overloaded',
        'too many requests are waiting: try again in a moment',
      );
    }
    if (this.#isWork) return;
    const { uncapped, worth } = this.route;
    if (!uncapped && !this.#context.admission.admitsWork(worth, this.method === 'GET'))
      throw MADE_WAY;
    this.#isWork = true;
  }

  /**
   * Before the first wait: copies everything that a later step may ask for, counts the request as in
   * flight and starts its deadline. The caller has checked the capacity.
   * @param onDeadline called with the error to answer, after the signal was aborted with it
   */
  defer(onDeadline: (error: AppError) => void): void {
    if (this.isDeferred) return;
    this.#copyAll();
    this.isDeferred = true;
    this.#context.admission.inFlight.enter();
    // Whole: Node looks up the list of timers by this number, and V8 makes a lasting string of any other.
    const remainingMs = Math.max(0, Math.ceil(this.route.timeoutMs - this.elapsedMs));
    this.#deadline = setTimeout(() => {
      const error = new AppError(
        'server.timeout',
        `the answer took longer than ${this.route.timeoutMs} ms`,
      );
      this.#controller?.abort(error);
      onDeadline(error);
    }, remainingMs);
  }

  /** The native request is not valid any more. */
  release(): void {
    this.#request = null;
  }

  /** The response's head was written: the request does not wait any more. */
  answered(): void {
    this.isAnswered = true;
    this.#leave();
  }

  /** From `onAborted`. */
  clientGone(): void {
    if (this.response === null) return;
    this.response = null;
    this.onGone?.();
    this.#controller?.abort(clientGone());
    if (this.isAnswered) return;
    this.answered();
    this.conclude(CLIENT_GONE_STATUS, this.elapsedMs);
  }

  /** Counts the request. @param elapsedMs until the head of the answer was written, or the client left */
  conclude(status: number, elapsedMs: number): void {
    if (this.trace !== null) this.trace.isOpen = false;
    this.route.recorder?.answered(status, elapsedMs);
    this.route.journal?.answered(this, status, elapsedMs);
  }

  #leave(): void {
    if (this.#deadline === undefined) return;
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    this.#context.admission.inFlight.leave();
  }

  #copyAll(): void {
    void [this.requestId, this.clientAddress, this.baseUrl, this.acceptEncoding, this.ifNoneMatch];
    this.#query ??= this.#readQuery();
    if (this.route.requestHeaders.length > 0) {
      this.#headers = new Map(this.route.requestHeaders.map((name) => [name, this.#header(name)]));
    }
  }

  #header(lowerCaseName: string): string {
    return this.#request === null ? '' : this.#request.getHeader(lowerCaseName);
  }

  #readRequestId(): string {
    const incoming = this.#header('x-request-id');
    return incoming !== '' && isValidRequestId(incoming)
      ? incoming
      : this.#context.requestIds.next();
  }

  #readQuery(): string {
    return this.#request?.getQuery() ?? '';
  }

  #readParameters(): readonly string[] {
    const segments = this.path.split('/');
    return this.route.parameterSegments.map((position) => segments[position] ?? '');
  }

  #readPeer(): Peer {
    return this.#context.addresses.peer(
      new Uint8Array(this.response?.getRemoteAddress() ?? NOBODY),
    );
  }

  #readClientAddress(): string {
    const peer = (this.#peer ??= this.#readPeer());
    return peer.trusted ? this.#context.addresses.client(peer, this.#forwardedFor()) : peer.address;
  }

  /** `X-Forwarded-For`, or what `Forwarded` says where a proxy sends nothing else. */
  #forwardedFor(): string {
    return this.#allLines('x-forwarded-for') || forwardedFor(this.#allLines('forwarded'));
  }

  /**
   * All lines of the header, in order. `getHeader` returns only the first, which the client itself may
   * have sent where a proxy adds a line of its own (HAProxy does).
   */
  #allLines(lowerCaseName: string): string {
    let lines = '';
    this.#request?.forEach((name, value) => {
      if (name === lowerCaseName) lines += lines === '' ? value : `,${value}`;
    });
    return lines;
  }

  #readBaseUrl(): string {
    const { addresses, baseUrls } = this.#context;
    if (addresses.trustsAnyone && (this.#peer ??= this.#readPeer()).trusted) {
      const host = this.#header('x-forwarded-host') || this.#header('host');
      return baseUrls.behindProxy(this.#header('x-forwarded-proto'), host);
    }
    return baseUrls.direct(this.#header('host'));
  }
}

function clientGone(): AppError {
  return new AppError('request.cancelled', 'the client went away');
}

function tooLong(field: string, charsMax: number): AppError {
  return new AppError('request.too-long', `the ${field} is longer than ${charsMax} characters`, {
    field,
  });
}

function isPercentEncoded(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
