/** Attributes of a stream that a line says itself, by the names of the vocabulary: nothing is read out of its name then. */
import type { ReleaseCodes } from '../release-title/codes.ts';
import {
  AUDIO_FORMATS,
  CHANNELS,
  CODECS,
  codeOf,
  HDR_FORMATS,
  LANGUAGES,
  maskOf,
  QUALITIES,
  RESOLUTIONS,
  STREAM_FLAGS,
  type Language,
} from '../vocabulary.ts';
import type { LineFields } from './line-fields.ts';

/** Undefined where the line says none. @throws AppError `import.bad-line` */
export function readAttributes(fields: LineFields | undefined): ReleaseCodes | undefined {
  if (fields === undefined) return undefined;
  const languages = languageMasks(fields.names(LANGUAGES, 'languages'));
  const subtitles = languageMasks(fields.names(LANGUAGES, 'subtitles'));
  return {
    resolution: codeOf(RESOLUTIONS, fields.name(RESOLUTIONS, 'resolution')),
    quality: codeOf(QUALITIES, fields.name(QUALITIES, 'quality')),
    codec: codeOf(CODECS, fields.name(CODECS, 'codec')),
    hdrMask: maskOf(HDR_FORMATS, fields.names(HDR_FORMATS, 'hdr')),
    audioMask: maskOf(AUDIO_FORMATS, fields.names(AUDIO_FORMATS, 'audio')),
    channelsMask: maskOf(CHANNELS, fields.names(CHANNELS, 'channels')),
    flagsMask: maskOf(STREAM_FLAGS, fields.names(STREAM_FLAGS, 'flags')),
    languagesLow: languages.low,
    languagesHigh: languages.high,
    subtitleLanguagesLow: subtitles.low,
    subtitleLanguagesHigh: subtitles.high,
    bitDepth: fields.integer({ min: 0, max: 16, fallback: 0 }, 'bitDepth'),
  };
}

function languageMasks(names: readonly Language[]): {
  readonly low: number;
  readonly high: number;
} {
  const low = maskOf(LANGUAGES.slice(0, 32), names) >>> 0;
  return { low, high: maskOf(LANGUAGES.slice(32), names) >>> 0 };
}
