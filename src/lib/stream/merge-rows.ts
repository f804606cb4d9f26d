/** Streams that are known of and streams that were found, each once, with the better facts of both. */
import type { StreamRow } from './fields.ts';
import { streamKey } from './stream-key.ts';

/** As many as a set is loaded with. */
const ROWS_MAX = 2000;

/** Most seeders first where there are too many. */
export function mergeRows(
  present: readonly StreamRow[],
  found: readonly StreamRow[],
): readonly StreamRow[] {
  const rows = new Map(present.map((row) => [streamKey(row), row]));
  for (const row of found) {
    const key = streamKey(row);
    const known = rows.get(key);
    rows.set(key, known === undefined ? row : withNewer(known, row));
  }
  const merged = [...rows.values()];
  if (merged.length <= ROWS_MAX) return merged;
  return merged.toSorted((a, b) => b.seeders - a.seeders).slice(0, ROWS_MAX);
}

/** One stream by two sources: how many have it now, and whatever only one of them knows. */
export function withNewer(known: StreamRow, newer: StreamRow): StreamRow {
  const hasFile = known.fileIndex >= 0 || known.filename !== '';
  const file = hasFile ? known : newer;
  return {
    ...known,
    seeders: newer.seeders >= 0 ? newer.seeders : known.seeders,
    totalSizeBytes: known.totalSizeBytes > 0 ? known.totalSizeBytes : newer.totalSizeBytes,
    fileIndex: file.fileIndex,
    filename: file.filename,
    fileSizeBytes: file.fileSizeBytes > 0 ? file.fileSizeBytes : known.fileSizeBytes,
    trackers: known.trackers === '' ? newer.trackers : known.trackers,
    uploader: known.uploader === '' ? newer.uploader : known.uploader,
    addedAtS: known.addedAtS > 0 ? known.addedAtS : newer.addedAtS,
    // A tracker that one source calls private is private.
    flagsMask: known.flagsMask | newer.flagsMask,
  };
}
