/** What templates know of a stream: variables by path, read from the columns of its set. */
import type { StreamSet } from '../stream-set/stream-set.ts';
import type { StreamSetMedia } from '../stream-set/row.ts';
import {
  AUDIO_FORMATS, CHANNELS, CODECS, HDR_FORMATS, LANGUAGES, QUALITIES, RESOLUTIONS, STREAM_FLAGS, STREAM_KINDS,
} from '../vocabulary.ts';
import { compileTemplate, type Template, type VariableTable } from './template.ts';
import type { TemplateValue } from './value.ts';

/** One row of a set; a presenter moves it from row to row. */
export class StreamCursor {
  row = 0;
  /** As this row names the add-on. */
  addonName: string;
  readonly set: StreamSet;
  #media: StreamSetMedia | undefined = undefined;

  constructor(set: StreamSet, addonName: string) {
    this.set = set;
    this.addonName = addonName;
  }

  get media(): StreamSetMedia {
    return (this.#media ??= this.set.media);
  }
}

/** For the editor and docs/stream-templates.md. */
export interface VariableSpec {
  readonly path: string;
  readonly example: string;
  readonly description: string;
  readonly read: (cursor: StreamCursor) => TemplateValue;
}

const flags = STREAM_FLAGS.map((flag, bit): VariableSpec => {
  const path = `stream.is_${flag.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
  return {
    path, example: 'true', description: `Whether the release says: ${flag}`,
    read: ({ set, row }) => (((set.columns.flagsMask[row] ?? 0) >>> bit) & 1) === 1,
  };
});

export const STREAM_VARIABLES: readonly VariableSpec[] = [
  {
    path: 'stream.type', example: 'torrent', description: STREAM_KINDS.join(', '),
    read: ({ set, row }) => STREAM_KINDS[set.columns.kind[row] ?? 0] ?? '',
  },
  {
    path: 'stream.name', example: 'Sintel.2010.1080p.BluRay', description: 'Release title',
    read: ({ set, row }) => set.name(row),
  },
  {
    path: 'stream.filename', example: 'Sintel.mkv', description: 'File that plays; the release title where it is not known',
    read: ({ set, row }) => set.filename(row) || set.name(row),
  },
  {
    path: 'stream.resolution', example: '1080p', description: 'Resolution',
    read: ({ set, row }) => named(RESOLUTIONS, set.columns.resolution[row]),
  },
  {
    path: 'stream.quality', example: 'BluRay REMUX', description: 'Source of the picture',
    read: ({ set, row }) => named(QUALITIES, set.columns.quality[row]),
  },
  {
    path: 'stream.codec', example: 'hevc', description: 'Video codec',
    read: ({ set, row }) => named(CODECS, set.columns.codec[row]),
  },
  {
    path: 'stream.bit_depth', example: '10', description: 'Bits a colour',
    read: ({ set, row }) => set.columns.bitDepth[row] || null,
  },
  {
    path: 'stream.hdr_formats', example: 'DV, HDR', description: 'HDR formats (list)',
    read: ({ set, row }) => names(HDR_FORMATS, set.columns.hdrMask[row]),
  },
  {
    path: 'stream.audio_formats', example: 'Atmos, TrueHD', description: 'Audio formats (list)',
    read: ({ set, row }) => names(AUDIO_FORMATS, set.columns.audioMask[row]),
  },
  {
    path: 'stream.channels', example: '5.1, 7.1', description: 'Audio channels (list)',
    read: ({ set, row }) => names(CHANNELS, set.columns.channelsMask[row]),
  },
  {
    path: 'stream.languages', example: 'English, French', description: 'Spoken languages (list)',
    read: ({ set, row }) => languages(set.columns.languagesLow[row], set.columns.languagesHigh[row]),
  },
  {
    path: 'stream.subtitle_languages', example: 'French', description: 'Languages of subtitles that the release names (list)',
    read: ({ set, row }) => languages(set.columns.subtitleLanguagesLow[row], set.columns.subtitleLanguagesHigh[row]),
  },
  {
    path: 'stream.size', example: '4500000000', description: 'Bytes of the file that plays, else of the whole',
    read: ({ set, row }) => set.columns.fileSizeBytes[row] || set.columns.totalSizeBytes[row] || null,
  },
  {
    path: 'stream.folderSize', example: '9000000000', description: 'Bytes of the whole torrent or folder',
    read: ({ set, row }) => set.columns.totalSizeBytes[row] || null,
  },
  {
    path: 'stream.seeders', example: '120', description: 'Seeders, where they are known',
    read: ({ set, row }) => ((set.columns.seeders[row] ?? -1) < 0 ? null : (set.columns.seeders[row] ?? null)),
  },
  {
    path: 'stream.source', example: 'Prowlarr', description: 'Where the stream was found',
    read: ({ set, row }) => set.source(row),
  },
  { path: 'stream.uploader', example: 'archivist', description: 'Who uploaded it', read: ({ set, row }) => set.uploader(row) },
  { path: 'stream.release_group', example: 'GROUP', description: 'Release group', read: ({ set, row }) => set.releaseGroup(row) },
  ...flags,
  { path: 'addon.name', example: 'Sluice', description: 'Name of this add-on', read: ({ addonName }) => addonName },
  { path: 'meta.title', example: 'Sintel', description: 'Title of the film or series', read: ({ media }) => media.title },
  { path: 'meta.type', example: 'movie', description: 'movie or series', read: ({ media }) => media.type },
  { path: 'meta.year', example: '2010', description: 'Year', read: ({ media }) => media.year || null },
  { path: 'meta.imdb_id', example: 'tt1727587', description: 'IMDb id', read: ({ media }) => media.imdbId },
  { path: 'meta.tmdb_id', example: '45745', description: 'TMDB id', read: ({ media }) => media.tmdbId },
  { path: 'meta.runtime_minutes', example: '15', description: 'Minutes', read: ({ media }) => media.runtimeMinutes || null },
  {
    path: 'meta.season', example: '1', description: 'Season, for episodes',
    read: ({ media }) => (media.type === 'series' ? media.season : null),
  },
  {
    path: 'meta.episode', example: '2', description: 'Episode, for episodes',
    read: ({ media }) => (media.type === 'series' ? media.episode : null),
  },
];

const BY_PATH: VariableTable<StreamCursor> = new Map(STREAM_VARIABLES.map(({ path, read }) => [path, read]));

/** Which icon stands for a kind. */
const ICONS = [
  ['torrent', '🧲'], ['http', '🌐'], ['youtube', '▶️'], ['usenet', '📰'],
].map(([kind, icon], at) => `{${at === 0 ? 'if' : 'elif'} stream.type = ${kind}}${icon}`).join('');

/** What `features/streams/present.ts` writes; a property test holds them together. */
export const DEFAULT_TEMPLATE = {
  title: `{addon.name} ${ICONS}{else}🔗{/if}{if stream.resolution} {stream.resolution}{/if}`,
  description: [
    '{if stream.hdr_formats}🎨 {stream.hdr_formats|join(\'|\')} {/if}{if stream.quality}📺 {stream.quality} {/if}' +
      '{if stream.codec}🎞️ {stream.codec} {/if}{if stream.audio_formats}🎵 {stream.audio_formats|join(\'|\')} {/if}' +
      '{if stream.channels}🔊 {stream.channels|join(\' \')}{/if}' +
      '{if not (stream.hdr_formats or stream.quality or stream.codec or stream.audio_formats or stream.channels) ' +
      'and stream.name}' +
      '📄 {stream.name}{/if}',
    '{if stream.size}📦 {stream.size|bytes} {if stream.folderSize > stream.size}/ {stream.folderSize|bytes} {/if}{/if}' +
      '{if stream.seeders}👤 {stream.seeders}{/if}',
    '{if stream.languages}🌐 {stream.languages|join(\' + \')}{/if}',
    '{if stream.source}🔗 {stream.source} {if stream.uploader}| {/if}{/if}' +
      '{if stream.uploader}🧑‍💻 {stream.uploader}{/if}',
  ].join('\n'),
} as const;

/** @throws TemplateError */
export function compileStreamTemplate(source: string): Template<StreamCursor> {
  return compileTemplate(source, BY_PATH);
}

function named(list: readonly string[], code: number | undefined): string {
  return code === undefined || code === 0 ? '' : (list[code] ?? '');
}

function languages(low: number | undefined, high: number | undefined): string[] {
  return [...names(LANGUAGES.slice(0, 32), low), ...names(LANGUAGES.slice(32), high)];
}

function names(list: readonly string[], mask: number | undefined): string[] {
  const result: string[] = [];
  list.forEach((name, bit) => {
    if ((((mask ?? 0) >>> bit) & 1) === 1) result.push(name);
  });
  return result;
}
