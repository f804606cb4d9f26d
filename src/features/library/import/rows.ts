/** From imported works to rows: plain objects whose fields are columns, ready for `jsonb_to_recordset`. */
import { createHash } from 'node:crypto';
import { titleLexemes } from '../../../lib/search-text.ts';
import {
  AUDIO_FORMATS, CERTIFICATES, CHANNELS, CODECS, codeOf, HDR_FORMATS, LANGUAGES, LANGUAGE_UNKNOWN_BIT, maskOf,
  NUDITY_LEVELS, QUALITIES, RESOLUTIONS, STREAM_FLAGS, STREAM_KINDS, type Language,
} from '../../../lib/vocabulary.ts';
import type { ImportedStream, ImportedWork } from '../contract.ts';

const CONTENT_KEY_BYTES = 20;

/** Every id by which a work is found, the surest first. */
export function identifierRows(work: ImportedWork, ordinal: number) {
  const ids = [['sl', work.publicId], ['imdb', work.imdbId], ['tmdb', work.tmdbId]] as const;
  return ids.map(([provider, external_id], rank) => ({ ordinal, rank, provider, external_id, media_type: work.type }))
    .filter((row) => row.external_id !== '');
}

/** A row of `media`. */
export function mediaRow(work: ImportedWork) {
  const languages = languageMasks(work.languages);
  return {
    type: work.type,
    public_id: work.publicId,
    title: work.title,
    original_title: work.originalTitle,
    description: work.description,
    country: work.country,
    website: work.website,
    released: dateOrNull(work.released),
    year: work.year,
    end_year: work.endYear,
    runtime_minutes: work.runtimeMinutes,
    languages_low: languages.low,
    languages_high: languages.high,
    is_adult: work.isAdult,
    nudity: codeOf(NUDITY_LEVELS, work.nudity),
    certificate: codeOf(CERTIFICATES, work.certificate),
    is_always_listed: work.isAlwaysListed,
    search: titleLexemes([work.title, work.originalTitle, ...work.alternativeTitles], work.year),
  };
}

/** Everything that hangs on a work and is replaced as a whole, by table. */
export function childRows(work: ImportedWork, mediaId: string, genreIds: ReadonlyMap<string, number>) {
  const own = { media_id: mediaId };
  const positions = new Map<string, number>();
  return {
    media_title: unique(work.alternativeTitles).filter((title) => title !== '').map((title) => ({ ...own, title })),
    season: unique(work.episodes.map((episode) => episode.season)).map((season) => ({ ...own, season })),
    episode: work.episodes.map((episode) => ({
      ...own, season: episode.season, episode: episode.episode, released: dateOrNull(episode.released),
      title: episode.title, overview: episode.overview, thumbnail_url: episode.thumbnailUrl,
    })),
    media_genre: unique(work.genres).map((name, position) => ({ ...own, genre_id: genreIds.get(name), position })),
    media_image: work.images.map(({ kind, url }) => {
      const position = positions.get(kind) ?? 0;
      positions.set(kind, position + 1);
      return { ...own, kind, url, position };
    }),
    media_rating: work.ratings.map((rating) => ({ ...own, ...rating })),
  };
}

export type ChildTable = keyof ReturnType<typeof childRows>;

/** A row of `stream` with the trackers beside it, and its seeders. */
export function streamRow(stream: ImportedStream) {
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

/** Rows of `stream_link`: which file plays what. */
export function linkRows(work: ImportedWork, mediaId: string) {
  return work.streams.flatMap((stream) => {
    const key = { kind: STREAM_KINDS.indexOf(stream.kind), content_key: contentKey(stream), media_id: mediaId };
    return stream.placements.map((placement) => ({
      ...key,
      season: placement.season,
      episode_from: placement.episodeFrom,
      episode_to: placement.episodeTo,
      file_index: placement.fileIndex,
      file_size_bytes: placement.fileSizeBytes,
      filename: placement.filename,
    }));
  });
}

/** Hexadecimal; see the column comment in migrations/0002_stream.sql. */
function contentKey(stream: ImportedStream): string {
  if (stream.infohash !== null) return stream.infohash;
  const hash = createHash('sha256').update(stream.locator).digest();
  return hash.subarray(0, CONTENT_KEY_BYTES).toString('hex');
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
