/**
 * What the pipeline contender keeps in Redis for one title: its streams as objects of plain JSON, which is how
 * the established servers cache them. They are read from Sluice's own database, so that both answer the same rows.
 */
import { Buffer } from 'node:buffer';
import type { StreamRow } from '../../src/lib/stream/fields.ts';
import {
  AUDIO_FORMATS,
  CHANNELS,
  CODECS,
  HDR_FORMATS,
  LANGUAGES,
  QUALITIES,
  RESOLUTIONS,
  STREAM_FLAGS,
  STREAM_KINDS,
} from '../../src/lib/vocabulary.ts';

/** A torrent. Names are those of `lib/vocabulary.ts`; "unknown" is a name of single values, sets are empty. */
export interface CachedStream {
  readonly id: number;
  readonly infohash: string;
  /** -1 when unknown. */
  readonly fileIndex: number;
  readonly name: string;
  readonly filename: string;
  readonly resolution: string;
  readonly quality: string;
  readonly codec: string;
  readonly hdr: readonly string[];
  readonly audio: readonly string[];
  readonly channels: readonly string[];
  readonly languages: readonly string[];
  /** 0 when unknown. */
  readonly fileSizeBytes: number;
  readonly totalSizeBytes: number;
  /** -1 when unknown. */
  readonly seeders: number;
  readonly addedAtS: number;
  readonly source: string;
  readonly uploader: string;
  readonly releaseGroup: string;
  readonly isPrivate: boolean;
  /** Index into `trackerLists`. */
  readonly trackers: number;
}

export interface CachedTitle {
  readonly streams: readonly CachedStream[];
  /** Identical lists once: they would be half of the document. */
  readonly trackerLists: readonly (readonly string[])[];
}

const TORRENT = STREAM_KINDS.indexOf('torrent');
const PRIVATE = 1 << STREAM_FLAGS.indexOf('private');

/** @throws Error for a row that is no torrent: the contender answers nothing else */
export function cachedTitle(rows: readonly StreamRow[]): CachedTitle {
  const lists = [...new Set(rows.map(({ trackers }) => trackers))];
  return {
    streams: rows.map((row) => cachedStream(row, lists.indexOf(row.trackers))),
    trackerLists: lists.map((list) => list.split('\n').filter((url) => url !== '')),
  };
}

function cachedStream(row: StreamRow, trackers: number): CachedStream {
  if (row.kind !== TORRENT || row.infohash === null)
    throw new Error(`stream ${row.streamId} is no torrent`);
  const {
    streamId: id,
    fileIndex,
    name,
    filename,
    fileSizeBytes,
    totalSizeBytes,
    seeders,
    addedAtS,
    source,
    uploader,
    releaseGroup,
  } = row;
  return {
    id,
    infohash: Buffer.from(row.infohash).toString('hex'),
    fileIndex,
    name,
    filename,
    resolution: RESOLUTIONS[row.resolution] ?? 'unknown',
    quality: QUALITIES[row.quality] ?? 'unknown',
    codec: CODECS[row.codec] ?? 'unknown',
    hdr: namesOf(HDR_FORMATS, row.hdrMask),
    audio: namesOf(AUDIO_FORMATS, row.audioMask),
    channels: namesOf(CHANNELS, row.channelsMask),
    languages: [
      ...namesOf(LANGUAGES.slice(0, 32), row.languagesLow),
      ...namesOf(LANGUAGES.slice(32), row.languagesHigh),
    ],
    fileSizeBytes,
    totalSizeBytes,
    seeders,
    addedAtS,
    source,
    uploader,
    releaseGroup,
    isPrivate: (row.flagsMask & PRIVATE) !== 0,
    trackers,
  };
}

function namesOf(names: readonly string[], mask: number): readonly string[] {
  return names.filter((_, bit) => (mask & (1 << bit)) !== 0);
}
