/** From imported titles to rows: plain objects whose fields are columns, ready for `jsonb_to_recordset`. */
import { Buffer } from 'node:buffer';
import {
  STREAM_FIELDS,
  type ImportedColumn,
  type StreamField,
  type StreamRow,
} from '../../../lib/stream/fields.ts';
import { titleLexemes } from '../../../lib/search-text.ts';
import { contentKeyOf } from '../../../lib/stream/content-key.ts';
import {
  AUDIO_FORMATS,
  CERTIFICATES,
  CHANNELS,
  CODECS,
  codeOf,
  HDR_FORMATS,
  LANGUAGES,
  LANGUAGE_UNKNOWN_BIT,
  maskOf,
  NUDITY_LEVELS,
  QUALITIES,
  RESOLUTIONS,
  STREAM_FLAGS,
  STREAM_KINDS,
  type Language,
} from '../../../lib/vocabulary.ts';
import type { ImportedPlacement, ImportedStream, ImportedTitle } from '../contract.ts';

/** Every id by which a title is found, the surest first. */
export function identifierRows(imported: ImportedTitle, ordinal: number) {
  const whole = { season: -1, episodeOffset: 0 };
  const ids = [
    { provider: 'sl', id: imported.publicId, ...whole },
    { provider: 'imdb', id: imported.imdbId, ...whole },
    { provider: 'tmdb', id: imported.tmdbId, ...whole },
    ...imported.otherIds,
  ];
  return ids
    .map(({ provider, id, season, episodeOffset }, rank) => ({
      ordinal,
      rank,
      provider,
      external_id: id,
      season,
      episode_offset: episodeOffset,
      media_type: imported.type,
    }))
    .filter((row) => row.external_id !== '');
}

/** A row of `media`. */
export function mediaRow(imported: ImportedTitle) {
  const languages = languageMasks(imported.languages);
  return {
    type: imported.type,
    public_id: imported.publicId,
    title: imported.title,
    original_title: imported.originalTitle,
    description: imported.description,
    country: imported.country,
    website: imported.website,
    released: dateOrNull(imported.released),
    year: imported.year,
    end_year: imported.endYear,
    runtime_minutes: imported.runtimeMinutes,
    languages_low: languages.low,
    languages_high: languages.high,
    is_adult: imported.isAdult,
    nudity: codeOf(NUDITY_LEVELS, imported.nudity),
    certificate: codeOf(CERTIFICATES, imported.certificate),
    is_always_listed: imported.isAlwaysListed,
    search: titleLexemes(
      [imported.title, imported.originalTitle, ...imported.alternativeTitles],
      imported.year,
    ),
  };
}

/** Everything that hangs on a title and is replaced as a whole, by table. */
export function childRows(
  imported: ImportedTitle,
  mediaId: string,
  genreIds: ReadonlyMap<string, number>,
) {
  const own = { media_id: mediaId };
  const positions = new Map<string, number>();
  return {
    media_title: unique(imported.alternativeTitles)
      .filter((title) => title !== '')
      .map((title) => ({ ...own, title })),
    season: unique(imported.episodes.map((episode) => episode.season)).map((season) => ({
      ...own,
      season,
    })),
    episode: imported.episodes.map((episode) => ({
      ...own,
      season: episode.season,
      episode: episode.episode,
      released: dateOrNull(episode.released),
      title: episode.title,
      overview: episode.overview,
      thumbnail_url: episode.thumbnailUrl,
    })),
    media_genre: unique(imported.genres).map((name, position) => ({
      ...own,
      genre_id: genreIds.get(name),
      position,
    })),
    media_image: imported.images.map(({ kind, url }) => {
      const position = positions.get(kind) ?? 0;
      positions.set(kind, position + 1);
      return { ...own, kind, url, position };
    }),
    media_rating: imported.ratings.map((rating) => ({ ...own, ...rating })),
  };
}

export type ChildTable = keyof ReturnType<typeof childRows>;

