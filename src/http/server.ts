/**
 * The HTTP front end: turns the route table into native handlers and owns the server's life, from the
 * listening socket to the drain. It knows no feature.
 */
import type { RequestJournal } from '../lib/request-journal/request-journal.ts';
import { Admission } from '../lib/admission/admission.ts';
import { Brownout } from '../lib/admission/brownout.ts';
import { InFlight } from '../lib/admission/in-flight.ts';
import { TurnBudget } from '../lib/admission/turn-budget.ts';
import type { Logger } from '../platform/log/logger.ts';
import { basePathOf, BaseUrls } from './base-url.ts';
import { BodyBudget } from './body-budget.ts';
import { BodyStreams } from './body-streams.ts';
import { bindRoutes } from './bind-routes.ts';
import { ZlibCompressor, type BodyCompressor } from './body-compressor.ts';
import { ClientAddressResolver } from './client-address.ts';
import { ContentEncoder } from './content-encoding.ts';
import { Dispatcher } from './dispatcher.ts';
import { drainConnections, type Drainee } from './drain.ts';
import { EventStreams } from './event-streams.ts';
import type { ExchangeContext } from './exchange.ts';
import type { HttpMetrics } from './http-metrics.ts';
import { listen, type ListenOptions } from './listen.ts';
import { Listener } from './listener.ts';
import { ProxyHint } from './proxy-hint.ts';
import { RequestIds } from './request-id.ts';
import { Responder, type ResponderOptions } from './response.ts';
import type { Guards, Route } from './route.ts';
import type { SocketRoute } from './socket-route.ts';
import { SlowReaders } from './slow-readers.ts';
import { readTlsPair, type TlsFiles, type TlsPair } from './tls-files.ts';
import { TlsRenewal } from './tls-renewal.ts';
import { TRAFFIC } from './traffic.ts';
import { WebSockets } from './websockets.ts';
import { loadUws, type ListenSocket, type Uws } from './uws.ts';

export interface HttpServerOptions extends ListenOptions {
  readonly routes: readonly Route[];
  /** Rows of the socket table; none without it. */
  readonly sockets?: readonly SocketRoute[];
  /** What every request passes before its handler; nothing without it. */
  readonly guards?: Guards;
  readonly tls: TlsFiles | null;
  /** Public address for absolute links, perhaps with a path, no trailing slash; null when the operator gave none. */
  readonly hostUrl: string | null;
  /** Addresses and CIDR ranges of peers whose forwarded headers are believed. */
  readonly trustedProxies: readonly string[];
  /** Requests that may wait for something at a time; one more is answered 503 at once. */
  readonly inFlightMax: number;
  /** Time in which one turn of the event loop serves before it refuses, in milliseconds; 0 or left out: never. */
  readonly turnBudgetMs?: number;
  /** What classes of requests make way in an overload; none without it. */
  readonly brownout?: Brownout;
  readonly logger: Logger;
  /** Where requests are counted; nowhere without it. */
  readonly metrics?: HttpMetrics | null;
  /** Where requests are kept for a while; nowhere without it. */
  readonly journal?: RequestJournal | null;
  /** The process environment, for what the native module reads when it loads. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Compresses bodies from 256 KiB on; libuv's threads do it without one. */
  readonly largeBodies?: BodyCompressor;
  /** Longest path, and longest query, in characters; beyond it 414. */
  readonly pathCharsMax?: number;
  /** Of `Strict-Transport-Security` on pages, in seconds; none without it. */
  readonly hstsMaxAgeS?: number;
  /** How long a body may take to come, in milliseconds; beyond it 408. */
  readonly bodyTimeoutMs?: number;
  /** What bodies of more than 64 KB may take together; beyond it 503. */
  readonly bodyBytesMax?: number;
  /** How often TLS files are looked at, in milliseconds; a change is in use after twice this time at most. */
  readonly tlsPollMs?: number;
  /** A reader that takes less than 16 KiB of a body in this time is cut off, in milliseconds. */
  readonly slowReaderWindowMs?: number;
}

