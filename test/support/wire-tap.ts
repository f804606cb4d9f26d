/** Between a client and a server: passes bytes on as they come, and keeps the heads of what was asked and answered. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TappedRequest {
  readonly method: string;
  readonly path: string;
  /** `1.1` */
  readonly version: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface WireTap extends AsyncDisposable {
  readonly url: string;
  /** In the order of their arrival; those with bodies are not told apart from what follows. */
  readonly requests: TappedRequest[];
  readonly statuses: number[];
}

const REQUEST = /^([A-Z]+) (\S+) HTTP\/(1\.[01])\r\n([^]*?)\r\n\r\n/;
const STATUS = /HTTP\/1\.[01] (\d{3}) /g;

/** @param server `http://127.0.0.1:port` */
export async function tapInto(server: string): Promise<WireTap> {
  const requests: TappedRequest[] = [];
  const statuses: number[] = [];
  const sockets = new Set<Socket>();
  const tap = createServer((client) => {
    const { hostname, port } = new URL(server);
    const upstream = connect(Number(port), hostname);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).once('close', () => sockets.delete(from));
      from.pipe(to);
    }
    let asked = '';
    client.on('data', (piece: Buffer) => {
      asked += piece.toString('latin1');
      for (let found = REQUEST.exec(asked); found !== null; found = REQUEST.exec(asked)) {
        const [head = '', method = '', path = '', version = '', lines = ''] = found;
        requests.push({ method, path, version, headers: headersOf(lines) });
        asked = asked.slice(head.length);
      }
    });
    upstream.on('data', (piece: Buffer) => {
      for (const [, status] of piece.toString('latin1').matchAll(STATUS))
        statuses.push(Number(status));
    });
  });
  await new Promise<void>((resolve) => {
    tap.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(tap.address() as AddressInfo).port}`,
    requests,
    statuses,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => tap.close(resolve));
    },
  };
}

function headersOf(lines: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
}
