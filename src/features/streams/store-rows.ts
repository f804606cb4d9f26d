/**
 * Streams as PostgreSQL sends them: all fields of all rows in one text, apart by a separator, in the order of
 * STREAM_FIELDS. Numbers are exact up to 2^53; ids and sizes stay below. What it gains: docs/decisions/0017-three-tricks.md.
 */
import { STREAM_FIELDS, type StreamField, type StreamRow } from '../../lib/stream/fields.ts';

/** "Unit separator" of ASCII: no release title has it, and one that has is read with a blank instead. */
export const SEPARATOR = '\x1f';
export const FIELDS_PER_STREAM = STREAM_FIELDS.length;
const AT = positionsOf(STREAM_FIELDS);
const SEPARATOR_SQL = `chr(${SEPARATOR.charCodeAt(0)})`;

/** The parts of a SELECT of whatever STREAM_FIELDS needs, which is never NULL: `concat_ws` leaves NULLs out. */
export interface StreamRowsSource {
  readonly with: string;
  readonly from: string;
  readonly orderBy: string;
}

/** What the statements of a `StreamRowsQuery` answer, in one row. */
export interface StreamFieldsRecord {
  readonly rows: number;
  readonly fields: string;
}

/** Reads the rows of one SELECT. */
export class StreamRowsQuery {
  readonly #usual: string;
  /** With a blank wherever a text has the separator; six of them a row are a fifth of the statement (80 µs for 20 streams). */
  readonly #cleaned: string;

  constructor(source: StreamRowsSource) {
    this.#usual = statementOf(source, (text) => text);
    this.#cleaned = statementOf(source, (text) => `translate(${text}, ${SEPARATOR_SQL}, ' ')`);
  }

  /**
   * One statement as a rule, a second one when a text has the separator in it.
   * @param what named by the error
   * @throws Error when it is not known which field is which; whatever `run` rejects with
   */
  async read(
    what: string,
    run: (statement: string) => Promise<readonly StreamFieldsRecord[]>,
  ): Promise<StreamFields> {
    for (const statement of [this.#usual, this.#cleaned]) {
      const [record] = await run(statement);
      if (record === undefined || record.rows === 0) return new StreamFields([]);
      const fields = record.fields.split(SEPARATOR);
      if (fields.length === record.rows * FIELDS_PER_STREAM) return new StreamFields(fields);
    }
    throw new Error(`${what}: not ${FIELDS_PER_STREAM} fields for each row`);
  }
}

/** The rows that were read, their lists of trackers not yet. */
export class StreamFields {
  readonly #fields: readonly string[];

  /** @param fields those of one row after those of another */
  constructor(fields: readonly string[]) {
    this.#fields = fields;
  }

  /** Ids of the lists of trackers that the rows refer to, each once. */
  trackerListIds(): ReadonlySet<string> {
    const ids = new Set<string>();
    for (let at = AT.trackers; at < this.#fields.length; at += FIELDS_PER_STREAM) {
      const id = this.#fields[at] ?? '';
      if (id !== '') ids.add(id);
    }
    return ids;
  }

  /** @param trackers lists by id, URLs joined by newlines */
  rows(trackers: ReadonlyMap<string, string>): StreamRow[] {
    const rows: StreamRow[] = [];
    for (let at = 0; at < this.#fields.length; at += FIELDS_PER_STREAM)
      rows.push(streamRow(this.#fields, at, trackers));
    return rows;
  }
}

function statementOf(source: StreamRowsSource, text: (expression: string) => string): string {
  return `
${source.with}
SELECT count(*)::int AS rows, coalesce(string_agg(concat_ws(${SEPARATOR_SQL},
  ${selectList(STREAM_FIELDS, text)}
), ${SEPARATOR_SQL} ORDER BY ${source.orderBy}), '') AS fields
FROM ${source.from}`;
}

/** The last SELECT's expressions. @param text what becomes of one that is a text */
export function selectList(
  fields: readonly StreamField[],
  text: (expression: string) => string,
): string {
  return fields.map(({ cell, select }) => (cell === 'text' ? text(select) : select)).join(', ');
}

/** Where the field of a name stands in those of a row. */
export function positionsOf<Name extends string>(
  fields: readonly { readonly name: Name }[],
): Readonly<Record<Name, number>> {
  return Object.fromEntries(fields.map(({ name }, at) => [name, at])) as Record<Name, number>;
}

function streamRow(
  fields: readonly string[],
  at: number,
  trackers: ReadonlyMap<string, string>,
): StreamRow {
  const infohash = fields[at + AT.infohash] ?? '';
  return {
    streamId: Number(fields[at + AT.streamId]),
    kind: Number(fields[at + AT.kind]),
    resolution: Number(fields[at + AT.resolution]),
    quality: Number(fields[at + AT.quality]),
    codec: Number(fields[at + AT.codec]),
    hdrMask: Number(fields[at + AT.hdrMask]),
    audioMask: Number(fields[at + AT.audioMask]),
    channelsMask: Number(fields[at + AT.channelsMask]),
    flagsMask: Number(fields[at + AT.flagsMask]),
    languagesLow: Number(fields[at + AT.languagesLow]),
    languagesHigh: Number(fields[at + AT.languagesHigh]),
    subtitleLanguagesLow: Number(fields[at + AT.subtitleLanguagesLow]),
    subtitleLanguagesHigh: Number(fields[at + AT.subtitleLanguagesHigh]),
    bitDepth: Number(fields[at + AT.bitDepth]),
    fileSizeBytes: Number(fields[at + AT.fileSizeBytes]),
    totalSizeBytes: Number(fields[at + AT.totalSizeBytes]),
    seeders: Number(fields[at + AT.seeders]),
    addedAtS: Number(fields[at + AT.addedAtS]),
    fileIndex: Number(fields[at + AT.fileIndex]),
    infohash: infohash === '' ? null : Buffer.from(infohash, 'hex'),
    trackers: trackers.get(fields[at + AT.trackers] ?? '') ?? '',
    name: fields[at + AT.name] ?? '',
    filename: fields[at + AT.filename] ?? '',
    locator: fields[at + AT.locator] ?? '',
    source: fields[at + AT.source] ?? '',
    releaseGroup: fields[at + AT.releaseGroup] ?? '',
    uploader: fields[at + AT.uploader] ?? '',
  };
}
