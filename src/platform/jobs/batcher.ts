/** Calls that come while one is under way go together in the next one. */

interface Waiting<I, O> {
  readonly item: I;
  readonly resolve: (result: O) => void;
  readonly reject: (error: unknown) => void;
}

export class Batcher<I, O> {
  readonly #run: (items: readonly I[]) => Promise<readonly O[]>;
  readonly #itemsMax: number;
  #waiting: Waiting<I, O>[] = [];
  #isRunning = false;

  /** @param run resolves with a result for each item, in order */
  constructor(run: (items: readonly I[]) => Promise<readonly O[]>, itemsMax: number) {
    this.#run = run;
    this.#itemsMax = itemsMax;
  }

  /** Items that are not under way yet. */
  get size(): number {
    return this.#waiting.length;
  }

  add(item: I): Promise<O> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#isRunning) return;
      this.#isRunning = true;
      // What the same turn adds goes with it.
      setImmediate(() => {
        void this.#drain();
      });
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.#itemsMax);
      try {
        const results = await this.#run(batch.map(({ item }) => item));
        for (const [index, { resolve }] of batch.entries()) resolve(results[index] as O);
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#isRunning = false;
  }
}
