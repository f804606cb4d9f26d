/**
 * Lines of an import file as rows of the tables that a bulk import stages them in (features/ingest/bulk/store.ts): all that
 * can be done without the database, for a thread of the pool.
 */
import { AppError } from '../errors.ts';
import type { JsonValue } from '../json/json-value.ts';
import { parseReleaseTitle } from '../release-title/parse.ts';
import { titleLexemes } from '../search-text.ts';
import { contentKeyOf } from '../stream/content-key.ts';
import { STREAM_FIELDS, type StreamField, type StreamRow } from '../stream/fields.ts';
import { releaseRow, rowWithCodes } from '../stream/release-row.ts';
import type { TitleFacts } from '../title-match/title-facts.ts';
import { copyArray, copyBytes, copyField } from './copy-text.ts';
import { csvRecord } from './csv.ts';
import { badLine } from './line-fields.ts';
import { placementsOf, type FilePlacement } from './placements.ts';
import { readStreamLine, type LineStream, type StreamLine } from './stream-line.ts';
import type { LineTitle } from './title-line.ts';

/** Rows in COPY's text format, by table, and what was refused. */
export interface StagedLines {
  readonly titles: Uint8Array;
  readonly titleIds: Uint8Array;
  readonly streams: Uint8Array;
  readonly links: Uint8Array;
  /** Lines with something in them. */
  readonly lines: number;
  /** Those of private torrents, which lists leave out. */
  readonly hidden: number;
  /** JSON: `[[line, reason], …]`. */
  readonly refusals: string;
}

/** Columns of `stream` that are written as they are, with the fields of rows that they come from. */
export const STAGED_COLUMNS = (STREAM_FIELDS as readonly StreamField[]).flatMap(
  ({ name, column }) =>
    column === undefined ? [] : [{ field: name, name: column[0], type: column[1] }],
);

/** Files that can be read line by line. */
export type LineFormat = 'ndjson' | 'csv';

const LINE_CHARS_MAX = 4 * 2 ** 20;

/**
 * @param firstLine number of the first line
 * @param header columns of CSV; ignored for others
 */
export function stageLines(
  bytes: Uint8Array,
  firstLine: number,
  format: LineFormat,
  header: readonly string[],
): StagedLines {
  const stage = new Stage();
  const text = new TextDecoder().decode(bytes);
  let number = firstLine;
  for (let from = 0; from < text.length; number++) {
    const feed = text.indexOf('\n', from);
    const to = feed === -1 ? text.length : feed;
    const line = text.slice(from, to).trim();
    from = to + 1;
    if (line !== '') stage.add(number, () => readStreamLine(valueOf(line, format, header)));
  }
  return stage.rows();
}

function valueOf(line: string, format: LineFormat, header: readonly string[]): JsonValue {
  if (line.length > LINE_CHARS_MAX)
    return badLine(`it is longer than ${LINE_CHARS_MAX} characters`);
  if (format === 'csv') return csvRecord(line, header);
  try {
    return JSON.parse(line) as JsonValue;
  } catch {
    return badLine('it is not JSON: expected one object a line');
  }
}

class Stage {
  readonly #titles = new Map<string, string>();
  readonly #titleIds = new Map<string, string>();
  readonly #streams: string[] = [];
  readonly #links: string[] = [];
  readonly #refusals: (readonly [line: number, reason: string])[] = [];
  #lines = 0;
  #hidden = 0;

  add(number: number, read: () => StreamLine): void {
    this.#lines++;
    try {
      const { stream, title } = read();
      this.#put(number, stream, title);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.#refusals.push([number, error.message]);
    }
  }

  rows(): StagedLines {
    return {
      titles: bytesOf(this.#titles.values()),
      titleIds: bytesOf(this.#titleIds.values()),
      streams: bytesOf(this.#streams),
      links: bytesOf(this.#links),
      lines: this.#lines,
      hidden: this.#hidden,
      refusals: JSON.stringify(this.#refusals),
    };
  }

  #put(number: number, unnamed: LineStream, title: LineTitle): void {
    const stream = unnamed.name === '' ? { ...unnamed, name: nameOf(title) } : unnamed;
    const { codes } = stream;
    const parsed = isNameRead(stream, title) ? parseReleaseTitle(stream.name) : undefined;
    const placements = placementsOf(stream, parsed, factsOf(title));
    const group = stream.group ?? parsed?.group ?? '';
    const row =
      codes === undefined
        ? releaseRow(stream, parsed ?? parseReleaseTitle(stream.name))
        : rowWithCodes(stream, codes, group);
    const key = `${row.kind}\t${copyBytes(stream.infohash ?? contentKeyOf(stream.locator))}`;
    this.#streams.push(
      `${number}\t${key}\t${copyField(row.source)}\t${row.addedAtS}\t${row.seeders}\t` +
        `${copyField(row.trackers)}\t${columnsOf(row)}\n`,
    );
    if (stream.isPrivate) this.#hidden++;
    this.#putTitle(title);
    for (const placement of placements)
      this.#links.push(`${number}\t${key}\t${keyOf(title)}\t${linkOf(placement)}\n`);
  }

  #putTitle(title: LineTitle): void {
    const key = keyOf(title);
    const { type, publicId, name, year, ids } = title;
    // One line may have only the ids where another one has the name.
    if (name !== '' && !this.#titles.has(key)) {
      const lexemes = copyArray(titleLexemes([name], year));
      this.#titles.set(
        key,
        `${key}\t${type}\t${publicId}\t${copyField(name)}\t${year}\t${lexemes}\n`,
      );
    }
    for (const [rank, { provider, id }] of ids.entries()) {
      const idKey = `${key}\t${provider}\t${id}`;
      if (!this.#titleIds.has(idKey))
        this.#titleIds.set(idKey, `${key}\t${type}\t${rank}\t${provider}\t${id}\n`);
    }
  }
}

/** Reading a name is most of the work: not where the line says everything itself. */
function isNameRead({ codes, part, files }: LineStream, { type }: LineTitle): boolean {
  const isPlaced = type === 'movie' || part !== undefined || files.some((file) => file.part);
  return codes === undefined || !isPlaced;
}

function factsOf({ type, name, year }: LineTitle): TitleFacts {
  const unknown = { imdbId: '', tmdbId: '', endYear: 0, isAnime: false, episodes: [] };
  return { ...unknown, type, names: [name], year };
}

function nameOf({ name, year }: LineTitle): string {
  return year === 0 ? name : `${name} ${year}`;
}

/** Of one title, however its lines spell it. */
function keyOf({ type, publicId }: LineTitle): string {
  return `${type} ${publicId}`;
}

function columnsOf(row: StreamRow): string {
  const values: Readonly<Record<string, unknown>> = row;
  return STAGED_COLUMNS.map(({ field, type }) => fieldOf(values[field], type)).join('\t');
}

/** Masks of 32 bits are signed in columns. */
function fieldOf(value: unknown, type: string): string {
  if (typeof value === 'string') return copyField(value);
  return String(type === 'int' ? Number(value) | 0 : value);
}

function linkOf(placement: FilePlacement): string {
  const { season, episodeFrom, episodeTo, fileIndex, fileSizeBytes, filename } = placement;
  const numbers = [season, episodeFrom, episodeTo, fileIndex, fileSizeBytes].join('\t');
  return `${numbers}\t${copyField(filename)}`;
}

function bytesOf(rows: Iterable<string>): Uint8Array {
  return Buffer.from([...rows].join(''));
}
