/** A WebSocket client that keeps what it hears. */
import { WebSocket } from 'undici';
import { poll } from '../../src/lib/async/wait.ts';

export interface Closed {
  readonly code: number;
  readonly reason: string;
}

const LIMIT_MS = 30_000;
const RETRIES_MAX = 3;
const RETRY_AFTER_MS = 100;

export class SocketClient implements Disposable {
  /** Texts, in order. */
  readonly heard: string[] = [];
  onText: (text: string) => void = () => undefined;
  wasOpen = false;
  readonly opened: Promise<void>;
  readonly closed: Promise<Closed>;
  readonly #address: readonly [url: string, headers: Record<string, string>, protocols: string[]];
  #socket: WebSocket;
  #end: Closed | null = null;
  #retries = RETRIES_MAX;
  #isClosing = false;
  #isOpened: () => void = () => undefined;
  #hasFailed: (error: Error) => void = () => undefined;
  #isClosed: (closed: Closed) => void = () => undefined;

  constructor(url: string, headers: Record<string, string> = {}, protocols: string[] = []) {
    this.#address = [url, headers, protocols];
    this.opened = new Promise((resolve, reject) => {
      this.#isOpened = resolve;
      this.#hasFailed = reject;
    });
    this.opened.catch(() => undefined);
    this.closed = new Promise((resolve) => {
      this.#isClosed = resolve;
    });
    this.#socket = this.#connect();
  }

  #connect(): WebSocket {
    const [url, headers, protocols] = this.#address;
    const socket = new WebSocket(url.replace(/^http/, 'ws'), { headers, protocols });
    socket.addEventListener('message', ({ data }) => {
      this.heard.push(String(data));
      this.onText(String(data));
    });
    socket.addEventListener('error', () => undefined);
    socket.addEventListener('open', () => {
      this.wasOpen = true;
      this.#isOpened();
    });
    socket.addEventListener('close', (end) => this.#ended(end));
    return socket;
  }

  /** A granted connection may be closed at once (docs/http-lifecycle.md): it tries again, as players and browsers do. */
  #ended({ code, reason }: Closed): void {
    if (code === 1006 && this.heard.length === 0 && !this.#isClosing && this.#retries > 0) {
      this.#retries--;
      setTimeout(() => {
        this.#socket = this.#connect();
      }, RETRY_AFTER_MS);
      return;
    }
    this.#end = { code, reason };
    this.#hasFailed(new Error(`no WebSocket at ${this.#address[0]}`));
    this.#isClosed(this.#end);
  }

  get isOpen(): boolean {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  /** `never open`, `open`, or how it was closed. */
  get #state(): string {
    if (this.#end !== null) return `closed with ${this.#end.code} ${this.#end.reason}`;
    return this.wasOpen ? 'open' : 'never open';
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
      throw new Error(
        `not heard: ${pattern}, but ${this.#state}: ${this.heard.slice(-5).join('\n')}`,
      );
    return found;
  }

  close(): void {
    this.#isClosing = true;
    this.#socket.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Head of an upgrade, for sockets that are spoken to byte by byte. */
export const UPGRADE: Readonly<Record<string, string>> = {
  Upgrade: 'websocket',
  Connection: 'Upgrade',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version': '13',
};
