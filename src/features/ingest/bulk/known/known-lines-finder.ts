/**
 * Asks the library which lines of a file it has, and seldom while it has none of them: asking costs a line half of what
 * reading it does.
 */
import { NOTHING_KNOWN, type KnownLinesJson } from '../../../../lib/import-line/known-lines.ts';
import type { NameClaim } from '../../../../lib/import-line/name-claims.ts';

/** Chunks that are passed over at most; a chunk is some hundred lines. */
const PASSED_OVER_MAX = 15;

export class KnownLinesFinder {
  readonly #find: (claims: readonly NameClaim[]) => Promise<KnownLinesJson>;
  /** Chunks until the next question, and those between the one before and it. */
  #left = 0;
  #pause = 0;

  constructor(find: (claims: readonly NameClaim[]) => Promise<KnownLinesJson>) {
    this.#find = find;
  }

  /** Of a chunk; that none is known says nothing: names are read then. */
  async linesOf(claimsOf: () => readonly NameClaim[]): Promise<KnownLinesJson> {
    if (this.#left > 0) {
      this.#left--;
      return NOTHING_KNOWN;
    }
    const known = await this.#find(claimsOf());
    const isNew = known === NOTHING_KNOWN;
    this.#pause = isNew ? Math.min(this.#pause * 2 + 1, PASSED_OVER_MAX) : 0;
    this.#left = this.#pause;
    return known;
  }
}
