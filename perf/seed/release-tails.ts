/** What stands in release names behind the title: made-up, but read by the product's own parser. */
import { releaseCodes, type ReleaseCodes } from '../../src/lib/release-title/codes.ts';
import { parseReleaseTitle } from '../../src/lib/release-title/parse.ts';
import { utf8 } from './byte-text.ts';
import { Random } from './random.ts';
import { GROUPS } from './words.ts';

/**
 * Attributes are what the parser finds in the text, so that names and columns agree as after an import. All are small
 * integers of one shape: reading them is a good part of making a stream.
 */
export interface ReleaseTail extends ReleaseCodes {
  /** `.1080p.AMZN.WEB-DL.DDP5.1.H.264-NTb`, UTF-8. */
  readonly bytes: Uint8Array;
  /** Words are parted by spaces instead of dots. */
  readonly isSpaced: boolean;
  readonly group: Uint8Array;
  /** Of the video: what makes releases of one title large or small. */
  readonly kilobytesPerMinute: number;
}

/** So many, each as likely: a sample of the weights below. Parsing them takes a tenth of a second. */
const TAILS = 1024;

type Weighted<T> = readonly (readonly [weight: number, value: T])[];
type Source =
  | 'WEB-DL'
  | 'WEBRip'
  | 'BluRay'
  | 'BluRay.REMUX'
  | 'HDTV'
  | 'DVDRip'
  | 'TeleSync'
  | 'CAM';

/** '' stands for names that do not say. */
const RESOLUTIONS: Weighted<string> = [
  [42, '1080p'],
  [24, '720p'],
  [16, '2160p'],
  [9, '480p'],
  [2, '576p'],
  [7, ''],
];
const SOURCES_OF: Readonly<Record<string, Weighted<Source>>> = {
  '2160p': [
    [55, 'WEB-DL'],
    [18, 'BluRay'],
    [15, 'BluRay.REMUX'],
    [12, 'WEBRip'],
  ],
  '1080p': [
    [45, 'WEB-DL'],
    [20, 'WEBRip'],
    [24, 'BluRay'],
    [4, 'BluRay.REMUX'],
    [4, 'HDTV'],
    [2, 'TeleSync'],
    [1, 'CAM'],
  ],
  '720p': [
    [36, 'WEB-DL'],
    [24, 'WEBRip'],
    [20, 'BluRay'],
    [17, 'HDTV'],
    [2, 'TeleSync'],
    [1, 'CAM'],
  ],
  '480p': [
    [40, 'WEB-DL'],
    [30, 'WEBRip'],
    [15, 'DVDRip'],
    [15, 'HDTV'],
  ],
  '576p': [
    [60, 'BluRay'],
    [40, 'DVDRip'],
  ],
  '': [
    [70, 'DVDRip'],
    [20, 'HDTV'],
    [6, 'TeleSync'],
    [4, 'CAM'],
  ],
};
const CODECS_OF: Readonly<Record<Source, Weighted<string>>> = {
  'WEB-DL': [
    [60, 'H.264'],
    [36, 'H.265'],
    [4, 'AV1'],
  ],
  WEBRip: [
    [55, 'x264'],
    [40, 'x265'],
    [5, 'AV1'],
  ],
  BluRay: [
    [60, 'x264'],
    [30, 'x265'],
    [10, 'x265.10bit'],
  ],
  'BluRay.REMUX': [[100, 'AVC']],
  HDTV: [
    [80, 'x264'],
    [20, 'XviD'],
  ],
  DVDRip: [
    [60, 'XviD'],
    [40, 'x264'],
  ],
  TeleSync: [[100, 'x264']],
  CAM: [
    [70, 'x264'],
    [30, 'XviD'],
  ],
};
const AUDIO_OF: Readonly<Record<Source, Weighted<string>>> = {
  'WEB-DL': [
    [50, 'DDP5.1'],
    [25, 'AAC2.0'],
    [15, 'DDP5.1.Atmos'],
    [10, 'DD5.1'],
  ],
  WEBRip: [
    [50, 'AAC2.0'],
    [25, 'DDP5.1'],
    [25, 'AAC.5.1'],
  ],
  BluRay: [
    [35, 'DTS'],
    [30, 'DD5.1'],
    [20, 'AAC.5.1'],
    [15, 'DTS-HD.MA.5.1'],
  ],
  'BluRay.REMUX': [
    [40, 'TrueHD.7.1.Atmos'],
    [40, 'DTS-HD.MA.5.1'],
    [20, 'FLAC.2.0'],
  ],
  HDTV: [
    [60, ''],
    [40, 'AAC2.0'],
  ],
  DVDRip: [
    [40, 'AC3'],
    [30, 'MP3'],
    [30, ''],
  ],
  TeleSync: [[100, '']],
  CAM: [[100, '']],
};
const HDR: Weighted<string> = [
  [34, ''],
  [34, 'HDR'],
  [14, 'DV'],
  [12, 'DV.HDR'],
  [6, 'HDR10Plus'],
];
const NETWORKS: Weighted<string> = [
  [40, ''],
  [20, 'AMZN'],
  [18, 'NF'],
  [10, 'DSNP'],
  [7, 'HMAX'],
  [5, 'ATVP'],
];
const LANGUAGES: Weighted<string> = [
  [620, ''],
  [50, 'MULTi'],
  [40, 'FRENCH'],
  [35, 'iTALiAN'],
  [30, 'GERMAN.DL'],
  [28, 'SPANiSH'],
  [25, 'Hindi'],
  [22, 'RUSSiAN'],
  [15, 'LATiNO'],
  [15, 'Hindi.English'],
  [14, 'iTALiAN.ENG'],
  [12, 'Tamil'],
  [12, 'Telugu'],
  [10, 'POLiSH'],
  [10, 'KOREAN'],
  [10, 'JAPANESE'],
  [8, 'DUTCH'],
  [8, 'Malayalam'],
  [7, 'CHiNESE'],
  [6, 'TURKiSH'],
  [5, 'CZECH'],
  [5, 'HUNGARiAN'],
  [4, 'SWEDiSH'],
  [8, 'NORDiC.SUBS'],
  [8, 'VOSTFR'],
  [6, 'Korean.ESub'],
  [3, 'DANiSH'],
  [3, 'UKRAiNiAN'],
  [2, 'Kannada'],
  [1, 'THAi'],
];
const EDITIONS: Weighted<string> = [
  [920, ''],
  [25, 'REPACK'],
  [25, 'PROPER'],
  [15, 'EXTENDED'],
  [10, 'REMASTERED'],
  [5, 'UNRATED'],
];

