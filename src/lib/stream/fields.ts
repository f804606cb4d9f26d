/** The attributes of streams, a row each: what reads, keeps, sorts or shows them is made from or checked against this table. */
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
} from '../vocabulary.ts';

/** How a value lies in a StreamSet: in a typed column, as the id of a text, or as 20 bytes. */
export type StreamCell = 'float64' | 'uint32' | 'int32' | 'uint16' | 'uint8' | 'text' | 'infohash';

export interface StreamField {
  /** Property of `StreamRow` and of `StreamColumns`; there, texts have `Id` behind it. */
  readonly name: string;
  readonly cell: StreamCell;
  /** What the statement of `features/streams/store.ts` reads, an expression that is never null. */
  readonly select: string;
  /** Column of `stream`, and its type, that an import writes as it is; left out where it is written in a way of its own. */
  readonly column?: readonly [name: string, type: 'smallint' | 'int' | 'bigint' | 'text'];
  /** The names of codes, or of the bits of masks (of two words, those of the first). */
  readonly codes?: readonly string[];
  readonly bits?: readonly string[];
  readonly variable?: {
    readonly path: string;
    readonly example: string;
    readonly description: string;
  };
  /** The sort key and the rule of the filter that read it. */
  readonly sort?: string;
  readonly filter?: string;
}

