/** How many entries of an import were refused for what. */

export interface ReasonCount {
  readonly reason: string;
  readonly count: number;
}

const REASONS_MAX = 50;
const OTHERS = 'for other reasons';

export class ReasonCounts {
  readonly #counts = new Map<string, number>();

  /** Of so many reasons the later ones are counted together. */
  add(reason: string): void {
    const isKept = this.#counts.has(reason) || this.#counts.size < REASONS_MAX;
    const key = isKept ? reason : OTHERS;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }

  /** The most frequent first. */
  list(): readonly ReasonCount[] {
    return [...this.#counts]
      .map(([reason, count]) => ({ reason, count }))
      .toSorted((one, other) => other.count - one.count);
  }
}
