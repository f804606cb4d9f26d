/** Many who watch one channel: connections that are read and not kept. */
import { connect, type Socket } from 'node:net';

const READ_BYTES = 256 * 1024;
/** They do not come at one moment. */
const APART_MS = 10;

export class Viewers implements Disposable {
  readonly #bytes: number[];
  readonly #sockets: readonly Socket[];
  #stalled = -1;

  private constructor(sockets: readonly Socket[], bytes: number[]) {
    this.#sockets = sockets;
    this.#bytes = bytes;
  }

  static async open(port: number, path: string, count: number): Promise<Viewers> {
    const bytes = Array.from({ length: count }, () => 0);
    const buffer = Buffer.alloc(READ_BYTES);
    const sockets: Socket[] = [];
    for (let at = 0; at < count; at++) {
      const note = (read: number) => {
        bytes[at] = (bytes[at] ?? 0) + read;
      };
      sockets.push(await watching(port, path, buffer, note));
      await new Promise((resolve) => setTimeout(resolve, APART_MS));
    }
    return new Viewers(sockets, bytes);
  }

  stallOne(): void {
    this.#stalled = 0;
    this.#sockets[0]?.pause();
  }

  /** What came until now does not count. */
  forget(): void {
    this.#bytes.fill(0);
  }

  /** Of those that are not stalled. */
  get leastBytes(): number {
    return Math.min(...this.#bytes.filter((_, at) => at !== this.#stalled));
  }

  [Symbol.dispose](): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

function watching(
  port: number,
  path: string,
  buffer: Buffer,
  onRead: (bytes: number) => void,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      port,
      host: '127.0.0.1',
      onread: {
        buffer,
        callback: (bytes) => {
          onRead(bytes);
          return true;
        },
      },
    });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`);
      resolve(socket);
    });
  });
}
