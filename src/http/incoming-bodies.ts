/**
 * Bodies that are made while they are sent. The parser cuts off who sends less than 160 KB in 10 s, which a stream of sound does
 * not: those that are gathered may take as long as their row says, those that are taken piece by piece half a minute a piece.
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
  readonly #held = new Set<Exchange>();
  #timer: NodeJS.Timeout | undefined;

  constructor(budget: BodyBudget) {
    this.#budget = budget;
  }

  /** Lets a body come as slowly as it may, until what this returns is called. */
  hold(exchange: Exchange): () => void {
    this.#held.add(exchange);
    this.#start();
    return () => {
      this.#held.delete(exchange);
      this.#stop();
    };
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
    this.#start();
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
      this.#stop();
      return isWhole;
    };
  }

  /** The server stops: bodies that have no end end now. */
  drain(): void {
    for (const pieces of this.#open.keys()) pieces.end();
  }

  #start(): void {
    this.#timer ??= setInterval(() => this.#beat(), BEAT_MS).unref();
  }

  #stop(): void {
    if (this.#open.size > 0 || this.#held.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #beat(): void {
    for (const { response } of this.#held) response?.pause().resume();
    const nowMs = performance.now();
    for (const { exchange, lastAtMs } of this.#open.values())
      if (nowMs - lastAtMs < SILENT_MS_MAX) exchange.response?.pause().resume();
  }
}
