/**
 * Lines of an import file as rows of the tables that a bulk import stages them in (features/ingest/bulk/store.ts): all that
 * can be done without the database, for a thread of the pool.
 */
import { AppError } from '../errors.ts';
import { releaseCodes } from '../release-title/codes.ts';
import { parseReleaseTitle } from '../release-title/parse.ts';
import type { ReleaseTitle } from '../release-title/release-title.ts';
import { titleLexemes } from '../search-text.ts';
import { contentKeyOf } from '../stream/content-key.ts';
import { STREAM_FIELDS, type StreamField, type StreamRow } from '../stream/fields.ts';
import { rowWithCodes } from '../stream/release-row.ts';
import type { TitleFacts } from '../title-match/title-facts.ts';
import { copyArray, copyBytes, copyField } from './copy-text.ts';
import type { JsonValue } from '../json/json-value.ts';
import { LineFields } from './line-fields.ts';
import { KnownLines, NOTHING_KNOWN, type KnownLinesJson } from './known-lines.ts';
import { lineValue, visitLines, type LineFormat } from './line-values.ts';
import { NO_FILE, placementsOf, type FilePlacement } from './placements.ts';
import { isTitleLine, readStreamLine, type LineStream } from './stream-line.ts';
import { readTitleDetails } from './title-details.ts';
import type { LineTitle } from './title-line.ts';

/** Rows in COPY's text format, by table, and what was refused. */
export interface StagedLines {
  readonly titles: Uint8Array;
  readonly titleIds: Uint8Array;
  readonly streams: Uint8Array;
  readonly links: Uint8Array;
  /** JSON: `TitleDetails[]`, of lines about titles alone. */
  readonly wholeTitles: string;
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

/**
 * @param firstLine number of the first line
 * @param header columns of CSV; ignored for others
 * @param known lines that the library has, or whose names need not be read
 */
export function stageLines(
  bytes: Uint8Array,
  firstLine: number,
  format: LineFormat,
  header: readonly string[],
  known: KnownLinesJson = NOTHING_KNOWN,
): StagedLines {
  const stage = new Stage(new KnownLines(known));
  visitLines(bytes, firstLine, (number, line) =>
    stage.add(number, () => lineValue(line, format, header)),
  );
  return stage.rows();
}

class Stage {
  readonly #titles = new Map<string, string>();
  readonly #titleIds = new Map<string, string>();
  readonly #streams: string[] = [];
  readonly #links: string[] = [];
  readonly #wholeTitles: string[] = [];
  readonly #refusals: (readonly [line: number, reason: string])[] = [];
  readonly #known: KnownLines;
  #lines = 0;
  #hidden = 0;

  constructor(known: KnownLines) {
    this.#known = known;
  }

  add(number: number, read: () => JsonValue): void {
    this.#lines++;
    if (this.#known.isSame(number)) return;
    try {
      const value = read();
      if (isTitleLine(value)) {
        this.#wholeTitles.push(JSON.stringify(readTitleDetails(new LineFields(value))));
        return;
      }
      const { stream, title } = readStreamLine(value);
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
      wholeTitles: `[${this.#wholeTitles.join(',')}]`,
      lines: this.#lines,
      hidden: this.#hidden,
      refusals: JSON.stringify(this.#refusals),
    };
  }

  #put(number: number, unnamed: LineStream, title: LineTitle): void {
    const stream = unnamed.name === '' ? { ...unnamed, name: nameOf(title) } : unnamed;
    const name = new LazyName(stream.name);
    const placements = this.#placements(number, stream, title, name);
    const isKnown = this.#known.has(number);
    const row = isKnown ? rowWithCodes(stream, UNREAD, '') : rowOf(stream, name);
    const key = `${row.kind}\t${copyBytes(stream.infohash ?? contentKeyOf(stream.locator))}`;
    this.#streams.push(
      `${number}\t${key}\t${copyField(row.source)}\t${row.addedAtS}\t${row.seeders}\t` +
        `${copyField(row.trackers)}\t${!isKnown}\t${columnsOf(row)}\n`,
    );
    if (stream.isPrivate) this.#hidden++;
    this.#putTitle(title, this.#known.isLinked(number));
    for (const placement of placements)
      this.#links.push(`${number}\t${key}\t${keyOf(title)}\t${linkOf(placement)}\n`);
  }

  #placements(
    number: number,
    stream: LineStream,
    title: LineTitle,
    name: LazyName,
  ): readonly FilePlacement[] {
    const isSaid = title.type === 'movie' || stream.part !== undefined || stream.files.length > 0;
    const parts = isSaid ? [] : this.#known.parts(number);
    return parts.length > 0
      ? parts.map((part) => ({ ...part, ...NO_FILE }))
      : placementsOf(stream, () => name.read(), factsOf(title));
  }

  /** Of one that is there its ids are enough. */
  #putTitle(title: LineTitle, isThere: boolean): void {
    const key = keyOf(title);
    const { type, publicId, name, year, ids } = title;
    // One line may have only the ids where another one has the name.
    if (!isThere && name !== '' && !this.#titles.has(key)) {
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

/** Reading a name is most of the work: once, and not where the line says everything itself. */
class LazyName {
  readonly #name: string;
  #parsed: ReleaseTitle | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  read(): ReleaseTitle {
    this.#parsed ??= parseReleaseTitle(this.#name);
    return this.#parsed;
  }
}

function rowOf(stream: LineStream, name: LazyName): StreamRow {
  const { codes, group } = stream;
  return rowWithCodes(stream, codes ?? releaseCodes(name.read()), group ?? name.read().group ?? '');
}

/** Attributes of a line whose name was not read: the library keeps its own. */
const UNREAD = releaseCodes(parseReleaseTitle(''));

/** One by one: spread out, it is a tenth of the time of a line. */
function factsOf({ type, name, year }: LineTitle): TitleFacts {
  return {
    type,
    names: [name],
    year,
    imdbId: '',
    tmdbId: '',
    endYear: 0,
    isAnime: false,
    episodes: [],
  };
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
