/** A WebSocket client that keeps what it hears. */
import { WebSocket } from 'undici';
import { poll } from '../../src/lib/async/wait.ts';

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

const LIMIT_MS = 30_000;

export class SocketClient implements Disposable {
  /** Texts, in order. */
  readonly heard: string[] = [];
  onText: (text: string) => void = () => undefined;
  wasOpen = false;
  readonly opened: Promise<void>;
  readonly closed: Promise<Closed>;
  readonly #socket: WebSocket;

  constructor(url: string, headers: Record<string, string> = {}, protocols: string[] = []) {
    this.#socket = new WebSocket(url.replace(/^http/, 'ws'), { headers, protocols });
    this.#socket.addEventListener('message', ({ data }) => {
      this.heard.push(String(data));
      this.onText(String(data));
    });
    this.#socket.addEventListener('error', () => undefined);
    this.opened = new Promise((resolve, reject) => {
      this.#socket.addEventListener('open', () => {
        this.wasOpen = true;
        resolve();
      });
      this.#socket.addEventListener('error', () => reject(new Error(`no WebSocket at ${url}`)));
    });
    this.opened.catch(() => undefined);
    this.closed = new Promise((resolve) => {
      this.#socket.addEventListener('close', ({ code, reason }) => resolve({ code, reason }));
    });
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  say(message: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(message);
  }

  /** Resolves once a text that `pattern` matches was heard. */
  async hears(pattern: RegExp): Promise<string> {
    let found: string | undefined;
    const isHeard = await poll(
      () => (found = this.heard.find((text) => pattern.test(text))) !== undefined,
      { everyMs: 10, timeoutMs: LIMIT_MS },
    );
    if (!isHeard || found === undefined)
      throw new Error(`not heard: ${pattern}, but ${this.heard.slice(-5).join('\n')}`);
    return found;
  }

  close(): void {
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }
}

/** Head of an upgrade, for sockets that are spoken to byte by byte. */
export const UPGRADE: Readonly<Record<string, string>> = {
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
};
