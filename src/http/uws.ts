/**
 * The single import of uWebSockets.js (`uws-pack` 20.0.8, about v20.49) with the types that it lacks.
 * The module reads UWS_HTTP_MAX_HEADERS_SIZE when it loads: `main.ts` presets it, then loads the rest.
 */
import * as uws from 'uWebSockets.js';
import type { HttpRequest, HttpResponse, TemplatedApp, us_listen_socket } from 'uWebSockets.js';

export type NativeRequest = HttpRequest;
export type NativeResponse = HttpResponse;
export type NativeApp = TemplatedApp;
export type ListenSocket = us_listen_socket;

/** What the package exports at run time and its types leave out. */
interface Untyped {
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number;
  readonly _cfg: (option: 'silent') => void;
}

const { LIBUS_LISTEN_EXCLUSIVE_PORT, _cfg } = uws as unknown as Untyped;

/** Listen option: fail when the port is taken, instead of sharing it silently through SO_REUSEPORT. */
export const EXCLUSIVE_PORT = LIBUS_LISTEN_EXCLUSIVE_PORT;
export const SHARED_PORT = 0;

// Removes the `uWebSockets: 20` header from every answer.
_cfg('silent');

/** Request line and headers together, in bytes: install tokens live in the path (design.md section 3). */
export const HEAD_BYTES_MAX = 16_384;

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A new uWebSockets.js application, with TLS when files are given. */
export function createApp(tls: TlsFiles | null): NativeApp {
  return tls === null ? uws.App() : uws.SSLApp({ cert_file_name: tls.certFile, key_file_name: tls.keyFile });
}

/** `listen` with all four arguments, which the package's types leave out. Resolves with false when it fails. */
export function listen(app: NativeApp, host: string, port: number, option: number): Promise<ListenSocket | false> {
  type Listen = (host: string, port: number, option: number, done: (socket: ListenSocket | false) => void) => void;
  return new Promise((resolve) => {
    (app.listen as unknown as Listen).call(app, host, port, option, resolve);
  });
}

export function closeListenSocket(socket: ListenSocket): void {
  uws.us_listen_socket_close(socket);
}

/** The port that was really taken, for port 0. */
export function portOf(socket: ListenSocket): number {
  return uws.us_socket_local_port(socket as unknown as Parameters<typeof uws.us_socket_local_port>[0]);
}
