/** Small real proxies on loopback, HTTP (CONNECT) and SOCKS5, that remember where they were asked to connect. */
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export interface TestProxy extends AsyncDisposable {
  /** `127.0.0.1:port` */
  readonly host: string;
  /** `host:port` of each way that was asked for, as it was asked for. */
  readonly targets: readonly string[];
}

export interface TestProxyOptions {
  /** All ways lead to this port of 127.0.0.1, whatever was asked for. */
  readonly leadsTo: number;
  /** `user:password`; others are refused. */
  readonly login?: string;
  /** Takes connections and says nothing. */
  readonly isSilent?: boolean;
}

export async function startHttpProxy(options: TestProxyOptions): Promise<TestProxy> {
  const targets: string[] = [];
  const expected = `Basic ${Buffer.from(options.login ?? '').toString('base64')}`;
  const server = createHttpServer();
  server.on('connect', (request, client: Socket) => {
    client.on('error', () => client.destroy());
    if (options.isSilent === true) return;
    if (options.login !== undefined && request.headers['proxy-authorization'] !== expected) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    targets.push(request.url ?? '');
    join(client, options.leadsTo, 'HTTP/1.1 200 Connection established\r\n\r\n');
  });
  return listening(server, targets);
}

const SOCKS_VERSION = 5;
const METHOD = { none: 0, password: 2, unacceptable: 0xff };
const GRANTED = Uint8Array.of(SOCKS_VERSION, 0, 0, 1, 0, 0, 0, 0, 0, 0);

/** RFC 1928 and 1929, CONNECT only. */
export async function startSocksProxy(options: TestProxyOptions): Promise<TestProxy> {
  const targets: string[] = [];
  const server = createServer((client) => {
    client.on('error', () => client.destroy());
    if (options.isSilent !== true) void talkSocks(client, options, targets);
  });
  return listening(server, targets);
}

async function talkSocks(
  client: Socket,
  { login, leadsTo }: TestProxyOptions,
  targets: string[],
): Promise<void> {
  const read = reader(client);
  const [, methods = 0] = await read(2);
  const offered = await read(methods);
  const method = login === undefined ? METHOD.none : METHOD.password;
  if (!offered.includes(method)) {
    client.end(Uint8Array.of(SOCKS_VERSION, METHOD.unacceptable));
    return;
  }
  client.write(Uint8Array.of(SOCKS_VERSION, method));
  if (login !== undefined) {
    const user = await read((await read(2))[1] ?? 0);
    const password = await read((await read(1))[0] ?? 0);
    const isRight = `${user.toString()}:${password.toString()}` === login;
    client.write(Uint8Array.of(1, isRight ? 0 : 1));
    if (!isRight) return void client.end();
  }
  const kind = (await read(4))[3];
  const host = await readHost(kind ?? 0, read);
  const port = (await read(2)).readUInt16BE();
  targets.push(`${host}:${port}`);
  join(client, leadsTo, GRANTED);
}

async function readHost(kind: number, read: (bytes: number) => Promise<Buffer>): Promise<string> {
  if (kind === 1) return [...(await read(4))].join('.');
  if (kind === 3) return (await read((await read(1))[0] ?? 0)).toString();
  const groups = await read(16);
  const hex = Array.from({ length: 8 }, (_, i) => groups.readUInt16BE(2 * i).toString(16));
  return `[${hex.join(':')}]`;
}

/** Reads so many bytes from the start of what a socket says; what comes after stays in it. */
function reader(socket: Socket): (bytes: number) => Promise<Buffer> {
  return async (bytes) => {
    if (bytes === 0) return Buffer.alloc(0);
    for (;;) {
      const piece = socket.read(bytes) as Buffer | null;
      if (piece !== null) return piece;
      await new Promise((resolve) => socket.once('readable', resolve));
    }
  };
}

function join(client: Socket, port: number, greeting: string | Uint8Array): void {
  const server = connect(port, '127.0.0.1', () => client.write(greeting));
  server.on('error', () => client.destroy());
  client.on('close', () => server.destroy());
  client.pipe(server).pipe(client);
}

async function listening(server: Server, targets: readonly string[]): Promise<TestProxy> {
  const clients = new Set<Socket>();
  server.on('connection', (client: Socket) => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    targets,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
