/** A body that is taken while it comes, however long it is: pieces wait for the handler, up to what bodies may hold. */
import type { BodyShare } from './body-budget.ts';

export class BodyPieces implements AsyncIterable<Buffer> {
  readonly #share: BodyShare;
  readonly #waiting: Buffer[] = [];
  #isOver = false;
  #failure: { readonly error: unknown } | null = null;
  #wake: () => void = () => undefined;

  constructor(share: BodyShare) {
    this.#share = share;
  }

  /** @param piece not lent @throws AppError `server.overloaded` where there is no room for it */
  push(piece: Buffer): void {
    if (this.#isOver) return;
    this.#share.take(piece.length);
    this.#waiting.push(piece);
    this.#wake();
  }

  /** Nothing more comes: the body is whole, the client has left, or the server stops. What waits is still handed out. */
  end(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** What waits is dropped, and the handler gets the error. */
  fail(error: unknown): void {
    this.#failure = { error };
    this.end();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        if (this.#failure !== null) throw this.#failure.error;
        const piece = this.#waiting.shift();
        if (piece !== undefined) {
          this.#share.give(piece.length);
          yield piece;
        } else if (this.#isOver) return;
        else
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
      }
    } finally {
      this.#isOver = true;
      this.#waiting.length = 0;
      this.#share.release();
    }
  }
}

/** Of a row that takes none. */
export const NO_PIECES = new BodyPieces({
  take: () => undefined,
  give: () => undefined,
  release: () => undefined,
});
NO_PIECES.end();
