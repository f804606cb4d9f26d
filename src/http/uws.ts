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
  /** Of reading what the client sends, which goes on anyhow; puts off the time-out of a silent connection. */
  resume(): NativeResponse;
  /** 4 or 16 bytes. */
  getRemoteAddress(): ArrayBuffer;
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
  /** Called with 1 for every connection that opens and −1 for every one that closes. */
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
