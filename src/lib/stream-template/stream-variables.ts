/** What templates know of a stream: variables by path, read from the columns of its set. */
import { STREAM_FIELDS, type StreamField, type StreamVariablePath } from '../stream/fields.ts';
import type { MarkName } from '../ranking/service-marks.ts';
import type { StreamSet } from '../stream-set/stream-set.ts';
import type { StreamSetMedia } from '../stream-set/row.ts';
import {
  AUDIO_FORMATS,
  CHANNELS,
  CODECS,
  HDR_FORMATS,
  LANGUAGES,
  QUALITIES,
  RESOLUTIONS,
  STREAM_FLAGS,
  STREAM_KINDS,
} from '../vocabulary.ts';
import { compileTemplate, type Template, type VariableTable } from './template.ts';
import type { TemplateValue } from './value.ts';

/** The service that a row is shown with. */
export interface CursorService {
  readonly name: string;
  readonly label: string;
  readonly mark: MarkName;
}

/** One row of a set; a presenter moves it from row to row. */
export class StreamCursor {
  row = 0;
  /** As this row names the add-on. */
  addonName: string;
  /** That it is shown with; null: none. */
  service: CursorService | null = null;
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

/** The variables of these attributes. @throws Error for one that `reads` does not read */
export function fieldVariables(
  fields: readonly StreamField[],
  reads: Readonly<Record<string, Read>>,
): readonly VariableSpec[] {
  return fields.flatMap(({ variable }) => {
    if (variable === undefined) return [];
    const read = reads[variable.path];
    if (read === undefined) throw new Error(`nothing reads the variable ${variable.path}`);
    return [{ ...variable, read }];
  });
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
    path,
    example: 'true',
    description: `Whether the release says: ${flag}`,
    read: ({ set, row }) => (((set.columns.flagsMask[row] ?? 0) >>> bit) & 1) === 1,
  };
});

type Read = (cursor: StreamCursor) => TemplateValue;

/** How each variable of the table is read; named columns, since templates read them for every row. */
const READS: Readonly<Record<StreamVariablePath, Read>> = {
  'stream.type': ({ set, row }) => STREAM_KINDS[set.columns.kind[row] ?? 0] ?? '',
  'stream.name': ({ set, row }) => set.name(row),
  'stream.filename': ({ set, row }) => set.filename(row) || set.name(row),
  'stream.resolution': ({ set, row }) => named(RESOLUTIONS, set.columns.resolution[row]),
  'stream.quality': ({ set, row }) => named(QUALITIES, set.columns.quality[row]),
  'stream.codec': ({ set, row }) => named(CODECS, set.columns.codec[row]),
  'stream.bit_depth': ({ set, row }) => set.columns.bitDepth[row] || null,
  'stream.hdr_formats': ({ set, row }) => names(HDR_FORMATS, set.columns.hdrMask[row]),
  'stream.audio_formats': ({ set, row }) => names(AUDIO_FORMATS, set.columns.audioMask[row]),
  'stream.channels': ({ set, row }) => names(CHANNELS, set.columns.channelsMask[row]),
  'stream.languages': ({ set, row }) =>
    languages(set.columns.languagesLow[row], set.columns.languagesHigh[row]),
  'stream.subtitle_languages': ({ set, row }) =>
    languages(set.columns.subtitleLanguagesLow[row], set.columns.subtitleLanguagesHigh[row]),
  'stream.size': ({ set, row }) =>
    set.columns.fileSizeBytes[row] || set.columns.totalSizeBytes[row] || null,
  'stream.folderSize': ({ set, row }) => set.columns.totalSizeBytes[row] || null,
  'stream.seeders': ({ set, row }) =>
    (set.columns.seeders[row] ?? -1) < 0 ? null : (set.columns.seeders[row] ?? null),
  'stream.source': ({ set, row }) => set.source(row),
  'stream.uploader': ({ set, row }) => set.uploader(row),
  'stream.release_group': ({ set, row }) => set.releaseGroup(row),
};

