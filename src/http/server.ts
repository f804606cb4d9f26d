/**
 * The HTTP front end: turns the route table into native handlers and owns the server's life, from the
 * listening socket to the drain. It knows no feature.
 */
import { AppError } from '../lib/errors.ts';
import type { Logger } from '../platform/log/logger.ts';
import { BaseUrls } from './base-url.ts';
import { ZlibCompressor, type BodyCompressor } from './body-compressor.ts';
import { composeHandler, type Middleware } from './chain.ts';
import { ClientAddressResolver } from './client-address.ts';
import { ContentEncoder } from './content-encoding.ts';
import { Dispatcher } from './dispatcher.ts';
import { drainConnections, type Drainee } from './drain.ts';
import type { CompiledRoute, ExchangeContext, RequestObserver } from './exchange.ts';
import { plainBlock } from './header-block.ts';
import { InFlight } from './in-flight.ts';
import { createApp, listen, type ListenOptions } from './listen.ts';
import { RequestIds } from './request-id.ts';
import { Responder } from './response.ts';
import type { Method, Route } from './route.ts';
import { SlowReaders } from './slow-readers.ts';
import type { TlsFiles } from './tls-files.ts';
import { TurnBudget } from './turn-budget.ts';
import { loadUws, type ListenSocket, type NativeApp, type NativeHandler, type NativeRequest, type Uws } from './uws.ts';

export interface HttpServerOptions extends ListenOptions {
  readonly routes: readonly Route[];
  readonly tls: TlsFiles | null;
  /** Public origin for absolute links, without a trailing slash; null when the operator gave none. */
  readonly hostUrl: string | null;
  /** Addresses and CIDR ranges of peers whose forwarded headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Requests that may wait for something at a time; one more is answered 503 at once. */
  readonly inFlightMax: number;
  /** Time in which one turn of the event loop serves before it refuses, in milliseconds; 0 or left out: never. */
  readonly turnBudgetMs?: number;
  readonly logger: Logger;
  /** The process environment, for what the native module reads when it loads. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Steps before every handler, the first one outermost. */
  readonly middleware?: readonly Middleware[];
  readonly observer?: RequestObserver;
  /** Compresses bodies from 256 KiB on; libuv's threads do it without one. */
  readonly largeBodies?: BodyCompressor;
  /** Longest path, and longest query, in characters; beyond it 414. */
  readonly pathCharsMax?: number;
  /** How long a body may take to come, in milliseconds; beyond it 408. */
  readonly bodyTimeoutMs?: number;
  /** A reader that takes less than 16 KiB of a body in this time is cut off, in milliseconds. */
  readonly slowReaderWindowMs?: number;
}

export interface HttpServer extends AsyncDisposable {
  readonly port: number;
  /** The address of this instance, for the banner. */
  readonly baseUrl: string;
  /** Requests that wait for their answer now. */
  readonly inFlight: number;
  /** Refuses new connections; open ones are still served. */
  stopAccepting(): void;
  /** Stops accepting and resolves when every request was answered, or after `deadlineMs`. */
  drain(deadlineMs: number): Promise<void>;
}

/** An install address of 4,096 characters, and the longest catalogue path behind it. */
const PATH_CHARS_MAX = 5120;
/** The parser closes the connection by itself after 8 to 12 s, without an answer. */
const BODY_TIMEOUT_MS = 7500;
const SLOW_READER_WINDOW_MS = 30_000;
const SLOW_READER_BYTES_MIN = 16 * 1024;


/** Stands for every path that has no row. */
const UNKNOWN: CompiledRoute = {
  name: 'unknown',
  timeoutMs: 0,
  uncapped: true,
  bodyBytesMax: 0,
  requestHeaders: [],
  parameterSegments: [],
  handler: () => {
    throw new AppError('request.not-found', 'there is nothing at this path');
  },
};

