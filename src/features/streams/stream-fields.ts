/**
 * Streams as PostgreSQL sends them: all fields of all rows in one text, apart by a separator. The order is that of
 * STREAMS_BY_MEDIA (`store.ts`). Numbers are exact up to 2^53; ids and sizes stay below.
 */
import type { StreamRow } from '../../lib/stream-set/row.ts';

/** "Unit separator" of ASCII: no release title has it, and one that has is read with a blank instead. */
export const SEPARATOR = '\x1f';
export const FIELDS_PER_STREAM = 27;
const TRACKER_LIST_ID = 20;

/** Ids of the lists of trackers that the rows refer to, each once. */
export function trackerListIdsOf(fields: readonly string[]): ReadonlySet<string> {
  const ids = new Set<string>();
  for (let at = TRACKER_LIST_ID; at < fields.length; at += FIELDS_PER_STREAM) {
    const id = fields[at] ?? '';
    if (id !== '') ids.add(id);
  }
  return ids;
}

/** @param trackers lists by id, URLs joined by newlines */
export function streamRows(fields: readonly string[], trackers: ReadonlyMap<string, string>): StreamRow[] {
  const rows: StreamRow[] = [];
  for (let at = 0; at < fields.length; at += FIELDS_PER_STREAM) rows.push(streamRow(fields, at, trackers));
  return rows;
}

function streamRow(fields: readonly string[], at: number, trackers: ReadonlyMap<string, string>): StreamRow {
  const infohash = fields[at + 19] ?? '';
  return {
    streamId: Number(fields[at]),
    kind: Number(fields[at + 1]),
    resolution: Number(fields[at + 2]),
    quality: Number(fields[at + 3]),
    codec: Number(fields[at + 4]),
    hdrMask: Number(fields[at + 5]),
    audioMask: Number(fields[at + 6]),
    channelsMask: Number(fields[at + 7]),
    flagsMask: Number(fields[at + 8]),
    languagesLow: Number(fields[at + 9]),
    languagesHigh: Number(fields[at + 10]),
    subtitleLanguagesLow: Number(fields[at + 11]),
    subtitleLanguagesHigh: Number(fields[at + 12]),
    bitDepth: Number(fields[at + 13]),
    fileSizeBytes: Number(fields[at + 14]),
    totalSizeBytes: Number(fields[at + 15]),
    seeders: Number(fields[at + 16]),
    addedAtS: Number(fields[at + 17]),
    fileIndex: Number(fields[at + 18]),
    infohash: infohash === '' ? null : Buffer.from(infohash, 'hex'),
    trackers: trackers.get(fields[at + TRACKER_LIST_ID] ?? '') ?? '',
    name: fields[at + 21] ?? '',
    filename: fields[at + 22] ?? '',
    locator: fields[at + 23] ?? '',
    source: fields[at + 24] ?? '',
    releaseGroup: fields[at + 25] ?? '',
    uploader: fields[at + 26] ?? '',
  };
}
