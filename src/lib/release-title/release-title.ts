/** What a release title says, in our own vocabulary. Absent facts are undefined, empty or false. */

export interface ReleaseTitle {
  /** Name of the film or series; never empty unless the input is. */
  readonly title: string;
  readonly episodeTitle?: string | undefined;
  readonly year?: number | undefined;
  /** First and last year of a collection or a run. */
  readonly yearRange?: readonly [number, number] | undefined;
  /** `YYYY-MM-DD` */
  readonly date?: string | undefined;
  /** Ascending; 0 for specials. */
  readonly seasons: readonly number[];
  readonly episodes: readonly number[];
  readonly volumes: readonly number[];
  /** A name of RESOLUTIONS, or the literal height (`406p`). */
  readonly resolution?: string | undefined;
  /** Names of `lib/vocabulary.ts`. */
  readonly quality?: string | undefined;
  readonly codec?: string | undefined;
  /** `8bit`, `10bit`, `12bit` */
  readonly bitDepth?: string | undefined;
  readonly hdr: readonly string[];
  readonly audio: readonly string[];
  readonly channels: readonly string[];
  /** Every language that is named, those of subtitles too. ISO 639-1; `es-419`, `zh-TW`, `pt-BR`. */
  readonly languages: readonly string[];
  /** Those of `languages` that are not named for subtitles alone. */
  readonly audioLanguages: readonly string[];
  readonly subtitleLanguages: readonly string[];
  /** `dual-audio`, `multi-audio`, `multi-subs` */
  readonly languageFlags: readonly string[];
  readonly group?: string | undefined;
  /** Lower case. */
  readonly site?: string | undefined;
  readonly network?: string | undefined;
  readonly region?: string | undefined;
  /** As it is written: `1,37 GB`. */
  readonly size?: string | undefined;
  readonly sizeBytes?: number | undefined;
  readonly bitrate?: string | undefined;
  /** CRC of anime releases: `5E46AC39`. */
  readonly episodeCode?: string | undefined;
  readonly container?: string | undefined;
  readonly extension?: string | undefined;
  readonly country?: string | undefined;
  /** Of a fansub's release. */
  readonly version?: number | undefined;
  readonly editions: readonly string[];
  readonly releaseTypes: readonly string[];
  readonly extras: readonly string[];
  /** `3D`, `3D SBS`, `3D HSBS`, `3D OU`, `3D HOU` */
  readonly threeD?: string | undefined;
  /** Facts that are either there or not. */
  readonly flags: ReadonlySet<ReleaseFlag>;
}

export const RELEASE_FLAGS = [
  'complete',
  'dubbed',
  'subbed',
  'hardcoded',
  'proper',
  'repack',
  'remastered',
  'retail',
  'unrated',
  'uncensored',
  'extended',
  'convert',
  'documentary',
  'commentary',
  'upscaled',
  'ppv',
  'adult',
  'trash',
  'scene',
  'regraded',
] as const;
export type ReleaseFlag = (typeof RELEASE_FLAGS)[number];