/**
 * Listens and serves until it is disposed.
 * @throws StartError when there is no binary for this Node.js, the port is taken, or TLS files are unusable
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const uws = await loadUws(options.environment);
  const app = await createApp(uws, options.tls);
  const socket = await listen(uws, app, options);
  return new RunningServer(uws, app, socket, options);
}

class RunningServer implements HttpServer, Drainee {
  readonly port: number;
  readonly #uws: Uws;
  readonly #app: NativeApp;
  readonly #context: ExchangeContext;
  readonly #responder: Responder;
  readonly #dispatcher: Dispatcher;
  readonly #slowReaders: SlowReaders;
  #socket: ListenSocket | null;
  #connections = 0;
  #isClosed = false;

  constructor(uws: Uws, app: NativeApp, socket: ListenSocket, options: HttpServerOptions) {
    this.#uws = uws;
    this.#app = app;
    this.#socket = socket;
    this.port = uws.us_socket_local_port(socket);
    this.#slowReaders = new SlowReaders({
      windowMs: options.slowReaderWindowMs ?? SLOW_READER_WINDOW_MS,
      windowBytesMin: SLOW_READER_BYTES_MIN,
    });
    this.#context = createContext(options, this.port);
    this.#responder = createResponder(options, this.#slowReaders);
    this.#dispatcher = new Dispatcher(this.#context, this.#responder, createTurnBudget(options));
    // The loop has not turned since the socket was opened: no request can have come yet.
    app.filter((_response, change) => {
      this.#connections += change;
    });
    for (const route of options.routes) this.#register(route, options.middleware ?? []);
    for (const [pattern, rows] of byPattern(options.routes)) this.#registerOthers(pattern, rows);
    app.any('/*', (response, request) => this.#dispatcher.dispatch(UNKNOWN, bodyMethod(request), response, request));
  }

  get baseUrl(): string {
    return this.#context.baseUrls.own;
  }

  get inFlight(): number {
    return this.#context.inFlight.waiting;
  }

  get connections(): number {
    return this.#connections;
  }

  get isBusy(): boolean {
    return this.inFlight > 0 || this.#slowReaders.count > 0;
  }

  get lastRequestAtMs(): number {
    return this.#dispatcher.lastRequestAtMs;
  }

  stopAccepting(): void {
    if (this.#socket === null) return;
    this.#uws.us_listen_socket_close(this.#socket);
    this.#socket = null;
  }

  async drain(deadlineMs: number): Promise<void> {
    this.stopAccepting();
    this.#responder.closesConnections = true;
    await drainConnections(this, deadlineMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.stopAccepting();
    this.#app.close();
    this.#slowReaders[Symbol.dispose]();
  }

  #register(route: Route, middleware: readonly Middleware[]): void {
    const compiled = compileRoute(route, middleware);
    const dispatcher = this.#dispatcher;
    const method = route.method ?? 'GET';
    const handler: NativeHandler = (response, request) => dispatcher.dispatch(compiled, method, response, request);
    switch (method) {
      case 'GET':
        this.#app.get(route.pattern, handler);
        this.#app.head(route.pattern, (response, request) => dispatcher.dispatch(compiled, 'HEAD', response, request));
        break;
      case 'POST': this.#app.post(route.pattern, handler); break;
      case 'PUT': this.#app.put(route.pattern, handler); break;
      case 'DELETE': this.#app.del(route.pattern, handler); break;
    }
  }

  /** Preflights, and the refusal of methods that no row of the pattern has. */
  #registerOthers(pattern: string, rows: readonly [Route, ...Route[]]): void {
    const allowed = allowedMethods(rows);
    const preflight = preflightOf(allowed);
    const route = { ...compileRoute(rows[0], []), bodyBytesMax: 0 };
    this.#app.options(pattern, (response, request) =>
      this.#dispatcher.answer(route, 'GET', response, request, (exchange) => {
        this.#responder.sendPlain(exchange, 200, preflight.block, preflight.body);
      }));
    this.#app.any(pattern, (response, request) =>
      this.#dispatcher.answer(route, 'GET', response, request, (exchange) => {
        const error = new AppError('request.method-not-allowed', `this path answers ${allowed} only`);
        this.#responder.sendError(exchange, error, [`Allow: ${allowed}`]);
      }));
  }
}

function byPattern(routes: readonly Route[]): ReadonlyMap<string, readonly [Route, ...Route[]]> {
  const rows = new Map<string, [Route, ...Route[]]>();
  for (const route of routes) {
    const others = rows.get(route.pattern);
    if (others === undefined) rows.set(route.pattern, [route]);
    else others.push(route);
  }
  return rows;
}

function allowedMethods(rows: readonly Route[]): string {
  const methods = rows.map((route): Method => route.method ?? 'GET');
  return [...methods.flatMap((name) => (name === 'GET' ? [name, 'HEAD'] : [name])), 'OPTIONS'].join(', ');
}

/** With a body, unlike 204: `tryEnd` bounds what a client that never reads can make us hold. */
function preflightOf(allowed: string): { readonly block: Buffer; readonly body: Buffer } {
  const block = plainBlock([
    `Access-Control-Allow-Methods: ${allowed}`,
    'Access-Control-Allow-Headers: *',
    'Access-Control-Max-Age: 86400',
    `Allow: ${allowed}`,
    'Content-Type: text/plain; charset=utf-8',
  ]);
  return { block, body: Buffer.from(`${allowed}\n`) };
}

function createContext(options: HttpServerOptions, port: number): ExchangeContext {
  const addresses = new ClientAddressResolver(options.trustedProxies);
  const scheme = options.tls === null ? 'http' : 'https';
  const baseUrlOptions = { hostUrl: options.hostUrl, scheme, listenHost: options.host } as const;
  return {
    requestIds: new RequestIds(),
    addresses,
    baseUrls: new BaseUrls(baseUrlOptions, port, addresses.trustsAnyone),
    inFlight: new InFlight(options.inFlightMax),
    observer: options.observer ?? null,
    pathCharsMax: options.pathCharsMax ?? PATH_CHARS_MAX,
    bodyTimeoutMs: options.bodyTimeoutMs ?? BODY_TIMEOUT_MS,
  };
}

function createResponder(options: HttpServerOptions, slowReaders: SlowReaders): Responder {
  const { logger } = options;
  const small = new ZlibCompressor();
  const encoder = new ContentEncoder({ small, large: options.largeBodies ?? small, logger });
  return new Responder({ encoder, slowReaders, logger });
}

function createTurnBudget({ turnBudgetMs = 0, logger }: HttpServerOptions): TurnBudget {
  return new TurnBudget({
    budgetMs: turnBudgetMs,
    onRefused: (requests) => logger.warn({ requests }, 'requests are refused: this process is at its limit'),
  });
}

function compileRoute(route: Route, middleware: readonly Middleware[]): CompiledRoute {
  const segments = route.pattern.split('/');
  return {
    name: route.name,
    timeoutMs: route.timeoutMs,
    uncapped: route.uncapped ?? false,
    bodyBytesMax: route.bodyBytesMax ?? 0,
    requestHeaders: route.requestHeaders ?? [],
    parameterSegments: segments.flatMap((segment, position) => (segment.startsWith(':') ? [position] : [])),
    handler: composeHandler(route, middleware),
  };
}

/** Whether an answer to this method carries a body. */
function bodyMethod(request: NativeRequest): 'GET' | 'HEAD' {
  return request.getCaseSensitiveMethod() === 'HEAD' ? 'HEAD' : 'GET';
}