export const STREAM_FIELDS = [
  // Primary key; the last tie-breaker of every sort.
  { name: 'streamId', cell: 'float64', select: 'b.stream_id' },
  // Epoch seconds.
  {
    name: 'addedAtS',
    cell: 'uint32',
    select: `floor(date_part('epoch', added_at))`,
    sort: 'addedAt',
  },
  {
    name: 'flagsMask',
    cell: 'uint32',
    select: 'flags_mask',
    column: ['flags_mask', 'int'],
    bits: STREAM_FLAGS,
    filter: 'private',
  },
  {
    name: 'kind',
    cell: 'uint8',
    select: 'kind',
    codes: STREAM_KINDS,
    sort: 'kind',
    filter: 'kind',
    variable: { path: 'stream.type', example: 'torrent', description: STREAM_KINDS.join(', ') },
  },
  {
    name: 'name',
    cell: 'text',
    select: 'name',
    column: ['name', 'text'],
    filter: 'name-filter',
    variable: {
      path: 'stream.name',
      example: 'Sintel.2010.1080p.BluRay',
      description: 'Release title',
    },
  },
  // The file that plays; empty when unknown.
  {
    name: 'filename',
    cell: 'text',
    select: 'filename',
    variable: {
      path: 'stream.filename',
      example: 'Sintel.mkv',
      description: 'File that plays; the release title where it is not known',
    },
  },
  // What the kind needs: http or external URL, YouTube id, NZB URL, acestream content id; empty for torrents.
  { name: 'locator', cell: 'text', select: 'locator', column: ['locator', 'text'] },
  {
    name: 'resolution',
    cell: 'uint8',
    select: 'resolution',
    column: ['resolution', 'smallint'],
    codes: RESOLUTIONS,
    sort: 'resolution',
    filter: 'resolution',
    variable: { path: 'stream.resolution', example: '1080p', description: 'Resolution' },
  },
  {
    name: 'quality',
    cell: 'uint8',
    select: 'quality',
    column: ['quality', 'smallint'],
    codes: QUALITIES,
    sort: 'quality',
    filter: 'quality',
    variable: {
      path: 'stream.quality',
      example: 'BluRay REMUX',
      description: 'Source of the picture',
    },
  },
  {
    name: 'codec',
    cell: 'uint8',
    select: 'codec',
    column: ['codec', 'smallint'],
    codes: CODECS,
    sort: 'codec',
    filter: 'codec',
    variable: { path: 'stream.codec', example: 'hevc', description: 'Video codec' },
  },
  {
    name: 'hdrMask',
    cell: 'uint8',
    select: 'hdr_mask',
    column: ['hdr_mask', 'smallint'],
    bits: HDR_FORMATS,
    sort: 'hdr',
    filter: 'hdr',
    variable: { path: 'stream.hdr_formats', example: 'DV, HDR', description: 'HDR formats (list)' },
  },
  {
    name: 'audioMask',
    cell: 'uint16',
    select: 'audio_mask',
    column: ['audio_mask', 'int'],
    bits: AUDIO_FORMATS,
    sort: 'audio',
    filter: 'audio',
    variable: {
      path: 'stream.audio_formats',
      example: 'Atmos, TrueHD',
      description: 'Audio formats (list)',
    },
  },
  {
    name: 'channelsMask',
    cell: 'uint8',
    select: 'channels_mask',
    column: ['channels_mask', 'smallint'],
    bits: CHANNELS,
    filter: 'channels',
    variable: {
      path: 'stream.channels',
      example: '5.1, 7.1',
      description: 'Audio channels (list)',
    },
  },
  // 0 when unknown.
  {
    name: 'bitDepth',
    cell: 'uint8',
    select: 'bit_depth',
    column: ['bit_depth', 'smallint'],
    variable: { path: 'stream.bit_depth', example: '10', description: 'Bits a colour' },
  },
  // Of speech; a language that is named for subtitles alone is none of them.
  {
    name: 'languagesLow',
    cell: 'uint32',
    select: 'languages_low',
    column: ['languages_low', 'int'],
    bits: LANGUAGES.slice(0, 32),
    sort: 'language',
    filter: 'language',
    variable: {
      path: 'stream.languages',
      example: 'English, French',
      description: 'Spoken languages (list)',
    },
  },
  {
    name: 'languagesHigh',
    cell: 'uint32',
    select: 'languages_high',
    column: ['languages_high', 'int'],
    bits: LANGUAGES.slice(32),
  },
  // 0 when none is named.
  {
    name: 'subtitleLanguagesLow',
    cell: 'uint32',
    select: 'subtitle_languages_low',
    column: ['subtitle_languages_low', 'int'],
    bits: LANGUAGES.slice(0, 32),
    variable: {
      path: 'stream.subtitle_languages',
      example: 'French',
      description: 'Languages of subtitles that the release names (list)',
    },
  },
  {
    name: 'subtitleLanguagesHigh',
    cell: 'uint32',
    select: 'subtitle_languages_high',
    column: ['subtitle_languages_high', 'int'],
    bits: LANGUAGES.slice(32),
  },
  // Of the file that plays; 0 when unknown.
  {
    name: 'fileSizeBytes',
    cell: 'float64',
    select: 'file_size_bytes',
    sort: 'size',
    filter: 'size-max',
    variable: {
      path: 'stream.size',
      example: '4500000000',
      description: 'Bytes of the file that plays, else of the whole',
    },
  },
  // Of the whole torrent or folder; 0 when unknown.
  {
    name: 'totalSizeBytes',
    cell: 'float64',
    select: 'total_size_bytes',
    column: ['total_size_bytes', 'bigint'],
    filter: 'size-max',
    variable: {
      path: 'stream.folderSize',
      example: '9000000000',
      description: 'Bytes of the whole torrent or folder',
    },
  },
  // -1 when unknown.
  {
    name: 'seeders',
    cell: 'int32',
    select: 'seeders',
    sort: 'seeders',
    variable: {
      path: 'stream.seeders',
      example: '120',
      description: 'Seeders, where they are known',
    },
  },
  // Of the file inside the torrent; -1 when unknown.
  { name: 'fileIndex', cell: 'int32', select: 'file_index' },
  // Indexer or origin of the row: "demo".
  {
    name: 'source',
    cell: 'text',
    select: 'source',
    variable: {
      path: 'stream.source',
      example: 'Prowlarr',
      description: 'Where the stream was found',
    },
  },
  {
    name: 'releaseGroup',
    cell: 'text',
    select: 'release_group',
    column: ['release_group', 'text'],
    variable: { path: 'stream.release_group', example: 'GROUP', description: 'Release group' },
  },
  {
    name: 'uploader',
    cell: 'text',
    select: 'uploader',
    column: ['uploader', 'text'],
    variable: { path: 'stream.uploader', example: 'archivist', description: 'Who uploaded it' },
  },
  // Newline-joined tracker URLs; empty when none. Read as the id of their list.
  { name: 'trackers', cell: 'text', select: `coalesce(tracker_list_id::text, '')` },
  // 20 bytes for torrents, else null. Read as hexadecimal digits.
  {
    name: 'infohash',
    cell: 'infohash',
    select: `CASE WHEN kind = 0 THEN encode(content_key, 'hex') ELSE '' END`,
  },
] as const satisfies readonly StreamField[];

type Field = (typeof STREAM_FIELDS)[number];
type CellValue<C extends StreamCell> = C extends 'text'
  ? string
  : C extends 'infohash'
    ? Uint8Array | null
    : number;

/** One stream as it is read and packed: plain scalars, codes of `lib/vocabulary.ts`. */
export type StreamRow = { readonly [F in Field as F['name']]: CellValue<F['cell']> };

export type StreamVariablePath = Extract<Field, { variable: object }>['variable']['path'];
/** Columns of `stream` that an import writes as they are. */
export type ImportedColumn = Extract<Field, { column: object }>['column'][0];
/** Attributes that a release title names: small numbers that an import writes as they are. */
export type NamedField = Extract<Field, { column: readonly [string, 'smallint' | 'int'] }>['name'];
export type StreamSortKey = Extract<Field, { sort: string }>['sort'];
/** Types by column that an import writes. */
export function importedColumns(fields: readonly StreamField[]): Readonly<Record<string, string>> {
  return Object.fromEntries(fields.flatMap(({ column }) => (column === undefined ? [] : [column])));
}
