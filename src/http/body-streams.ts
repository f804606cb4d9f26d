/**
 * Bodies that are made while they go out: one chunk at a time, the next one when the reader took the one before. A reader that
 * takes nothing is closed by `SlowReaders`, one that leaves aborts the source.
 */
import type { Logger } from '../platform/log/logger.ts';
import { CancelController } from '../lib/async/cancel.ts';
import { AppError } from '../lib/errors.ts';
import type { Exchange } from './exchange.ts';
import { OutgoingBody } from './outgoing-body.ts';
import type { BodySource } from './route.ts';
import type { SlowReaders } from './slow-readers.ts';
import type { NativeResponse } from './uws.ts';

export interface BodyStreamsOptions {
  readonly slowReaders: SlowReaders;
  readonly logger: Logger;
}

interface OpenStream {
  readonly exchange: Exchange;
  readonly body: OutgoingBody;
  readonly source: BodySource;
  readonly control: CancelController;
}

/** Each holds a chunk at most, and a connection. */
const STREAMS_MAX = 4000;
/** uWebSockets.js closes a connection on which nothing went out for 8 to 12 s. */
const BEAT_MS = 4000;

export class BodyStreams implements Disposable {
  readonly #options: BodyStreamsOptions;
  readonly #open = new Set<OpenStream>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: BodyStreamsOptions) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#open.size >= STREAMS_MAX;
  }

  get count(): number {
    return this.#open.size;
  }

  /** To be called corked, once the head was written. */
  begin(exchange: Exchange, response: NativeResponse, source: BodySource): void {
    const control = new CancelController();
    const { slowReaders } = this.#options;
    const { bodyBytes } = source;
    const body = new OutgoingBody({ exchange, response, slowReaders, bodyBytes });
    const stream: OpenStream = { exchange, body, source, control };
    this.#open.add(stream);
    this.#timer ??= setInterval(() => this.#beat(), BEAT_MS).unref();
    exchange.isDeferred = true;
    exchange.onGone = () => {
      this.#forget(stream);
      body.leave();
      control.abort(new AppError('request.cancelled', 'the client went away'));
    };
    void this.#send(stream);
  }

  /** The server stops: what has no end of its own is ended, the rest goes out. */
  drain(): void {
    for (const { source, control } of this.#open)
      if (source.isEndless === true) control.abort(serverStops());
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const { control } of this.#open) control.abort(serverStops());
    this.#open.clear();
  }

  /** Never rejects. */
  async #send(stream: OpenStream): Promise<void> {
    const { body, control, exchange } = stream;
    try {
      if (await this.#sendAll(stream)) await body.end();
      else body.breakOff();
    } catch (error) {
      this.#report(exchange, control, error);
      body.breakOff();
    } finally {
      exchange.route.recorder?.bytes.observe(body.offset);
      this.#forget(stream);
    }
  }

  #forget(stream: OpenStream): void {
    if (!this.#open.delete(stream) || this.#open.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Whether the body is whole: also where a drain ended one that has no end. */
  async #sendAll({ source, body, control }: OpenStream): Promise<boolean> {
    const { signal } = control;
    try {
      for await (const chunk of source.open(signal)) {
        const sending = body.send(chunk);
        if (!(sending === true || (await sending))) return false;
        if (signal.aborted) break;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
    return !signal.aborted || source.isEndless === true;
  }

  #report({ requestId, route }: Exchange, { signal }: CancelController, error: unknown): void {
    if (signal.aborted) return;
    const level = error instanceof AppError ? 'warn' : 'error';
    const fields = { requestId, route: route.name, error };
    this.#options.logger[level](fields, 'a body broke off: its source failed');
  }

  #beat(): void {
    for (const { exchange } of this.#open) exchange.response?.resume();
  }
}

function serverStops(): AppError {
  return new AppError('request.cancelled', 'the server stops');
}
