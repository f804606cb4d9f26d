/** One open WebSocket: a slow reader is let go, a client that floods is closed, and nothing is done to what is closed. */
import type { SocketRow } from './socket-row.ts';
import type { Socket, SocketListener } from './socket-route.ts';
import type { NativeSocket } from './uws.ts';

/** How long a reader that was too slow may take for what waits, before it is cut off without a word. */
const SLOW_GRACE_MS = 10_000;
const FLOOD_WINDOW_MS = 10_000;
const UTF8 = new TextDecoder();

export class OpenSocket implements Socket {
  readonly clientAddress: string;
  readonly listener: SocketListener;
  readonly #row: SocketRow;
  #native: NativeSocket<unknown> | null = null;
  #isOpened = false;
  readonly #topics: string[] = [];
  #onSent = nothing;
  #slowTimer: NodeJS.Timeout | undefined;
  #windowStartedAtMs = 0;
  #received = 0;

  constructor(row: SocketRow, listener: SocketListener, clientAddress: string) {
    this.#row = row;
    this.listener = listener;
    this.clientAddress = clientAddress;
  }

  get isSlow(): boolean {
    return this.#slowTimer !== undefined;
  }

  /** The listener hears of it with `opened`. */
  attach(native: NativeSocket<unknown>): void {
    this.#native = native;
  }

  /** To be called once it may send; nothing where it is closed again. */
  opened(): void {
    if (this.#isOpened || this.#native === null) return;
    this.#isOpened = true;
    this.listener.opened(this);
  }

  received(message: ArrayBuffer, isBinary: boolean): void {
    this.opened();
    if (this.isSlow || this.#isFlood()) return;
    const { messageBytesMax } = this.#row.route.limits;
    if (message.byteLength > messageBytesMax)
      return this.end(1009, `a message has at most ${messageBytesMax} bytes`);
    if (isBinary) return this.end(1003, 'messages are text');
    this.listener.received(UTF8.decode(message));
  }

  pinged(): void {
    this.#isFlood();
  }

  send(messages: readonly Uint8Array[]): void {
    const native = this.#native;
    if (native === null || this.isSlow) return;
    native.cork(() => {
      for (const message of messages) if (native.send(message, false) === 2) return this.dropped();
    });
  }

  sent(): Promise<void> {
    if (this.#native === null || this.#native.getBufferedAmount() === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const earlier = this.#onSent;
      this.#onSent = () => {
        earlier();
        resolve();
      };
    });
  }

  join(topic: string): void {
    if (this.isSlow || this.#native?.subscribe(topicOf(this.#row, topic)) !== true) return;
    this.#topics.push(topic);
  }

  end(code: number, reason: string): void {
    this.#native?.end(code, reason);
  }

  /** It has missed a message: it gets no more, and is told why once it has taken what waits. */
  dropped(): void {
    if (this.isSlow) return;
    this.#slowTimer = setTimeout(() => this.#native?.close(), SLOW_GRACE_MS).unref();
    // Not now: the app may be publishing.
    setImmediate(() => {
      for (const topic of this.#topics) this.#native?.unsubscribe(topicOf(this.#row, topic));
      this.drained();
    });
  }

  drained(): void {
    const native = this.#native;
    if (native === null || native.getBufferedAmount() > 0) return;
    this.#tellSent();
    if (!this.isSlow) return;
    this.end(4008, 'too slow: messages were missed, connect again');
  }

  closed(): void {
    this.#native = null;
    clearTimeout(this.#slowTimer);
    this.#tellSent();
    this.listener.closed();
  }

  #tellSent(): void {
    const tell = this.#onSent;
    this.#onSent = nothing;
    tell();
  }

  #isFlood(): boolean {
    this.#row.received++;
    const nowMs = performance.now();
    if (nowMs - this.#windowStartedAtMs >= FLOOD_WINDOW_MS) {
      this.#windowStartedAtMs = nowMs;
      this.#received = 0;
    }
    this.#received++;
    const { messagesMax } = this.#row.route.limits;
    if (this.#received <= messagesMax) return false;
    this.end(1008, `at most ${messagesMax} messages in ${FLOOD_WINDOW_MS / 1000} seconds`);
    return true;
  }
}

function nothing(): void {}

/** Topics of rows are apart, though they share an app. */
export function topicOf({ route: { name } }: Pick<SocketRow, 'route'>, topic: string): string {
  return `${name}/${topic}`;
}