export const STREAM_VARIABLES: readonly VariableSpec[] = [
  ...fieldVariables(STREAM_FIELDS, READS),
  ...flags,
  {
    path: 'service.name',
    example: 'Real-Debrid',
    description: 'The service that plays it, as you call it; empty for direct torrents',
    read: ({ service }) => service?.name ?? '',
  },
  {
    path: 'service.shortName',
    example: 'RD',
    description: 'Its short name',
    read: ({ service }) => service?.label ?? '',
  },
  {
    path: 'service.cached',
    example: 'true',
    description: 'Whether the service has it ready; empty when that is not known',
    read: isCached,
  },
  {
    path: 'service.state',
    example: 'cached',
    description: 'cached, not cached, or unknown',
    read: ({ service }) => (service === null ? '' : STATES[service.mark]),
  },
  {
    path: 'stream.cached',
    example: 'true',
    description: 'As service.cached',
    read: isCached,
  },
  {
    path: 'addon.name',
    example: 'Sluice',
    description: 'Name of this add-on',
    read: ({ addonName }) => addonName,
  },
  {
    path: 'meta.title',
    example: 'Sintel',
    description: 'Title of the film or series',
    read: ({ media }) => media.title,
  },
  {
    path: 'meta.type',
    example: 'movie',
    description: 'movie or series',
    read: ({ media }) => media.type,
  },
  {
    path: 'meta.year',
    example: '2010',
    description: 'Year',
    read: ({ media }) => media.year || null,
  },
  {
    path: 'meta.imdb_id',
    example: 'tt1727587',
    description: 'IMDb id',
    read: ({ media }) => media.imdbId,
  },
  {
    path: 'meta.tmdb_id',
    example: '45745',
    description: 'TMDB id',
    read: ({ media }) => media.tmdbId,
  },
  {
    path: 'meta.runtime_minutes',
    example: '15',
    description: 'Minutes',
    read: ({ media }) => media.runtimeMinutes || null,
  },
  {
    path: 'meta.season',
    example: '1',
    description: 'Season, for episodes',
    read: ({ media }) => (media.type === 'series' ? media.season : null),
  },
  {
    path: 'meta.episode',
    example: '2',
    description: 'Episode, for episodes',
    read: ({ media }) => (media.type === 'series' ? media.episode : null),
  },
];

const STATES: Readonly<Record<MarkName, string>> = {
  cached: 'cached',
  unknown: 'unknown',
  notCached: 'not cached',
};

function isCached({ service }: StreamCursor): TemplateValue {
  return service === null || service.mark === 'unknown' ? null : service.mark === 'cached';
}

const BY_PATH: VariableTable<StreamCursor> = new Map(
  STREAM_VARIABLES.map(({ path, read }) => [path, read]),
);

/** Which icon stands for a kind. */
const ICONS = [
  ['torrent', '🧲'],
  ['http', '🌐'],
  ['youtube', '▶️'],
  ['usenet', '📰'],
]
  .map(([kind, icon], at) => `{${at === 0 ? 'if' : 'elif'} stream.type = ${kind}}${icon}`)
  .join('');

const SERVICE =
  '{if service.shortName} {service.shortName} ' +
  '{if service.state = cached}⚡{elif service.state = unknown}❔{else}⏳{/if}{/if}';

/** What `features/streams/present.ts` writes; a property test holds them together. */
export const DEFAULT_TEMPLATE = {
  title: `{addon.name} ${ICONS}{else}🔗{/if}${SERVICE}{if stream.resolution} {stream.resolution}{/if}`,
  description: [
    "{if stream.hdr_formats}🎨 {stream.hdr_formats|join('|')} {/if}{if stream.quality}📺 {stream.quality} {/if}" +
      "{if stream.codec}🎞️ {stream.codec} {/if}{if stream.audio_formats}🎵 {stream.audio_formats|join('|')} {/if}" +
      "{if stream.channels}🔊 {stream.channels|join(' ')}{/if}" +
      '{if not (stream.hdr_formats or stream.quality or stream.codec or stream.audio_formats or stream.channels) ' +
      'and stream.name}' +
      '📄 {stream.name}{/if}',
    '{if stream.size}📦 {stream.size|bytes} {if stream.folderSize > stream.size}/ {stream.folderSize|bytes} {/if}{/if}' +
      '{if stream.seeders}👤 {stream.seeders}{/if}',
    "{if stream.languages}🌐 {stream.languages|join(' + ')}{/if}",
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
