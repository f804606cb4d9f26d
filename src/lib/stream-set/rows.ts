/** From a StreamSet back to rows, to merge others into them: not for answers, which read columns. */
import type { StreamRow } from '../stream/fields.ts';
import type { StreamSet } from './stream-set.ts';

export function rowsOf(set: StreamSet): StreamRow[] {
  return Array.from({ length: set.rowCount }, (_, row) => rowOf(set, row));
}

function rowOf(set: StreamSet, row: number): StreamRow {
  const { columns } = set;
  const infohash = set.infohash(row);
  return {
    streamId: cell(columns.streamId, row),
    fileSizeBytes: cell(columns.fileSizeBytes, row),
    totalSizeBytes: cell(columns.totalSizeBytes, row),
    addedAtS: cell(columns.addedAtS, row),
    flagsMask: cell(columns.flagsMask, row),
    languagesLow: cell(columns.languagesLow, row),
    languagesHigh: cell(columns.languagesHigh, row),
    subtitleLanguagesLow: cell(columns.subtitleLanguagesLow, row),
    subtitleLanguagesHigh: cell(columns.subtitleLanguagesHigh, row),
    seeders: cell(columns.seeders, row),
    fileIndex: cell(columns.fileIndex, row),
    audioMask: cell(columns.audioMask, row),
    kind: cell(columns.kind, row),
    resolution: cell(columns.resolution, row),
    quality: cell(columns.quality, row),
    codec: cell(columns.codec, row),
    hdrMask: cell(columns.hdrMask, row),
    channelsMask: cell(columns.channelsMask, row),
    bitDepth: cell(columns.bitDepth, row),
    name: set.name(row),
    filename: set.filename(row),
    locator: set.locator(row),
    source: set.source(row),
    releaseGroup: set.releaseGroup(row),
    uploader: set.uploader(row),
    trackers: set.trackers(row),
    // A copy: the set's memory lives no longer for it.
    infohash: infohash === null ? null : Uint8Array.from(infohash),
  };
}

function cell(column: ArrayLike<number>, row: number): number {
  return column[row] ?? 0;
}
