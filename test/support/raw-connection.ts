/** HTTP over a bare socket: what went over the wire, byte by byte, also when it is not valid HTTP. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawResponse {
  readonly status: number;
  /** Lower-case names; a repeated header is joined with `, `. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

const HEAD_END = Buffer.from('\r\n\r\n');

export class RawConnection implements AsyncDisposable {
  readonly socket: Socket;
  /** Resolves when the connection is gone, by whatever means. */
  readonly closed: Promise<void>;
  #received = Buffer.alloc(0);
  #isClosed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        this.#isClosed = true;
        resolve();
      });
    });
  }

  static async open(port: number): Promise<RawConnection> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Everything received and not consumed by `response`. */
  get received(): Buffer {
    return this.#received;
  }

  write(bytes: string | Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  /** A request with a Host header. */
  request(method: string, path: string, headers: Readonly<Record<string, string>> = {}): void {
    const lines = Object.entries({ Host: 'test', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    this.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  }

  /**
   * The next response, framed by its Content-Length.
   * @param options.bodiless for HEAD, whose length names a body that does not come
   * @returns null when the connection closes first
   */
  async response(options: { readonly bodiless?: boolean } = {}): Promise<RawResponse | null> {
    for (;;) {
      const parsed = parseResponse(this.#received, options.bodiless ?? false);
      if (parsed !== null) {
        this.#received = this.#received.subarray(parsed.consumedBytes);
        return parsed.response;
      }
      if (this.#isClosed) return null;
      await Promise.race([once(this.socket, 'data').catch(() => undefined), this.closed]);
    }
  }

  /** Closes with a TCP reset. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }
}

function parseResponse(received: Buffer, bodiless: boolean) {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const [statusLine = '', ...lines] = received.subarray(0, headEnd).toString('latin1').split('\r\n');
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  const status = Number(statusLine.split(' ')[1]);
  const hasBody = !bodiless && status !== 304 && status !== 204;
  const bodyBytes = hasBody ? Number(headers.get('content-length') ?? 0) : 0;
  const bodyStart = headEnd + HEAD_END.length;
  if (received.length < bodyStart + bodyBytes) return null;
  const body = Buffer.from(received.subarray(bodyStart, bodyStart + bodyBytes));
  return { response: { status, headers, body }, consumedBytes: bodyStart + bodyBytes };
}

/** One request on a connection of its own. */
export async function rawExchange(
  port: number, method: string, path: string, headers: Readonly<Record<string, string>> = {},
): Promise<RawResponse> {
  await using connection = await RawConnection.open(port);
  connection.request(method, path, headers);
  const response = await connection.response({ bodiless: method === 'HEAD' });
  if (response === null) throw new Error(`${method} ${path}: closed without an answer`);
  return response;
}