/** Mbit/s of H.264 from the web. */
const MEGABITS: Readonly<Record<string, number>> = {
  '2160p': 25,
  '1080p': 6,
  '720p': 2.8,
  '576p': 1.8,
  '480p': 1.3,
  '': 1.1,
};
const SOURCE_FACTORS: Readonly<Partial<Record<Source, number>>> = {
  'BluRay.REMUX': 3.5,
  BluRay: 1.4,
  WEBRip: 0.7,
  HDTV: 0.8,
  TeleSync: 0.5,
  CAM: 0.4,
};
const KILOBYTES_OF_A_MEGABIT_MINUTE = (60 * 1000) / 8;

/** The same ones for every seed: what they contain is a property of the generator. */
export function makeTails(): readonly ReleaseTail[] {
  const random = new Random(0);
  return Array.from({ length: TAILS }, () => makeTail(random));
}

function makeTail(random: Random): ReleaseTail {
  const resolution = random.pickWeighted(RESOLUTIONS);
  const source = random.pickWeighted<Source>(SOURCES_OF[resolution] ?? []);
  const isUltra = resolution === '2160p';
  const codec = isUltra
    ? source.startsWith('Blu')
      ? 'HEVC'
      : 'H.265'
    : random.pickWeighted(CODECS_OF[source]);
  const group = random.pickSkewed(GROUPS);
  const words = [
    random.pickWeighted(EDITIONS),
    random.pickWeighted(LANGUAGES),
    resolution,
    source === 'WEB-DL' ? random.pickWeighted(NETWORKS) : '',
    source,
    isUltra ? random.pickWeighted(HDR) : '',
    random.pickWeighted(AUDIO_OF[source]),
    codec,
  ];
  const dotted = `.${words.filter((word) => word !== '').join('.')}-${group}`;
  const isSpaced = random.onceIn(8);
  const text = isSpaced ? dotted.replaceAll(/\.(?!\d\b)/g, ' ') : dotted;
  const megabits =
    (MEGABITS[resolution] ?? 1) *
    (SOURCE_FACTORS[source] ?? 1) *
    (/264|AVC|XviD/.test(codec) ? 1 : 0.6);
  const codes = releaseCodes(parseReleaseTitle(`Some.Title.2011${text}`));
  return {
    bytes: utf8(text),
    isSpaced,
    group: utf8(group),
    kilobytesPerMinute: Math.round(megabits * KILOBYTES_OF_A_MEGABIT_MINUTE),
    resolution: codes.resolution,
    quality: codes.quality,
    codec: codes.codec,
    hdrMask: codes.hdrMask,
    audioMask: codes.audioMask,
    channelsMask: codes.channelsMask,
    flagsMask: codes.flagsMask,
    languagesLow: codes.languagesLow | 0,
    languagesHigh: codes.languagesHigh | 0,
    subtitleLanguagesLow: codes.subtitleLanguagesLow | 0,
    subtitleLanguagesHigh: codes.subtitleLanguagesHigh | 0,
    bitDepth: codes.bitDepth,
  };
}
