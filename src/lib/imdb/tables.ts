/** IMDb's tables (`title.basics.tsv` and others): a title, a name, a rating or an episode a line, `\N` for what is not known. */
import { AppError } from '../errors.ts';
import { IMDB_NUMBER_MAX } from './id-set.ts';

/** In the order in which they are read: what is wanted of the later ones say those before. */
export const IMDB_TABLES = [
  'title.ratings',
  'title.episode',
  'title.basics',
  'title.akas',
] as const;
export type ImdbTable = (typeof IMDB_TABLES)[number];

/** Columns that are read, in the order of `ImdbRow`. */
export const IMDB_COLUMNS = {
  'title.ratings': ['tconst', 'averageRating', 'numVotes'],
  'title.episode': ['tconst', 'parentTconst', 'seasonNumber', 'episodeNumber'],
  'title.basics': [
    'tconst',
    'titleType',
    'primaryTitle',
    'originalTitle',
    'isAdult',
    'startYear',
    'endYear',
    'runtimeMinutes',
    'genres',
  ],
  'title.akas': ['titleId', 'title'],
} as const satisfies Readonly<Record<ImdbTable, readonly string[]>>;

/** Fields in the order of `IMDB_COLUMNS`; empty when not known. */
export type ImdbRow = readonly string[];

const LINE_CHARS_MAX = 2 ** 20;
const UNKNOWN = String.raw`\N`;

/** Lines with too few columns are left out. @throws AppError `import.bad-line` for a file that is another one */
export async function* imdbRows(
  table: ImdbTable,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly ImdbRow[]> {
  const decoder = new TextDecoder();
  const reader = new RowReader(table);
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_CHARS_MAX)
      throw wrongFile(table, 'a line of more than a million characters');
    yield reader.rowsOf(lines);
  }
  yield reader.rowsOf([rest + decoder.decode()]);
  if (!reader.hasHeader) throw wrongFile(table, 'nothing');
}

class RowReader {
  readonly #table: ImdbTable;
  #places: readonly number[] | null = null;

  constructor(table: ImdbTable) {
    this.#table = table;
  }

  get hasHeader(): boolean {
    return this.#places !== null;
  }

  rowsOf(lines: readonly string[]): readonly ImdbRow[] {
    const rows: ImdbRow[] = [];
    for (const line of lines) {
      if (line === '') continue;
      if (this.#places === null) this.#places = placesIn(this.#table, line);
      else {
        const row = rowOf(line.split('\t'), this.#places);
        if (row !== null) rows.push(row);
      }
    }
    return rows;
  }
}

function placesIn(table: ImdbTable, header: string): readonly number[] {
  const names = header
    .replace(/^\uFEFF/, '')
    .replace(/\r$/, '')
    .split('\t');
  return IMDB_COLUMNS[table].map((name) => {
    const at = names.indexOf(name);
    if (at === -1) throw wrongFile(table, `no column ${name}`);
    return at;
  });
}

function rowOf(fields: readonly string[], places: readonly number[]): ImdbRow | null {
  const row: string[] = [];
  for (const at of places) {
    const field = fields[at];
    if (field === undefined) return null;
    row.push(field === UNKNOWN ? '' : field);
  }
  return row;
}

function wrongFile(table: ImdbTable, found: string): AppError {
  const columns = IMDB_COLUMNS[table].join(', ');
  return new AppError(
    'import.bad-line',
    `${table} has ${found}: expected IMDb's table with ${columns}`,
  );
}

/** 0 for what is no id of a title. */
export function imdbNumber(id: string): number {
  if (!id.startsWith('tt')) return 0;
  const number = Number(id.slice(2));
  return Number.isInteger(number) && number > 0 && number < IMDB_NUMBER_MAX ? number : 0;
}

const DIGITS_MIN = 7;

/** `tt0063350`. */
export function imdbId(number: number): string {
  return `tt${String(number).padStart(DIGITS_MIN, '0')}`;
}
