/**
 * The ceiling: a uWebSockets.js server that does nothing but answer given bytes and headers, in the
 * cheapest way we know (one joined header write, one `end`). Sluice is measured against it.
 */
import { App, us_listen_socket_close, us_socket_local_port } from 'uWebSockets.js';

export interface BareServer {
  readonly port: number;
  close(): void;
}

/**
 * Answers every GET with these bytes.
 * @param headers name and value of each; `Date` and `Content-Length` are added by uWebSockets.js
 * @param port 0 takes any free one
 */
export function startBareServer(
  bytes: Uint8Array,
  headers: readonly (readonly [name: string, value: string])[],
  port: number,
): BareServer {
  const [first = ['X-Bare', '1'] as const, ...rest] = headers;
  const name = Buffer.from(first[0]);
  const value = Buffer.from([first[1], ...rest.map((header) => header.join(': '))].join('\r\n'));
  const app = App().get('/*', (response) => {
    response.writeHeader(name, value);
    response.end(bytes);
  });
  let opened = 0;
  let close = () => {};
  app.listen('127.0.0.1', port, (socket) => {
    if (socket === false) throw new Error(`port ${port} is in use`);
    opened = us_socket_local_port(socket as unknown as Parameters<typeof us_socket_local_port>[0]);
    close = () => {
      us_listen_socket_close(socket);
      app.close();
    };
  });
  return { port: opened, close: () => close() };
}
