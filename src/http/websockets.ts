/**
 * WebSockets: rows of the socket table as native handlers. An upgrade passes what every request passes (path, guards, limits,
 * deadline) and is refused as every request is; what was learned of the native side: docs/http-lifecycle.md.
 */
import { AppError } from '../lib/errors.ts';
import type { Logger } from '../platform/log/logger.ts';
import { checkOrigin } from './origin.ts';
import { OpenSocket, topicOf } from './open-socket.ts';
import type { Reply, Request, Route } from './route.ts';
import { SocketRow } from './socket-row.ts';
import type { SocketListener, SocketRoute } from './socket-route.ts';
import { UPGRADE_HEADERS, UpgradeExchange } from './upgrade-exchange.ts';
import type { NativeApp, NativeSocket, SocketBehavior } from './uws.ts';

/** The native module copies what is attached, field by field. */
interface Attached {
  readonly socket: OpenSocket;
}

/** Asked of the dispatcher for every upgrade. */
export type Upgrade = SocketBehavior<Attached>['upgrade'];

/** Beyond what rows take, so that a message that is somewhat too long is closed with a code that says so. */
const PAYLOAD_BYTES_MAX = 65_536;

export class WebSockets {
  readonly rows: readonly SocketRow[];
  readonly #logger: Logger;

  /** @param publish to all sockets of the process that subscribed */
  constructor(
    routes: readonly SocketRoute[],
    publish: (topic: string, message: Uint8Array) => void,
    logger: Logger,
  ) {
    this.#logger = logger;
    this.rows = routes.map((route) => {
      const row = new SocketRow(route);
      route.topics.connect((topic, message) => publish(topicOf(row, topic), message));
      return row;
    });
  }

  get open(): number {
    return this.rows.reduce((sum, { open }) => sum + open, 0);
  }

  endAll(): void {
    for (const row of this.rows) row.endAll();
  }

  /** Grants an upgrade, or throws what is to be answered. */
  readonly handle = (row: SocketRow, request: Request): Reply | Promise<Reply> => {
    if (!(request instanceof UpgradeExchange))
      throw new AppError('request.not-found', 'there is nothing but a WebSocket at this path');
    row.check(request.clientAddress);
    checkOrigin(request, row.route.origins);
    const listener = row.route.handler(request);
    if (listener instanceof Promise)
      return listener.then((agreed) => this.#grant(row, request, agreed));
    return this.#grant(row, request, listener);
  };

  /** @param closed told of every connection that ends as a WebSocket */
  bind(
    app: NativeApp,
    pattern: string,
    row: SocketRow,
    upgrade: Upgrade,
    closed: () => void,
  ): void {
    const { backlogBytesMax, idleTimeoutS, messageBytesMax } = row.route.limits;
    const onSocket =
      <A extends readonly unknown[]>(act: (socket: OpenSocket, ...rest: A) => void) =>
      (native: NativeSocket<Attached>, ...rest: A) =>
        this.#guarded(native.getUserData().socket, (socket) => act(socket, ...rest));
    app.ws<Attached>(pattern, {
      maxPayloadLength: Math.max(PAYLOAD_BYTES_MAX, messageBytesMax),
      maxBackpressure: backlogBytesMax,
      idleTimeout: idleTimeoutS,
      sendPingsAutomatically: true,
      upgrade,
      open: (native) => {
        const { socket } = native.getUserData();
        socket.attach(native);
        // Not now: what is allocated while the upgrade is written can make it close the connection (docs/http-lifecycle.md).
        setImmediate(() => this.#guarded(socket, (opened) => opened.opened()));
      },
      message: onSocket((socket, message: ArrayBuffer, isBinary: boolean) =>
        socket.received(message, isBinary),
      ),
      ping: onSocket((socket) => socket.pinged()),
      dropped: onSocket((socket) => socket.dropped()),
      drain: onSocket((socket) => socket.drained()),
      close: onSocket((socket, code: number) => {
        closed();
        row.delete(socket, code);
        socket.closed();
      }),
    });
  }

  /** All in one turn: nobody else can take the place between the check and the opening. */
  #grant(row: SocketRow, exchange: UpgradeExchange, listener: SocketListener): Reply {
    row.check(exchange.clientAddress);
    row.checkGroup(listener.group);
    const socket = new OpenSocket(row, listener, exchange.clientAddress);
    const { protocol } = row.route;
    return {
      status: 101,
      representation: null,
      socket: {
        open: (response) => {
          row.add(socket);
          response.upgrade<Attached>(
            { socket },
            exchange.header('sec-websocket-key'),
            exchange.protocols.includes(protocol) ? protocol : '',
            exchange.header('sec-websocket-extensions'),
            exchange.upgradeContext,
          );
        },
      },
    };
  }

  /** What is thrown into the native side ends the process. */
  #guarded(socket: OpenSocket, act: (socket: OpenSocket) => void): void {
    try {
      act(socket);
    } catch (error) {
      this.#logger.error({ error }, 'a WebSocket failed');
      socket.end(1011, 'something went wrong on our side');
    }
  }
}

/** The row as the dispatcher takes it. */
export function upgradeRoute(sockets: WebSockets, row: SocketRow): Route {
  const { pattern, name, access, traffic, timeoutMs, requestHeaders = [] } = row.route;
  return {
    pattern,
    name,
    access,
    traffic,
    timeoutMs,
    cachePolicy: 'no-store',
    requestHeaders: [...UPGRADE_HEADERS, ...requestHeaders],
    handler: (request) => sockets.handle(row, request),
  };
}
