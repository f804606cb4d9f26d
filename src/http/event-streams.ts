/** Answers that stay open (`text/event-stream`): bounded in number, and in what one reader may leave lying. */
import type { Exchange } from './exchange.ts';
import type { EventSource } from './route.ts';
import type { NativeResponse } from './uws.ts';

interface OpenStream {
  readonly exchange: Exchange;
  /** What was written last is still in our memory: nothing more is written until the reader took it. */
  isBehind: boolean;
  behindSinceMs: number;
  end: () => void;
}

/** For people who watch, not for clients. */
const STREAMS_MAX = 100;
/** uWebSockets.js closes a connection that was silent for 10 s. */
const BEAT_MS = 5000;
const BEHIND_MS_MAX = 30_000;
/** A comment, which clients skip. */
const BEAT = Buffer.from(':\n\n');
const NOTHING = Buffer.alloc(0);

export class EventStreams implements Disposable {
  readonly #open = new Set<OpenStream>();
  #timer: NodeJS.Timeout | undefined;

  get isFull(): boolean {
    return this.#open.size >= STREAMS_MAX;
  }

  /** To be called corked, once the head was written. */
  begin(exchange: Exchange, response: NativeResponse, source: EventSource): void {
    const stream: OpenStream = {
      exchange,
      isBehind: false,
      behindSinceMs: 0,
      end: () => undefined,
    };
    this.#open.add(stream);
    this.#timer ??= setInterval(() => this.#beat(), BEAT_MS).unref();
    exchange.isDeferred = true;
    exchange.onGone = () => this.#close(stream);
    response.onWritable(() => {
      stream.isBehind = false;
      return true;
    });
    note(stream, response.write(BEAT));
    const end = source.open((event) => write(stream, event));
    if (this.#open.has(stream)) stream.end = end;
    else end();
  }

  /** The server stops: clients connect again, to another one. */
  endAll(): void {
    for (const stream of this.#open) {
      const { response } = stream.exchange;
      this.#close(stream);
      stream.exchange.response = null;
      // With `true` a line `Connection: close` would get into the body.
      response?.cork(() => response.end(NOTHING, false));
    }
  }

  [Symbol.dispose](): void {
    for (const stream of this.#open) this.#close(stream);
  }

  #close(stream: OpenStream): void {
    if (!this.#open.delete(stream)) return;
    stream.end();
    if (this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beat(): void {
    const nowMs = performance.now();
    for (const stream of this.#open) {
      if (!stream.isBehind) write(stream, BEAT);
      else if (nowMs - stream.behindSinceMs > BEHIND_MS_MAX) stream.exchange.response?.close();
    }
  }
}

function write(stream: OpenStream, event: Uint8Array): void {
  const { response } = stream.exchange;
  if (response === null || stream.isBehind) return;
  response.cork(() => note(stream, response.write(event)));
}

function note(stream: OpenStream, isTaken: boolean): void {
  stream.isBehind = !isTaken;
  if (!isTaken) stream.behindSinceMs = performance.now();
}
