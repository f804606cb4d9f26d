/** A row of shared memory for each thread of a pool: its id, and what it last said of its memory, in bytes. */

const COLUMNS = 3;
/** Threads are replaced: a row is free again when its thread is gone. */
const ROWS_PER_THREAD = 2;

export class ThreadMemory {
  readonly shared: SharedArrayBuffer;
  readonly #rows: BigInt64Array;

  constructor(shared: SharedArrayBuffer) {
    this.shared = shared;
    this.#rows = new BigInt64Array(shared);
  }

  static forThreads(threads: number): ThreadMemory {
    const bytes = threads * ROWS_PER_THREAD * COLUMNS * BigInt64Array.BYTES_PER_ELEMENT;
    return new ThreadMemory(new SharedArrayBuffer(bytes));
  }

  /** @param threadId 1 or more; without a free row nothing is kept */
  write(threadId: number, heapBytes: number, externalBytes: number): void {
    const id = BigInt(threadId);
    for (let at = 0; at < this.#rows.length; at += COLUMNS) {
      const owner = Atomics.compareExchange(this.#rows, at, 0n, id);
      if (owner !== 0n && owner !== id) continue;
      Atomics.store(this.#rows, at + 1, BigInt(heapBytes));
      Atomics.store(this.#rows, at + 2, BigInt(externalBytes));
      return;
    }
  }

  /** Sums over the threads that live; the rows of others become free. */
  sum(threadIds: ReadonlySet<number>): {
    readonly heapBytes: number;
    readonly externalBytes: number;
  } {
    let heapBytes = 0;
    let externalBytes = 0;
    for (let at = 0; at < this.#rows.length; at += COLUMNS) {
      const id = Atomics.load(this.#rows, at);
      if (id === 0n) continue;
      if (!threadIds.has(Number(id))) {
        Atomics.store(this.#rows, at, 0n);
        continue;
      }
      heapBytes += Number(Atomics.load(this.#rows, at + 1));
      externalBytes += Number(Atomics.load(this.#rows, at + 2));
    }
    return { heapBytes, externalBytes };
  }
}
