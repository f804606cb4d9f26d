/**
 * Codes of stream attributes. They are stored in PostgreSQL columns and in StreamSet blobs, so the
 * lists are append-only: a code never changes its meaning. Names follow the release-title vocabulary
 * of the field; 0 is always "unknown" for single values, bit n is entry n for sets.
 */

export const STREAM_KINDS = [
  'torrent',
  'http',
  'youtube',
  'usenet',
  'acestream',
  'external',
] as const;
export type StreamKind = (typeof STREAM_KINDS)[number];

export const RESOLUTIONS = [
  'unknown',
  '2160p',
  '1440p',
  '1080p',
  '1080i',
  '720p',
  '576p',
  '540p',
  '480p',
  '360p',
  '240p',
  '180p',
] as const;
export type Resolution = (typeof RESOLUTIONS)[number];

export const QUALITIES = [
  'unknown',
  'BluRay REMUX',
  'REMUX',
  'BluRay',
  'WEB-DL',
  'WEB',
  'WEBRip',
  'WEB-DLRip',
  'WEBMux',
  'WEBCap',
  'UHDRip',
  'BDRip',
  'BRRip',
  'HDRip',
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
  'SCR',
  'TeleCine',
  'TeleSync',
  'CAM',
  'WORKPRINT',
] as const;
export type Quality = (typeof QUALITIES)[number];

export const CODECS = [
  'unknown',
  'hevc',
  'avc',
  'av1',
  'vp9',
  'vp8',
  'vp7',
  'xvid',
  'divx',
  'mpeg2',
  'vc1',
  'h263',
  'theora',
  'mpeg4',
] as const;
export type Codec = (typeof CODECS)[number];

/** 48 names; bit 48 (`LANGUAGE_UNKNOWN_BIT`) stands for "unknown". Two 32-bit words hold the mask. */
export const LANGUAGES = [
  'English',
  'Tamil',
  'Hindi',
  'Malayalam',
  'Kannada',
  'Telugu',
  'Chinese',
  'Russian',
  'Arabic',
  'Japanese',
  'Korean',
  'Taiwanese',
  'Latino',
  'French',
  'Spanish',
  'Portuguese',
  'Italian',
  'German',
  'Ukrainian',
  'Polish',
  'Czech',
  'Thai',
  'Indonesian',
  'Vietnamese',
  'Dutch',
  'Bengali',
  'Turkish',
  'Greek',
  'Swedish',
  'Romanian',
  'Hungarian',
  'Finnish',
  'Norwegian',
  'Danish',
  'Hebrew',
  'Lithuanian',
  'Punjabi',
  'Marathi',
  'Gujarati',
  'Bhojpuri',
  'Nepali',
  'Urdu',
  'Tagalog',
  'Filipino',
  'Malay',
  'Mongolian',
  'Armenian',
  'Georgian',
] as const;
export type Language = (typeof LANGUAGES)[number];
export const LANGUAGE_UNKNOWN_BIT = 48;

export const HDR_FORMATS = ['DV', 'HDR10+', 'HDR', 'SDR', 'HLG'] as const;
export type HdrFormat = (typeof HDR_FORMATS)[number];
export const AUDIO_FORMATS = [
  'Atmos',
  'TrueHD',
  'DTS:X',
  'DTS Lossless',
  'DTS Lossy',
  'EAC3',
  'AC3',
  'AAC',
  'FLAC',
  'PCM',
  'Opus',
  'MP3',
  'MP2',
  'Vorbis',
  'HQ Clean Audio',
] as const;
export type AudioFormat = (typeof AUDIO_FORMATS)[number];
export const CHANNELS = ['1.0', '2.0', '5.0', '5.1', '6.1', '7.1'] as const;
export type Channels = (typeof CHANNELS)[number];

/** How much nudity a title shows; codes of `media.nudity`. */
export const NUDITY_LEVELS = ['Unknown', 'None', 'Mild', 'Moderate', 'Severe'] as const;
export type NudityLevel = (typeof NUDITY_LEVELS)[number];

/** For whom a title is; codes of `media.certificate`. */
export const CERTIFICATES = [
  'Unknown',
  'All Ages',
  'Children',
  'Parental Guidance',
  'Teens',
  'Adults',
  'Adults+',
] as const;
export type Certificate = (typeof CERTIFICATES)[number];

/** Facts about a release that are either there or not. */
export const STREAM_FLAGS = [
  'proper',
  'repack',
  'remastered',
  'extended',
  'uncut',
  'unrated',
  'dubbed',
  'subbed',
  'hardcoded',
  'complete',
  'upscaled',
  '3d',
  'retail',
  'scene',
  'private',
  'webSeed',
] as const;

/** Code of a name in one of the single-value lists; 0 ("unknown") when it is not in the list. */
export function codeOf(list: readonly string[], name: string | null | undefined): number {
  const code = name === null || name === undefined ? -1 : list.indexOf(name);
  return code === -1 ? 0 : code;
}

/** Bit mask of the names that are in the list (at most 31 entries). */
export function maskOf(list: readonly string[], names: readonly string[]): number {
  let mask = 0;
  for (const name of names) {
    const bit = list.indexOf(name);
    if (bit !== -1) mask |= 1 << bit;
  }
  return mask;
}
