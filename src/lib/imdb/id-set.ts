/** A set of IMDb's numbers: a bit each, which makes 5 MB for all that there are. */

/** Larger numbers are nobody's yet. */
export const IMDB_NUMBER_MAX = 2 ** 28;
const FIRST_WORDS = 2 ** 16;

export class ImdbIdSet {
  #words = new Uint32Array(FIRST_WORDS);
  #isWhole = false;

  /** Ignores what is no number of IMDb's. */
  add(id: number): void {
    if (!(id > 0 && id < IMDB_NUMBER_MAX)) return;
    const at = id >>> 5;
    if (at >= this.#words.length) this.#grow(at);
    this.#words[at] = (this.#words[at] ?? 0) | (1 << (id & 31));
  }

  addAll(): void {
    this.#isWhole = true;
  }

  has(id: number): boolean {
    return this.#isWhole || ((this.#words[id >>> 5] ?? 0) & (1 << (id & 31))) !== 0;
  }

  #grow(at: number): void {
    const larger = new Uint32Array(Math.max(at + 1, this.#words.length * 2));
    larger.set(this.#words);
    this.#words = larger;
  }
}
