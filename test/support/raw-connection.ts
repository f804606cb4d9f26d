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
  #chunks: Buffer[] = [];
  #receivedBytes = 0;
  #isClosed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#receivedBytes += chunk.length;
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
    if (this.#chunks.length > 1) this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  write(bytes: string | Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  /** A request with a Host header. */
  request(method: string, path: string, headers: Readonly<Record<string, string>> = {}): void {
    const lines = Object.entries({ Host: 'test', ...headers }).map(
      ([name, value]) => `${name}: ${value}\r\n`,
    );
    this.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  }

  /**
   * The next response, framed by its Content-Length.
   * @param options.bodiless for HEAD, whose length names a body that does not come
   * @returns null when the connection closes first
   */
  async response(options: { readonly bodiless?: boolean } = {}): Promise<RawResponse | null> {
    let neededBytes = 0;
    for (;;) {
      // A large body is joined once, not at every chunk.
      if (this.#receivedBytes >= neededBytes) {
        const { response, bytes } = parseResponse(this.received, options.bodiless ?? false);
        if (response !== null) {
          this.#consume(bytes);
          return response;
        }
        neededBytes = bytes;
      }
      if (this.#isClosed) return null;
      await Promise.race([once(this.socket, 'data').catch(() => undefined), this.closed]);
    }
  }

  #consume(bytes: number): void {
    this.#chunks = [this.received.subarray(bytes)];
    this.#receivedBytes -= bytes;
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

/** The first response and its length, or, while it is incomplete, the bytes that it takes at least. */
function parseResponse(
  received: Buffer,
  bodiless: boolean,
): { response: RawResponse | null; bytes: number } {
  const headEnd = received.indexOf(HEAD_END);
  if (headEnd < 0) return { response: null, bytes: received.length + 1 };
  const [statusLine = '', ...lines] = received
    .subarray(0, headEnd)
    .toString('latin1')
    .split('\r\n');
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
  if (received.length < bodyStart + bodyBytes)
    return { response: null, bytes: bodyStart + bodyBytes };
  const body = Buffer.from(received.subarray(bodyStart, bodyStart + bodyBytes));
  return { response: { status, headers, body }, bytes: bodyStart + bodyBytes };
}

/** One request on a connection of its own. */
export async function rawExchange(
  port: number,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawResponse> {
  await using connection = await RawConnection.open(port);
  connection.request(method, path, headers);
  const response = await connection.response({ bodiless: method === 'HEAD' });
  if (response === null) throw new Error(`${method} ${path}: closed without an answer`);
  return response;
}
