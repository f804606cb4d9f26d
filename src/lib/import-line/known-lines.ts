/** Lines about streams that the library has by the same name, from the same source: their names need not be read again. */
import type { Placement } from '../title-match/title-facts.ts';

/** What the library has of one line. */
export type KnownLine = readonly [
  line: number,
  /** `season:from:to,…` that the whole stream plays of the title; empty where files do; null where nothing does. */
  parts: string | null,
  /** The line says nothing that is not there. */
  isSame: boolean,
];

/** JSON of `KnownLine`s. */
export type KnownLinesJson = string;

export const NOTHING_KNOWN: KnownLinesJson = '[]';

export class KnownLines {
  readonly #byLine: ReadonlyMap<number, KnownLine>;

  constructor(json: KnownLinesJson) {
    const known = JSON.parse(json) as readonly KnownLine[];
    this.#byLine = new Map(known.map((row) => [row[0], row]));
  }

  has(line: number): boolean {
    return this.#byLine.has(line);
  }

  /** Whether importing the line would change nothing. */
  isSame(line: number): boolean {
    return this.#byLine.get(line)?.[2] === true;
  }

  /** Whether the stream already plays something of the title that the line names. */
  isLinked(line: number): boolean {
    return typeof this.#byLine.get(line)?.[1] === 'string';
  }

  /** What the whole of the stream plays of that title; empty where its files do, or nothing is known. */
  parts(line: number): readonly Placement[] {
    const text = this.#byLine.get(line)?.[1] ?? '';
    if (text === '') return [];
    return text.split(',').map((part) => {
      const [season = 0, episodeFrom = 0, episodeTo = 0] = part.split(':').map(Number);
      return { season, episodeFrom, episodeTo };
    });
  }
}