export interface HttpServer extends AsyncDisposable {
  readonly port: number;
  /** The address of this instance, for the banner. */
  readonly baseUrl: string;
  /** Requests that wait for their answer now. */
  readonly inFlight: number;
  /** Takes the TLS files as they are now into use for new connections; what came of it is in the log. */
  reloadTls(): Promise<void>;
  /** Refuses new connections; open ones are still served. */
  stopAccepting(): void;
  /** Stops accepting and resolves when every request was answered, or after `deadlineMs`. */
  drain(deadlineMs: number): Promise<void>;
}

/** An install address of 4,096 characters, and the longest catalogue path behind it. */
const PATH_CHARS_MAX = 5120;
/** The parser closes the connection by itself after 8 to 12 s, without an answer. */
const BODY_TIMEOUT_MS = 7500;
const BODY_BYTES_MAX = 256 * 1024 * 1024;
const TLS_POLL_MS = 5000;
const SLOW_READER_WINDOW_MS = 30_000;
const SLOW_READER_BYTES_MIN = 16 * 1024;

/**
 * Listens and serves until it is disposed.
 * @throws StartError when there is no binary for this Node.js, the port is taken, or TLS files are unusable
 */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const uws = await loadUws(options.environment);
  const pair = options.tls === null ? null : await readTlsPair(options.tls);
  const listener = new Listener(uws, options.tls);
  const socket = await listen(uws, listener.app, options);
  return new RunningServer(uws, listener, { socket, pair }, options);
}

interface Opened {
  readonly socket: ListenSocket;
  /** Null without TLS. */
  readonly pair: TlsPair | null;
}

class RunningServer implements HttpServer, Drainee {
  readonly port: number;
  readonly #uws: Uws;
  readonly #listener: Listener;
  readonly #renewal: TlsRenewal | null;
  readonly #context: ExchangeContext;
  readonly #responder: Responder;
  readonly #dispatcher: Dispatcher;
  readonly #slowReaders: SlowReaders;
  readonly #eventStreams = new EventStreams();
  readonly #bodyStreams: BodyStreams;
  readonly #sockets: WebSockets;
  readonly #logger: Logger;
  #socket: ListenSocket | null;
  #isClosed = false;

