/** Memory that the bodies of requests take together: from their first bytes until what is done with them is over. */
import { AppError } from '../lib/errors.ts';

/** Smaller ones are bounded well enough by how many requests may wait. */
const SMALL_BYTES_MAX = 64 * 1024;

export class BodyBudget {
  readonly #bytesMax: number;
  #heldBytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** @param bodyBytesMax of the body that is to come */
  open(bodyBytesMax: number): BodyShare {
    return bodyBytesMax <= SMALL_BYTES_MAX
      ? UNCOUNTED
      : new CountedShare((bytes) => this.#take(bytes));
  }

  /** False, and nothing taken, where there is no room. @param bytes negative: given back */
  #take(bytes: number): boolean {
    if (bytes > 0 && this.#heldBytes + bytes > this.#bytesMax) return false;
    this.#heldBytes += bytes;
    return true;
  }
}

/** What one body takes. */
export interface BodyShare {
  /** @throws AppError `server.overloaded` where there is no room, or the share was given back */
  take(bytes: number): void;
  /** Gives a part of it back. */
  give(bytes: number): void;
  /** Gives everything back; a second time does nothing. */
  release(): void;
}

const UNCOUNTED: BodyShare = {
  take: () => undefined,
  give: () => undefined,
  release: () => undefined,
};

class CountedShare implements BodyShare {
  readonly #take: (bytes: number) => boolean;
  #bytes = 0;
  #isOver = false;

  constructor(take: (bytes: number) => boolean) {
    this.#take = take;
  }

  take(bytes: number): void {
    if (this.#isOver || !this.#take(bytes))
      throw new AppError(
        'server.overloaded',
        'too many bodies come at once: try again in a moment',
      );
    this.#bytes += bytes;
  }

  give(bytes: number): void {
    const given = Math.min(bytes, this.#bytes);
    this.#take(-given);
    this.#bytes -= given;
  }

  release(): void {
    this.#isOver = true;
    this.#take(-this.#bytes);
    this.#bytes = 0;
  }
}
