/** What a release title says about the video and its subtitles, as names of `lib/vocabulary.ts`: what importers store. */
import {
  AUDIO_FORMATS,
  CHANNELS,
  CODECS,
  HDR_FORMATS,
  QUALITIES,
  RESOLUTIONS,
  type AudioFormat,
  type Channels,
  type Codec,
  type HdrFormat,
  type Language,
  type Quality,
  type Resolution,
} from '../vocabulary.ts';
import { languageName } from './codes.ts';
import { parseReleaseTitle } from './parse.ts';

export interface ReleaseAttributes {
  readonly resolution: Resolution;
  readonly quality: Quality;
  readonly codec: Codec;
  readonly hdr: readonly HdrFormat[];
  readonly audio: readonly AudioFormat[];
  readonly channels: readonly Channels[];
  readonly subtitleLanguages: readonly Language[];
  /** 0 when the title does not say. */
  readonly bitDepth: number;
}

/** `unknown`, empty or 0 for everything that the title does not say, or says in names that have no code. */
export function releaseAttributes(title: string): ReleaseAttributes {
  const release = parseReleaseTitle(title);
  return {
    resolution: oneOf(RESOLUTIONS, release.resolution) ?? 'unknown',
    quality: oneOf(QUALITIES, release.quality) ?? 'unknown',
    codec: oneOf(CODECS, release.codec) ?? 'unknown',
    hdr: HDR_FORMATS.filter((name) => release.hdr.includes(name)),
    audio: AUDIO_FORMATS.filter((name) => release.audio.includes(name)),
    channels: CHANNELS.filter((name) => release.channels.includes(name)),
    subtitleLanguages: release.subtitleLanguages
      .map(languageName)
      .filter((name) => name !== undefined),
    bitDepth: Number.parseInt(release.bitDepth ?? '0', 10),
  };
}

function oneOf<T extends string>(names: readonly T[], name: string | undefined): T | undefined {
  return names.find((candidate) => candidate === name);
}