  constructor(uws: Uws, listener: Listener, { socket, pair }: Opened, options: HttpServerOptions) {
    this.#uws = uws;
    this.#logger = options.logger;
    this.#listener = listener;
    this.#socket = socket;
    this.port = uws.us_socket_local_port(socket);
    this.#slowReaders = new SlowReaders({
      windowMs: options.slowReaderWindowMs ?? SLOW_READER_WINDOW_MS,
      windowBytesMin: SLOW_READER_BYTES_MIN,
    });
    this.#context = createContext(options, this.port);
    const { metrics = null } = options;
    const { logger } = options;
    this.#bodyStreams = new BodyStreams({ slowReaders: this.#slowReaders, logger });
    this.#responder = createResponder(options, {
      slowReaders: this.#slowReaders,
      eventStreams: this.#eventStreams,
      bodyStreams: this.#bodyStreams,
    });
    this.#sockets = new WebSockets(
      options.sockets ?? [],
      (topic, message) => listener.publish(topic, message),
      options.logger,
    );
    if (metrics !== null) {
      metrics.admission = this.#context.admission;
      metrics.sockets = this.#sockets.rows;
    }
    const proxyHint = new ProxyHint({
      addresses: this.#context.addresses,
      hostUrl: options.hostUrl,
      ownUrl: this.baseUrl,
      logger: options.logger,
    });
    this.#dispatcher = new Dispatcher(this.#context, this.#responder, proxyHint);
    // The loop has not turned since the socket was opened: no request can have come yet.
    listener.serve((app, socketClosed) =>
      bindRoutes(app, {
        sockets: this.#sockets,
        socketClosed,
        routes: options.routes,
        basePath: basePathOf(options.hostUrl),
        dispatcher: this.#dispatcher,
        responder: this.#responder,
        metrics,
        guards: options.guards ?? (() => null),
        journal: options.journal ?? null,
      }),
    );
    this.#renewal = createRenewal(options, pair, () => listener.renew());
  }

  get baseUrl(): string {
    return this.#context.baseUrls.own;
  }

  get inFlight(): number {
    return this.#context.admission.inFlight.waiting;
  }

  get connections(): number {
    return this.#listener.connections;
  }

  get isBusy(): boolean {
    return this.inFlight > 0 || this.#slowReaders.count > 0 || this.#bodyStreams.count > 0;
  }

  get lastRequestAtMs(): number {
    return this.#dispatcher.lastRequestAtMs;
  }

  async reloadTls(): Promise<void> {
    if (this.#renewal === null) this.#logger.info({}, 'there are no TLS files to read again');
    else await this.#renewal.reload();
  }

  stopAccepting(): void {
    this.#renewal?.[Symbol.dispose]();
    if (this.#socket === null) return;
    this.#uws.us_listen_socket_close(this.#socket);
    this.#socket = null;
  }

  async drain(deadlineMs: number): Promise<void> {
    this.stopAccepting();
    this.#responder.closesConnections = true;
    this.#eventStreams.endAll();
    this.#bodyStreams.drain();
    this.#dispatcher.drain();
    this.#sockets.endAll();
    await drainConnections(this, deadlineMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.stopAccepting();
    this.#listener.close();
    this.#slowReaders[Symbol.dispose]();
    this.#eventStreams[Symbol.dispose]();
    this.#bodyStreams[Symbol.dispose]();
  }
}

function createContext(options: HttpServerOptions, port: number): ExchangeContext {
  const addresses = new ClientAddressResolver(options.trustedProxies);
  const scheme = options.tls === null ? 'http' : 'https';
  const baseUrlOptions = { hostUrl: options.hostUrl, scheme, listenHost: options.host } as const;
  return {
    requestIds: new RequestIds(),
    addresses,
    baseUrls: new BaseUrls(baseUrlOptions, port, addresses.trustsAnyone),
    admission: createAdmission(options),
    pathCharsMax: options.pathCharsMax ?? PATH_CHARS_MAX,
    bodyTimeoutMs: options.bodyTimeoutMs ?? BODY_TIMEOUT_MS,
    bodies: new BodyBudget(options.bodyBytesMax ?? BODY_BYTES_MAX),
  };
}

function createRenewal(
  options: HttpServerOptions,
  pair: TlsPair | null,
  swap: () => void,
): TlsRenewal | null {
  const { tls: files, tlsPollMs: pollMs = TLS_POLL_MS, logger } = options;
  return files === null || pair === null
    ? null
    : new TlsRenewal({ files, pair, pollMs, swap, logger });
}

function createResponder(
  options: HttpServerOptions,
  writers: Pick<ResponderOptions, 'slowReaders' | 'eventStreams' | 'bodyStreams'>,
): Responder {
  const { logger, hstsMaxAgeS = 0 } = options;
  const small = new ZlibCompressor();
  const encoder = new ContentEncoder({ small, large: options.largeBodies ?? small, logger });
  return new Responder({ encoder, ...writers, logger, hstsMaxAgeS });
}

function createAdmission(options: HttpServerOptions): Admission {
  const { inFlightMax, turnBudgetMs = 0, brownout = new Brownout(), logger } = options;
  const turns = new TurnBudget({
    budgetMs: turnBudgetMs,
    onRefused: (requests) =>
      logger.warn({ requests }, 'requests are refused: this process is at its limit'),
  });
  const classes = Object.keys(TRAFFIC);
  return new Admission({ turns, inFlight: new InFlight(inFlightMax), brownout, classes });
}
