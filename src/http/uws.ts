/**
 * The part of uWebSockets.js that Sluice uses, typed by us: the packages' own types lack `_cfg`, the listen options and the
 * result of several calls. Only `response.ts` writes to a `NativeResponse`.
 */
import { StartError } from '../lib/start-error.ts';
import { loadBinary } from './uws-binary.ts';

/** Read by the native module when it loads; the parser's default of 4,096 bytes is too small for install tokens. */
export const HEADER_BYTES_VARIABLE = 'UWS_HTTP_MAX_HEADERS_SIZE';
/** Request line and headers together; beyond it the parser answers 431. */
export const HEADER_BYTES_MAX = 16_384;

/** Valid only until its handler returns. */
export interface NativeRequest {
  /** Path without the query. */
  getUrl(): string;
  getQuery(): string;
  /** Value of the first header line of this lower-case name; empty when there is none. */
  getHeader(lowerCaseName: string): string;
  getCaseSensitiveMethod(): string;
  forEach(visit: (lowerCaseName: string, value: string) => void): void;
}

export type NativeBytes = string | Uint8Array;

/** Valid until `onAborted` was called or the response was ended. */
export interface NativeResponse {
  onAborted(handler: () => void): NativeResponse;
  /** Must be called before the request's handler returns. The chunk is valid until `handler` returns. */
  onData(handler: (chunk: ArrayBuffer, isLast: boolean) => void): NativeResponse;
  cork(write: () => void): NativeResponse;
  writeStatus(status: string): NativeResponse;
  writeHeader(name: NativeBytes, value: NativeBytes): NativeResponse;
  /** Writes what the socket takes; tells whether nothing was left behind, and whether the response is complete. */
  tryEnd(chunk: Uint8Array, totalBytes: number): [ok: boolean, done: boolean];
  /** A chunk of a body without a length. False: the socket did not take all of it, and it waits in memory. */
  write(chunk: Uint8Array): boolean;
  onWritable(handler: (offset: number) => boolean): NativeResponse;
  end(body: Uint8Array, closeConnection: boolean): NativeResponse;
  /** Never with a parameter: with a length the process aborts, `undefined` is sent as 2^63 (docs/http-lifecycle.md). */
  endWithoutBody(): NativeResponse;
  close(): NativeResponse;
  /** Of reading what the client sends. */
  pause(): NativeResponse;
  /** Puts off the time-out of a silent connection. While a body comes only behind `pause`, or the rest of it is lost. */
  resume(): NativeResponse;
  /** 4 or 16 bytes. */
  getRemoteAddress(): ArrayBuffer;
  /** The connection becomes a WebSocket, and this response must not be used any more. To be called corked after a wait. */
  upgrade<D>(
    data: D,
    key: string,
    protocol: string,
    extensions: string,
    context: UpgradeContext,
  ): void;
}

/** Opaque; stays valid as long as the app does. */
export type UpgradeContext = object;

/** Valid until its `close` handler is called: every later use throws. */
export interface NativeSocket<D> {
  getUserData(): D;
  /** 1: sent, 0: waits in memory, 2: dropped, as more than `maxBackpressure` waits. */
  send(message: NativeBytes, isBinary: boolean): number;
  /** Bytes that wait in memory. */
  getBufferedAmount(): number;
  subscribe(topic: string): boolean;
  unsubscribe(topic: string): boolean;
  cork(write: () => void): void;
  /** A close frame, unless more than `maxBackpressure` waits; calls the `close` handler before it returns. */
  end(code: number, reason: string): void;
  /** Without a close frame: the client sees 1006. */
  close(): void;
}

export interface SocketBehavior<D> {
  /** A longer message ends the connection without a close frame. */
  readonly maxPayloadLength: number;
  readonly maxBackpressure: number;
  /** Seconds, from 8 on: who answers no ping for so long is cut off. */
  readonly idleTimeout: number;
  readonly sendPingsAutomatically: boolean;
  upgrade(response: NativeResponse, request: NativeRequest, context: UpgradeContext): void;
  open(socket: NativeSocket<D>): void;
  /** The bytes are valid until this returns. */
  message(socket: NativeSocket<D>, message: ArrayBuffer, isBinary: boolean): void;
  ping(socket: NativeSocket<D>): void;
  /** Called while the app publishes: the socket must not be changed in it. */
  dropped(socket: NativeSocket<D>): void;
  drain(socket: NativeSocket<D>): void;
  close(socket: NativeSocket<D>, code: number): void;
}

export type NativeHandler = (response: NativeResponse, request: NativeRequest) => void;

/** Opaque; passing `false` where one is expected crashes the process. */
export type ListenSocket = object;

export interface NativeApp {
  get(pattern: string, handler: NativeHandler): NativeApp;
  head(pattern: string, handler: NativeHandler): NativeApp;
  post(pattern: string, handler: NativeHandler): NativeApp;
  put(pattern: string, handler: NativeHandler): NativeApp;
  del(pattern: string, handler: NativeHandler): NativeApp;
  options(pattern: string, handler: NativeHandler): NativeApp;
  /** Tried after the handlers of one method. */
  any(pattern: string, handler: NativeHandler): NativeApp;
  /** Catches upgrades before the handlers of GET. */
  ws<D>(pattern: string, behavior: SocketBehavior<D>): NativeApp;
  /** To all sockets of this app that subscribed; a slow one's loss is told to `dropped` alone. */
  publish(topic: string, message: NativeBytes, isBinary: boolean): boolean;
  /**
   * Called with 1 for every connection that opens and −1 for every one that closes as HTTP: of those that became WebSockets
   * nothing is told.
   */
  filter(handler: (response: NativeResponse, change: number) => void): NativeApp;
  listen(
    host: string,
    port: number,
    options: number,
    done: (socket: ListenSocket | false) => void,
  ): NativeApp;
  /** Names this app to another one. */
  getDescriptor(): number;
  /** Connections that this app accepts are handed to its child apps in turn. */
  addChildAppDescriptor(descriptor: number): NativeApp;
  removeChildAppDescriptor(descriptor: number): NativeApp;
  /** Closes every socket at once. */
  close(): NativeApp;
}

export interface Uws {
  App(): NativeApp;
  SSLApp(options: { readonly cert_file_name: string; readonly key_file_name: string }): NativeApp;
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number;
  us_listen_socket_close(socket: ListenSocket): void;
  us_socket_local_port(socket: ListenSocket): number;
  /** `silent` leaves out the `uWebSockets` response header. */
  _cfg(name: 'silent'): void;
}

/**
 * Loads the native module.
 * @param environment the process environment, with `HEADER_BYTES_VARIABLE` set before this call
 * @throws StartError when the variable is missing or no build of uWebSockets.js runs here
 */
export async function loadUws(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Uws> {
  if (!/^\d+$/.test(environment[HEADER_BYTES_VARIABLE] ?? '')) {
    throw new StartError(
      `${HEADER_BYTES_VARIABLE} must be set (${HEADER_BYTES_MAX}) before the HTTP server is loaded`,
    );
  }
  const uws = (await loadBinary()) as Uws;
  uws._cfg('silent');
  return uws;
}
