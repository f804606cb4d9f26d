/**
 * Attributes of streams by the names of MediaFusion, which are its parser's and those of its older versions, as a line of
 * ours has them.
 */
import {
  AUDIO_FORMATS,
  CHANNELS,
  CODECS,
  HDR_FORMATS,
  LANGUAGES,
  QUALITIES,
  RESOLUTIONS,
} from '../vocabulary.ts';
import type { JsonObject } from '../json/json-value.ts';

/** As they are stored; null and empty when unknown. */
export interface StoredAttributes {
  readonly resolution: string | null;
  readonly quality: string | null;
  readonly codec: string | null;
  readonly bitDepth: string | null;
  readonly hdr: readonly string[];
  readonly audio: readonly string[];
  readonly channels: readonly string[];
  readonly languages: readonly string[];
  readonly subtitles: readonly string[];
  /** Ours already. */
  readonly flags: readonly string[];
}

/** Other names of the same, in lower case. */
const ALIASES: Readonly<Record<string, string>> = {
  '4k': '2160p',
  x264: 'avc',
  h264: 'avc',
  'h.264': 'avc',
  x265: 'hevc',
  h265: 'hevc',
  'h.265': 'hevc',
  hdr10: 'HDR',
  'hdr 10': 'HDR',
  hdr10plus: 'HDR10+',
  'dolby vision': 'DV',
  dovi: 'DV',
  'dolby atmos': 'Atmos',
  'dolby digital': 'AC3',
  'dolby digital plus': 'EAC3',
  dd: 'AC3',
  'dd+': 'EAC3',
  dts: 'DTS Lossy',
  'dts-hd ma': 'DTS Lossless',
  'dts-hd': 'DTS Lossless',
  mono: '1.0',
  stereo: '2.0',
};

const NAMES = new Map(
  [RESOLUTIONS, QUALITIES, CODECS, HDR_FORMATS, AUDIO_FORMATS, CHANNELS, LANGUAGES]
    .flat()
    .map((name) => [name.toLowerCase(), name]),
);

/** Undefined where none is known: its name is read then. Names that nobody knows are left out. */
export function lineAttributes(stored: StoredAttributes): JsonObject | undefined {
  const { resolution, quality, codec, bitDepth } = stored;
  const known = {
    resolution: nameIn(RESOLUTIONS, resolution),
    quality: nameIn(QUALITIES, quality),
    codec: nameIn(CODECS, codec),
  };
  const isKnown = Object.values(known).some((name) => name !== undefined);
  if (!isKnown) return undefined;
  const depth = Number(/^\d{1,2}/.exec(bitDepth ?? '')?.[0] ?? 0);
  return {
    ...(known.resolution === undefined ? {} : { resolution: known.resolution }),
    ...(known.quality === undefined ? {} : { quality: known.quality }),
    ...(known.codec === undefined ? {} : { codec: known.codec }),
    hdr: namesIn(HDR_FORMATS, stored.hdr),
    audio: namesIn(AUDIO_FORMATS, stored.audio),
    channels: namesIn(CHANNELS, stored.channels),
    languages: namesIn(LANGUAGES, stored.languages),
    subtitles: namesIn(LANGUAGES, stored.subtitles),
    flags: [...stored.flags],
    bitDepth: depth <= 16 ? depth : 0,
  };
}

function nameIn(accepted: readonly string[], given: string | null): string | undefined {
  if (given === null) return undefined;
  const text = given.toLowerCase();
  const name = ALIASES[text] ?? NAMES.get(text);
  return name !== undefined && accepted.includes(name) ? name : undefined;
}

function namesIn(accepted: readonly string[], given: readonly string[]): string[] {
  return given.flatMap((one) => nameIn(accepted, one) ?? []);
}
