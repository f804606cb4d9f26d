/** Counts statements by name, in bounded memory. */

/** Names are constants of store files; more than this many means that something builds them. */
const NAMES_MAX = 512;
const OVERFLOW_NAME = '(other)';

export class StatementCounter {
  readonly #byName = new Map<string, number>();
  #total = 0;

  get total(): number {
    return this.#total;
  }

  count(name: string): void {
    this.#total += 1;
    const known = this.#byName.get(name);
    if (known !== undefined || this.#byName.size < NAMES_MAX)
      this.#byName.set(name, (known ?? 0) + 1);
    else this.#byName.set(OVERFLOW_NAME, (this.#byName.get(OVERFLOW_NAME) ?? 0) + 1);
  }

  /** A copy: counters of later statements do not show in it. */
  byName(): ReadonlyMap<string, number> {
    return new Map(this.#byName);
  }
}
