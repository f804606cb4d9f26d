/** What a release title says, as the codes and masks of stream columns (`lib/vocabulary.ts`). */
import {
  AUDIO_FORMATS,
  CHANNELS,
  CODECS,
  HDR_FORMATS,
  LANGUAGES,
  LANGUAGE_UNKNOWN_BIT,
  QUALITIES,
  RESOLUTIONS,
  STREAM_FLAGS,
  codeOf,
  maskOf,
  type Language,
} from '../vocabulary.ts';
import type { NamedField, StreamRow } from '../stream/fields.ts';
import { languageOfCode } from './language-codes.ts';
import type { ReleaseTitle } from './release-title.ts';

/** The attributes that a release title names, in the form of `StreamRow`. */
export type ReleaseCodes = Pick<StreamRow, NamedField>;

export function releaseCodes(release: ReleaseTitle): ReleaseCodes {
  const languages = languageMasks(release.audioLanguages);
  const subtitles = languageMasks(release.subtitleLanguages);
  return {
    resolution: codeOf(RESOLUTIONS, release.resolution),
    quality: codeOf(QUALITIES, release.quality),
    codec: codeOf(CODECS, release.codec),
    hdrMask: maskOf(HDR_FORMATS, release.hdr),
    audioMask: maskOf(AUDIO_FORMATS, release.audio),
    channelsMask: maskOf(CHANNELS, release.channels),
    flagsMask: maskOf(STREAM_FLAGS, flagNames(release)),
    languagesLow: languages.low,
    languagesHigh: languages.high,
    subtitleLanguagesLow: subtitles.low,
    subtitleLanguagesHigh: subtitles.high,
    bitDepth: Number.parseInt(release.bitDepth ?? '0', 10),
  };
}

/** Editions that are flags of a stream. */
const EDITION_FLAGS: ReadonlyMap<string, string> = new Map([
  ['Extended Edition', 'extended'],
  ['Remastered', 'remastered'],
  ['Uncut', 'uncut'],
]);

function flagNames({ flags, editions, threeD }: ReleaseTitle): readonly string[] {
  const names: string[] = [...flags];
  for (const edition of editions) {
    const flag = EDITION_FLAGS.get(edition);
    if (flag !== undefined) names.push(flag);
  }
  if (threeD !== undefined) names.push('3d');
  return names;
}

/** Languages without a name in the vocabulary count as unknown: the title does name one. */
function languageMasks(codes: readonly string[]): { readonly low: number; readonly high: number } {
  let low = 0;
  let high = 0;
  for (const code of codes) {
    const name = languageName(code);
    const bit =
      name === undefined
        ? LANGUAGE_UNKNOWN_BIT
        : LANGUAGES.findIndex((language) => language === name);
    if (bit < 32) low |= 1 << bit;
    else high |= 1 << (bit - 32);
  }
  return { low: low >>> 0, high: high >>> 0 };
}

/** Undefined for languages that the vocabulary has no name for. */
export function languageName(code: string): Language | undefined {
  return REGIONAL.get(code) ?? languageOfCode(code.split('-')[0] ?? code);
}

const REGIONAL: ReadonlyMap<string, Language> = new Map([
  ['es-419', 'Latino'],
  ['zh-TW', 'Taiwanese'],
]);
