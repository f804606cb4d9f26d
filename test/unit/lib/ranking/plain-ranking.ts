/** Ranking the obvious way, over objects: what the packed one must agree with. */
import type { RankingSettings, SortKey } from '../../../../src/lib/ranking/settings.ts';
import type { StreamRow } from '../../../../src/lib/stream-set/row.ts';
import { HDR_FORMATS, LANGUAGES, QUALITIES, RESOLUTIONS, STREAM_KINDS } from '../../../../src/lib/vocabulary.ts';

/** Row numbers to show, best first. */
export function plainRank(rows: readonly StreamRow[], settings: RankingSettings): readonly number[] {
  const allowed = rows.map((_, at) => at).filter((at) => isAllowed(at, rows, settings));
  allowed.sort((a, b) => compare(at(rows, a), at(rows, b), settings) || a - b);
  const shown: number[] = [];
  const perResolution = new Map<number, number>();
  for (const row of allowed) {
    const { resolution } = at(rows, row);
    const already = perResolution.get(resolution) ?? 0;
    if (shown.length >= settings.streamsMax || already >= settings.streamsPerResolutionMax) continue;
    perResolution.set(resolution, already + 1);
    shown.push(row);
  }
  return shown;
}

function at(rows: readonly StreamRow[], index: number): StreamRow {
  const row = rows[index];
  if (row === undefined) throw new RangeError(`no row ${index}`);
  return row;
}

export function languagesOf(row: StreamRow): readonly string[] {
  const mask = (BigInt(row.languagesHigh) << 32n) | BigInt(row.languagesLow);
  if (mask === 0n) return ['unknown'];
  return [...LANGUAGES, 'unknown'].filter((_, bit) => ((mask >> BigInt(bit)) & 1n) === 1n);
}

function hdrOf(row: StreamRow): readonly string[] {
  const names = HDR_FORMATS.filter((_, bit) => ((row.hdrMask >> bit) & 1) === 1);
  return names.length === 0 ? ['unknown'] : names;
}

function sizeOf(row: StreamRow): number {
  return row.fileSizeBytes === 0 ? row.totalSizeBytes : row.fileSizeBytes;
}

function isAllowed(index: number, rows: readonly StreamRow[], settings: RankingSettings): boolean {
  const row = at(rows, index);
  const size = sizeOf(row);
  return (
    settings.kinds.some((name) => name === STREAM_KINDS[row.kind]) &&
    settings.resolutions.some((name) => name === RESOLUTIONS[row.resolution]) &&
    settings.qualities.some((name) => name === QUALITIES[row.quality]) &&
    settings.languages.some((name) => languagesOf(row).includes(name)) &&
    settings.hdrFormats.some((name) => hdrOf(row).includes(name)) &&
    (size === 0 || (size >= settings.sizeBytesMin && size <= settings.sizeBytesMax))
  );
}

function compare(a: StreamRow, b: StreamRow, settings: RankingSettings): number {
  for (const { key, descending } of settings.sort) {
    const difference = worth(key, a, settings) - worth(key, b, settings);
    if (difference !== 0) return descending ? -difference : difference;
  }
  return a.streamId - b.streamId;
}

/** Higher is better. */
function worth(key: SortKey, row: StreamRow, settings: RankingSettings): number {
  switch (key) {
    case 'kind': return -settings.kinds.findIndex((name) => name === STREAM_KINDS[row.kind]);
    case 'resolution': return -settings.resolutions.findIndex((name) => name === RESOLUTIONS[row.resolution]);
    case 'quality': return -settings.qualities.findIndex((name) => name === QUALITIES[row.quality]);
    case 'language': return -settings.languages.findIndex((name) => languagesOf(row).includes(name));
    case 'seeders': return row.seeders;
    case 'size': return sizeOf(row);
    case 'addedAt': return row.addedAtS;
  }
}
