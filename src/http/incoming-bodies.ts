/**
 * Bodies that are taken piece by piece while they come. The parser cuts off who sends less than 160 KB in 10 s, which a stream of
 * sound does not: whoever sent something in the last half minute may go on.
 */
import { Buffer } from 'node:buffer';
import { BodyPieces } from './body-pieces.ts';
import type { BodyBudget } from './body-budget.ts';
import type { Exchange } from './exchange.ts';
import type { NativeResponse } from './uws.ts';

const BEAT_MS = 4000;
const SILENT_MS_MAX = 30_000;

export class IncomingBodies {
  readonly #budget: BodyBudget;
  readonly #open = new Map<BodyPieces, { readonly exchange: Exchange; lastAtMs: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(budget: BodyBudget) {
    this.#budget = budget;
  }

  /**
   * Must be called before the request's native handler returns.
   * @param refused told once, where there is no room for what comes
   * @returns to be called when the handler has ended; whether the whole body had come
   */
  begin(
    exchange: Exchange,
    response: NativeResponse,
    refused: (error: unknown) => void,
  ): () => boolean {
    const pieces = new BodyPieces(this.#budget.open(Number.POSITIVE_INFINITY));
    const body = { exchange, lastAtMs: performance.now() };
    this.#open.set(pieces, body);
    this.#timer ??= setInterval(() => this.#beat(), BEAT_MS).unref();
    exchange.pieces = pieces;
    exchange.onGone = () => pieces.end();
    let isWhole = false;
    response.onData((chunk, isLast) => {
      isWhole = isLast;
      body.lastAtMs = performance.now();
      try {
        // The chunk's memory is only lent.
        if (chunk.byteLength > 0) pieces.push(Buffer.from(new Uint8Array(chunk)));
      } catch (error) {
        pieces.fail(error);
        refused(error);
      }
      if (isLast) pieces.end();
    });
    return () => {
      this.#open.delete(pieces);
      if (this.#open.size === 0) {
        clearInterval(this.#timer);
        this.#timer = undefined;
      }
      return isWhole;
    };
  }

  /** The server stops: bodies that have no end end now. */
  drain(): void {
    for (const pieces of this.#open.keys()) pieces.end();
  }

  #beat(): void {
    const nowMs = performance.now();
    for (const { exchange, lastAtMs } of this.#open.values())
      if (nowMs - lastAtMs < SILENT_MS_MAX) exchange.response?.pause().resume();
  }
}
