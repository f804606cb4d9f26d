/** Generated streams: release titles, and attributes that agree with them. */
import {
  AUDIO_FORMATS, CHANNELS, CODECS, HDR_FORMATS, LANGUAGE_UNKNOWN_BIT, maskOf, QUALITIES, RESOLUTIONS, STREAM_KINDS,
} from '../../src/lib/vocabulary.ts';
import type { Random } from './random.ts';
import { GROUPS, SOURCES } from './words.ts';

/** Most frequent first: they are picked skewed. */
const RESOLUTION_NAMES = ['1080p', '720p', '2160p', '480p', '1080p', '720p', '576p'] as const;
const QUALITY_NAMES = [
  'WEB-DL', 'WEBRip', 'BluRay', 'HDTV', 'BDRip', 'DVDRip', 'BluRay REMUX', 'TeleSync', 'CAM',
] as const;
const CODEC_WORDS: readonly (readonly [string, string])[] =
  [['x264', 'avc'], ['x265', 'hevc'], ['H.264', 'avc'], ['H.265', 'hevc'], ['AV1', 'av1'], ['XviD', 'xvid']];
const AUDIO_WORDS: readonly (readonly [string, string, string])[] = [
  ['AAC2.0', 'AAC', '2.0'], ['DDP5.1', 'EAC3', '5.1'], ['DD5.1', 'AC3', '5.1'], ['DTS', 'DTS Lossy', '5.1'],
  ['TrueHD.7.1', 'TrueHD', '7.1'],
];
const GIGABYTE = 1_000_000_000;

/** One torrent in a hundred is blocked or dead. */
const INVISIBLE_ONE_IN = 100;

export interface Release {
  readonly name: string;
  readonly kind: number;
  readonly locator: string;
  /** Hexadecimal. */
  readonly contentKey: string;
  readonly resolution: number;
  readonly quality: number;
  readonly codec: number;
  readonly hdrMask: number;
  readonly audioMask: number;
  readonly channelsMask: number;
  readonly languagesLow: number;
  readonly languagesHigh: number;
  readonly bitDepth: number;
  readonly sizeBytes: number;
  readonly seeders: number;
  readonly group: string;
  readonly source: string;
  readonly isVisible: boolean;
}

/** @param title dotted, with year or episode: `The.Last.River.2011` */
export function makeRelease(random: Random, title: string): Release {
  const resolution = random.pickSkewed(RESOLUTION_NAMES);
  const quality = random.pickSkewed(QUALITY_NAMES);
  const [codecWord, codec] = random.pickSkewed(CODEC_WORDS);
  const [audioWord, audio, channels] = random.pickSkewed(AUDIO_WORDS);
  const isHdr = resolution === '2160p' && random.onceIn(2);
  const qualityWord = `${quality.replace(' ', '.')}${isHdr ? '.HDR' : ''}`;
  const group = random.pickSkewed(GROUPS);
  const contentKey = random.hash();
  const kind = makeKind(random);
  const hasLanguages = random.onceIn(3);
  return {
    name: `${title}.${resolution}.${qualityWord}.${audioWord}.${codecWord}-${group}`,
    kind,
    locator: kind === 0 ? '' : `https://media.example.org/${STREAM_KINDS[kind]}/${contentKey}.mkv`,
    contentKey,
    resolution: RESOLUTIONS.indexOf(resolution),
    quality: QUALITIES.findIndex((name) => name === quality),
    codec: CODECS.findIndex((name) => name === codec),
    hdrMask: isHdr ? maskOf(HDR_FORMATS, ['HDR']) : 0,
    audioMask: maskOf(AUDIO_FORMATS, [audio]),
    channelsMask: maskOf(CHANNELS, [channels]),
    languagesLow: hasLanguages ? (1 << random.between(0, 31)) | 1 : 0,
    languagesHigh: hasLanguages ? 0 : 1 << (LANGUAGE_UNKNOWN_BIT - 32),
    bitDepth: codec === 'hevc' && random.onceIn(2) ? 10 : 0,
    sizeBytes: Math.round(random.logNormal(2.5 * GIGABYTE, 1)),
    seeders: random.onceIn(10) ? -1 : Math.floor(random.logNormal(4, 2)),
    group,
    source: random.pickSkewed(SOURCES),
    isVisible: !random.onceIn(INVISIBLE_ONE_IN),
  };
}

/** Torrents, and one in twelve of another kind. */
function makeKind(random: Random): number {
  return random.onceIn(12) ? random.between(1, STREAM_KINDS.length - 1) : 0;
}