/** A row of `stream` with the trackers beside it, and its seeders. */
export type StoredStream = Readonly<Record<ImportedColumn, string | number>> & {
  readonly kind: number;
  /** Hexadecimal. */
  readonly content_key: string;
  readonly source: string;
  readonly trackers: string;
  readonly flags_mask: number;
  /** 0 for the time of the import. */
  readonly added_at_s: number;
  /** -1 when unknown. */
  readonly seeders: number;
};

export function streamRow(stream: ImportedStream): StoredStream {
  const languages = languageMasks(stream.languages);
  const subtitles = languageMasks(stream.subtitleLanguages);
  const unknown = stream.languages.length === 0 ? 1 << (LANGUAGE_UNKNOWN_BIT - 32) : 0;
  return {
    kind: STREAM_KINDS.indexOf(stream.kind),
    content_key: contentKey(stream),
    name: stream.name,
    locator: stream.locator,
    source: stream.source,
    release_group: stream.releaseGroup,
    uploader: stream.uploader,
    trackers: unique(stream.trackers).join('\n'),
    resolution: codeOf(RESOLUTIONS, stream.resolution),
    quality: codeOf(QUALITIES, stream.quality),
    codec: codeOf(CODECS, stream.codec),
    hdr_mask: maskOf(HDR_FORMATS, stream.hdr),
    audio_mask: maskOf(AUDIO_FORMATS, stream.audio),
    channels_mask: maskOf(CHANNELS, stream.channels),
    flags_mask: maskOf(STREAM_FLAGS, stream.flags),
    languages_low: languages.low,
    languages_high: languages.high | unknown,
    subtitle_languages_low: subtitles.low,
    subtitle_languages_high: subtitles.high,
    bit_depth: stream.bitDepth,
    total_size_bytes: stream.totalSizeBytes,
    added_at_s: stream.addedAtS,
    seeders: stream.seeders,
  };
}

/** The same, from what a search has found. */
export function foundRow(row: StreamRow): StoredStream {
  const fields: readonly StreamField[] = STREAM_FIELDS;
  const values: Readonly<Record<string, unknown>> = row;
  const columns = fields.flatMap(({ name, column }) =>
    column === undefined ? [] : [[column[0], stored(values[name], column[1])]],
  );
  return {
    ...(Object.fromEntries(columns) as Record<ImportedColumn, string | number>),
    kind: row.kind,
    content_key:
      row.infohash === null ? contentKeyOf(row.locator) : Buffer.from(row.infohash).toString('hex'),
    source: row.source,
    trackers: row.trackers,
    flags_mask: row.flagsMask | 0,
    added_at_s: row.addedAtS,
    seeders: row.seeders,
  };
}

/** Masks of 32 bits are signed there. */
function stored(value: unknown, type: string): unknown {
  return type === 'int' && typeof value === 'number' ? value | 0 : value;
}

/** Rows of `stream_link`: which file plays what. */
export function linkRows(imported: ImportedTitle, mediaId: string) {
  return imported.streams.flatMap((stream) => {
    const key = {
      kind: STREAM_KINDS.indexOf(stream.kind),
      content_key: contentKey(stream),
    };
    return placementRows(key, stream.placements, mediaId);
  });
}

/** @param stream which it is: kind and content key */
export function placementRows(
  { kind, content_key }: Pick<StoredStream, 'kind' | 'content_key'>,
  placements: readonly ImportedPlacement[],
  mediaId: string,
) {
  return placements.map((placement) => ({
    kind,
    content_key,
    media_id: mediaId,
    season: placement.season,
    episode_from: placement.episodeFrom,
    episode_to: placement.episodeTo,
    file_index: placement.fileIndex,
    file_size_bytes: placement.fileSizeBytes,
    filename: placement.filename,
  }));
}

/** Hexadecimal; see the column comment in migrations/0002_stream.sql. */
function contentKey(stream: ImportedStream): string {
  return stream.infohash ?? contentKeyOf(stream.locator);
}

/** The first 32 names, and the others, as two 32-bit words. */
function languageMasks(names: readonly Language[]): { low: number; high: number } {
  return { low: maskOf(LANGUAGES.slice(0, 32), names), high: maskOf(LANGUAGES.slice(32), names) };
}

function dateOrNull(isoDate: string): string | null {
  return isoDate === '' ? null : isoDate;
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
