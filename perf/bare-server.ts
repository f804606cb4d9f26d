/**
 * The ceiling: a uWebSockets.js server that does nothing but answer given bytes and headers, in the
 * cheapest way we know (one joined header write, one `end`). Sluice is measured against it.
 */
import { loadBinary } from '../src/http/uws-binary.ts';
import type { Uws } from '../src/http/uws.ts';

const NOTHING = new Uint8Array();

export interface BareServer {
  readonly port: number;
  close(): void;
}

/**
 * Answers every GET with these bytes.
 * @param headers name and value of each; `Date` and `Content-Length` are added by uWebSockets.js
 * @param port 0 takes any free one
 * @param status code and reason; `/ready` is always 200
 */
export async function startBareServer(
  bytes: Uint8Array,
  headers: readonly (readonly [name: string, value: string])[],
  port: number,
  status = '200 OK',
): Promise<BareServer> {
  const uws = (await loadBinary()) as Uws;
  const [first = ['X-Bare', '1'] as const, ...rest] = headers;
  const name = Buffer.from(first[0]);
  const value = Buffer.from([first[1], ...rest.map((header) => header.join(': '))].join('\r\n'));
  const isPlain = status.startsWith('200');
  const app = uws
    .App()
    .get('/ready', (response) => {
      response.end(NOTHING, false);
    })
    .get('/*', (response) => {
      if (!isPlain) response.writeStatus(status);
      response.writeHeader(name, value);
      response.end(bytes, false);
    });
  let opened = 0;
  let close = () => {};
  app.listen('127.0.0.1', port, 0, (socket) => {
    if (socket === false) throw new Error(`port ${port} is in use`);
    opened = uws.us_socket_local_port(socket);
    close = () => {
      uws.us_listen_socket_close(socket);
      app.close();
    };
  });
  return { port: opened, close: () => close() };
}
