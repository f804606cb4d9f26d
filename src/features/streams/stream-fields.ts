/**
 * Streams as PostgreSQL sends them: all fields of all rows in one text, apart by a separator, in the order of
 * STREAM_FIELDS. Numbers are exact up to 2^53; ids and sizes stay below.
 */
import { STREAM_FIELDS, type StreamField, type StreamRow } from '../../lib/stream/fields.ts';

/** "Unit separator" of ASCII: no release title has it, and one that has is read with a blank instead. */
export const SEPARATOR = '\x1f';
export const FIELDS_PER_STREAM = STREAM_FIELDS.length;
const AT = positionsOf(STREAM_FIELDS);

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

/** Ids of the lists of trackers that the rows refer to, each once. */
export function trackerListIdsOf(fields: readonly string[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (let at = AT.trackers; at < fields.length; at += FIELDS_PER_STREAM) {
    const id = fields[at] ?? '';
    if (id !== '') ids.add(id);
  }
  return ids;
}

/** @param trackers lists by id, URLs joined by newlines */
export function streamRows(
  fields: readonly string[],
  trackers: ReadonlyMap<string, string>,
): StreamRow[] {
  const rows: StreamRow[] = [];
  for (let at = 0; at < fields.length; at += FIELDS_PER_STREAM)
    rows.push(streamRow(fields, at, trackers));
  return rows;
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
