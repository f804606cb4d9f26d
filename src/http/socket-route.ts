/** What a feature sees of WebSockets: the shape of a row of the socket table, and a connection. */
import type { Request, Route } from './route.ts';
import type { SocketTopics } from './socket-topics.ts';
import type { NativeResponse } from './uws.ts';

/** Of one row, in one process. */
export interface SocketLimits {
  readonly socketsMax: number;
  /** Of one IPv4 address, or one /64 network of IPv6. */
  readonly socketsPerAddressMax: number;
  readonly socketsPerGroupMax: number;
  /** Longest message of a client in bytes; beyond it the socket is closed with 1009. */
  readonly messageBytesMax: number;
  /** Messages and pings of a client in ten seconds; beyond it the socket is closed with 1008. */
  readonly messagesMax: number;
  /** What may wait in memory for one reader, in bytes; beyond it the socket is closed with 4008. */
  readonly backlogBytesMax: number;
  /** Who answers no ping for so long is cut off, in seconds, from 8 on. */
  readonly idleTimeoutS: number;
}

/** One row of the socket table: what WebSockets at a pattern do. A row of the route table may have the same pattern. */
export interface SocketRoute extends Pick<
  Route,
  'pattern' | 'name' | 'access' | 'traffic' | 'requestHeaders'
> {
  /** Deadline of the upgrade in milliseconds. */
  readonly timeoutMs: number;
  /** Subprotocol that is chosen where the client offers it. */
  readonly protocol: string;
  readonly limits: SocketLimits;
  /** Origins beside our own whose pages may connect; `*`: all. */
  readonly origins: readonly string[];
  /** Reaches all sockets of the row. */
  readonly topics: SocketTopics;
  /** Says what the socket does. @throws AppError when the request is refused, also as the promise's rejection */
  readonly handler: (request: Request) => SocketListener | Promise<SocketListener>;
}

/** What a feature does with one connection. */
export interface SocketListener {
  /** Sockets of one group are counted together. */
  readonly group: string;
  opened(socket: Socket): void;
  received(text: string): void;
  /** The socket must not be used any more. */
  closed(): void;
}

/** An open connection; what is done to a closed one does nothing. */
export interface Socket {
  /** In order. @param messages UTF-8 */
  send(messages: readonly Uint8Array[]): void;
  /** Resolves when the reader has taken what was sent, or the socket is closed. */
  sent(): Promise<void>;
  /** Hears what is published to the topic from now on. */
  join(topic: string): void;
  /** @param code 1000, or 3000 to 4999 @param reason at most 123 bytes */
  end(code: number, reason: string): void;
}

/** Where an upgrade was granted: for `response.ts`. */
export interface SocketOpening {
  /** To be called corked after a wait. */
  open(response: NativeResponse): void;
}
