/**
 * Video facts that stand as plain words in a release title or file name, as names of
 * `lib/vocabulary.ts`. A word table, not a title parser: it finds no title, year, season or group.
 */
import {
  RESOLUTIONS, type AudioFormat, type Channels, type Codec, type HdrFormat, type Quality, type Resolution,
} from '../vocabulary.ts';

export interface ReleaseAttributes {
  readonly resolution: Resolution;
  readonly quality: Quality;
  readonly codec: Codec;
  readonly hdr: readonly HdrFormat[];
  readonly audio: readonly AudioFormat[];
  readonly channels: readonly Channels[];
  /** 0 when the title does not say. */
  readonly bitDepth: number;
}

/** Phrases of lower-case words, one space between them. The first match of a table wins. */
type Words<T> = readonly (readonly [phrase: string, name: T])[];

const RESOLUTION_WORDS: Words<Resolution> = [
  ...RESOLUTIONS.slice(1).map((name) => [name, name] as const),
  ['4k', '2160p'], ['uhd', '2160p'], ['1920x1080', '1080p'], ['1280x720', '720p'], ['640x360', '360p'],
  ['320x240', '240p'], ['320x180', '180p'],
];

const QUALITY_WORDS: Words<Quality> = [
  ['bluray remux', 'BluRay REMUX'], ['blu ray remux', 'BluRay REMUX'], ['remux', 'REMUX'], ['uhdrip', 'UHDRip'],
  ['bdrip', 'BDRip'], ['brrip', 'BRRip'], ['bluray', 'BluRay'], ['blu ray', 'BluRay'], ['web dl', 'WEB-DL'],
  ['webdl', 'WEB-DL'], ['webrip', 'WEBRip'], ['web rip', 'WEBRip'], ['hdrip', 'HDRip'],
  ['hdtv', 'HDTV'], ['dvdrip', 'DVDRip'], ['dvd rip', 'DVDRip'], ['dvd', 'DVD'], ['vhsrip', 'VHSRip'], ['vhs', 'VHS'],
];

const CODEC_WORDS: Words<Codec> = [
  ['x265', 'hevc'], ['h265', 'hevc'], ['h 265', 'hevc'], ['hevc', 'hevc'], ['x264', 'avc'], ['h264', 'avc'],
  ['h 264', 'avc'], ['avc', 'avc'], ['av1', 'av1'], ['vp9', 'vp9'], ['vp8', 'vp8'], ['xvid', 'xvid'],
  ['divx', 'divx'], ['mpeg2', 'mpeg2'], ['theora', 'theora'], ['ogv', 'theora'],
];

const HDR_WORDS: Words<HdrFormat> = [
  ['dv', 'DV'], ['dolby vision', 'DV'], ['hdr10+', 'HDR10+'], ['hdr10', 'HDR'], ['hdr', 'HDR'], ['sdr', 'SDR'],
];

const AUDIO_WORDS: Words<AudioFormat> = [
  ['atmos', 'Atmos'], ['truehd', 'TrueHD'], ['dts hd ma', 'DTS Lossless'], ['dts', 'DTS Lossy'], ['eac3', 'EAC3'],
  ['ddp5 1', 'EAC3'], ['ac3', 'AC3'], ['dd5 1', 'AC3'], ['aac', 'AAC'], ['flac', 'FLAC'], ['opus', 'Opus'],
  ['mp3', 'MP3'],
];

const CHANNEL_WORDS: Words<Channels> = [
  ['mono', '1.0'], ['stereo', '2.0'], ['2 0', '2.0'], ['surround', '5.1'], ['5 1', '5.1'], ['ddp5 1', '5.1'],
  ['dd5 1', '5.1'], ['7 1', '7.1'],
];

/** What the words of `title` say; `unknown`, empty or 0 for everything that it does not say. */
export function releaseAttributes(title: string): ReleaseAttributes {
  const words = ` ${title.toLowerCase().split(/[^a-z0-9+]+/u).join(' ')} `;
  return {
    resolution: firstOf(RESOLUTION_WORDS, words) ?? 'unknown',
    quality: firstOf(QUALITY_WORDS, words) ?? 'unknown',
    codec: firstOf(CODEC_WORDS, words) ?? 'unknown',
    hdr: allOf(HDR_WORDS, words),
    audio: allOf(AUDIO_WORDS, words),
    channels: allOf(CHANNEL_WORDS, words),
    bitDepth: words.includes(' 10bit ') || words.includes(' 10 bit ') ? 10 : 0,
  };
}

function firstOf<T>(table: Words<T>, words: string): T | undefined {
  return table.find(([phrase]) => words.includes(` ${phrase} `))?.[1];
}

function allOf<T>(table: Words<T>, words: string): T[] {
  const found = new Set<T>();
  for (const [phrase, name] of table) if (words.includes(` ${phrase} `)) found.add(name);
  return [...found];
}
