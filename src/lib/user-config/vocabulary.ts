/** Names that a configuration uses for what `lib/vocabulary.ts` has codes for, and the defaults of their lists. */
import type { CapabilityName } from '../capabilities.ts';
import {
  AUDIO_FORMATS,
  CHANNELS,
  CODECS,
  LANGUAGES,
  type Channels,
  type AudioFormat,
  type Codec,
  type HdrFormat,
  type Language,
  type Quality,
  type Resolution,
  type StreamKind,
} from '../vocabulary.ts';

export interface NameMap<T> {
  /** Null: "unknown". */
  readonly value: string | null;
  readonly members: readonly T[];
  readonly label: string;
}

/** A height stands for its interlaced and rarely seen neighbours, too: nobody wants to choose `1080i` apart. */
export const RESOLUTION_NAMES: readonly NameMap<Resolution>[] = [
  { value: '2160p', members: ['2160p'], label: '2160p (4K)' },
  { value: '1440p', members: ['1440p'], label: '1440p (2K)' },
  { value: '1080p', members: ['1080p', '1080i'], label: '1080p' },
  { value: '720p', members: ['720p'], label: '720p' },
  { value: '576p', members: ['576p', '540p'], label: '576p' },
  { value: '480p', members: ['480p'], label: '480p' },
  { value: '360p', members: ['360p'], label: '360p' },
  { value: '240p', members: ['240p', '180p'], label: '240p' },
  { value: null, members: ['unknown'], label: 'Unknown' },
];

/** As other servers group them; qualities that stand in no group there (WEB, HDTVRip, VHS, …) where they belong. */
export const QUALITY_GROUPS: readonly NameMap<Quality>[] = [
  {
    value: 'BluRay/UHD',
    label: 'Blu-ray, UHD',
    members: ['BluRay REMUX', 'REMUX', 'BluRay', 'UHDRip', 'BDRip', 'BRRip'],
  },
  {
    value: 'WEB/HD',
    label: 'Web, HD',
    members: ['WEB-DL', 'WEB', 'WEBRip', 'WEB-DLRip', 'WEBMux', 'WEBCap', 'HDRip'],
  },
  {
    value: 'DVD/TV/SAT',
    label: 'DVD, TV, satellite, tape',
    members: [
      'HDTV',
      'HDTVRip',
      'SDTV',
      'PDTV',
      'TVRip',
      'SATRip',
      'PPVRip',
      'DVD',
      'DVDRip',
      'VODR',
      'VHS',
      'VHSRip',
    ],
  },
  {
    value: 'CAM/Screener',
    label: 'Cinema recordings, screeners',
    members: ['SCR', 'TeleCine', 'TeleSync', 'CAM', 'WORKPRINT'],
  },
  { value: 'Unknown', members: ['unknown'], label: 'Unknown' },
];

export const HDR_NAMES: readonly NameMap<HdrFormat | 'unknown'>[] = [
  { value: 'Dolby Vision', members: ['DV'], label: 'Dolby Vision' },
  { value: 'HDR10+', members: ['HDR10+'], label: 'HDR10+' },
  { value: 'HDR10', members: ['HDR'], label: 'HDR, HDR10' },
  { value: 'HLG', members: ['HLG'], label: 'HLG' },
  { value: 'SDR', members: ['SDR'], label: 'SDR' },
  { value: 'Unknown', members: ['unknown'], label: 'Not said (mostly SDR)' },
];

export const HDR_ALIASES = {
  hdr: 'HDR10',
  'hdr 10': 'HDR10',
  hdr10plus: 'HDR10+',
  'hdr10 plus': 'HDR10+',
  dv: 'Dolby Vision',
  dovi: 'Dolby Vision',
} as const;

const CODEC_LABELS: Partial<Readonly<Record<Codec, string>>> = {
  hevc: 'HEVC (H.265, x265)',
  avc: 'AVC (H.264, x264)',
  av1: 'AV1',
  mpeg2: 'MPEG-2',
  mpeg4: 'MPEG-4',
  vc1: 'VC-1',
};

export const CODEC_NAMES: readonly NameMap<Codec>[] = [
  ...CODECS.slice(1).map((name) => ({
    value: name,
    members: [name],
    label: CODEC_LABELS[name] ?? name.toUpperCase(),
  })),
  { value: null, members: ['unknown'], label: 'Unknown' },
];

export const AUDIO_NAMES: readonly NameMap<AudioFormat | 'unknown'>[] = [
  ...AUDIO_FORMATS.map((name) => ({ value: name, members: [name], label: name })),
  { value: null, members: ['unknown'], label: 'Unknown' },
];

export const CHANNEL_NAMES: readonly NameMap<Channels | 'unknown'>[] = [
  ...CHANNELS.map((name) => ({ value: name, members: [name], label: name })),
  { value: null, members: ['unknown'], label: 'Unknown' },
];

export const LANGUAGE_NAMES: readonly NameMap<Language | 'unknown'>[] = [
  ...LANGUAGES.map((name) => ({ value: name, members: [name], label: name })),
  { value: null, members: ['unknown'], label: 'Unknown' },
];

export interface StreamTypeName extends NameMap<StreamKind> {
  /** What plays it; null: clients do by themselves. */
  readonly capability: CapabilityName | null;
}

/** Telegram is a value of older configurations; no stream of ours is of that type. */
export const STREAM_TYPE_NAMES: readonly StreamTypeName[] = [
  { value: 'torrent', members: ['torrent'], label: 'Torrents', capability: null },
  { value: 'usenet', members: ['usenet'], label: 'Usenet', capability: 'usenet' },
  { value: 'telegram', members: [], label: 'Telegram', capability: 'telegram' },
  { value: 'http', members: ['http'], label: 'Direct links', capability: null },
  { value: 'acestream', members: ['acestream'], label: 'AceStream', capability: 'acestream' },
  { value: 'youtube', members: ['youtube'], label: 'YouTube', capability: null },
  { value: 'external', members: ['external'], label: 'External pages', capability: null },
];

export const NUDITY_NAMES = ['None', 'Mild', 'Moderate', 'Severe', 'Unknown', 'Disable'] as const;
export const CERTIFICATE_NAMES = [
  'All Ages',
  'Children',
  'Parental Guidance',
  'Teens',
  'Adults',
  'Adults+',
  'Unknown',
  'Disable',
] as const;
export const CATALOG_SORTS = [
  'latest',
  'popular',
  'rating',
  'year',
  'title',
  'release_date',
] as const;
export const SORT_KEYS = [
  'cached',
  'resolution',
  'quality',
  'language',
  'size',
  'seeders',
  'created_at',
  'watched_count',
  'codec',
  'hdr',
  'audio',
  'type',
] as const;

/** All values of a list, in its order: what an absent or empty list means. */
export function allValues(names: readonly NameMap<string>[]): (string | null)[] {
  return names.map(({ value }) => value);
}
