/** Rows of a MediaFusion database as lines that an import reads. */
import type { JsonObject, JsonValue } from '../json/json-value.ts';
import { CERTIFICATES, NUDITY_LEVELS, STREAM_FLAGS } from '../vocabulary.ts';
import { lineAttributes, type StoredAttributes } from './attributes.ts';

/** A film or a series, as far as a line about one of its streams says it. */
export interface MediaRow extends Readonly<Record<string, unknown>> {
  readonly id: number;
  readonly type: 'MOVIE' | 'SERIES';
  readonly title: string;
  readonly year: number | null;
  /** Providers with their ids. */
  readonly ids: readonly (readonly [provider: string, id: string])[];
}

export interface MediaDetailsRow extends MediaRow {
  readonly originalTitle: string | null;
  readonly names: readonly string[];
  readonly released: string | null;
  readonly endYear: number | null;
  readonly runtimeMinutes: number | null;
  readonly description: string | null;
  readonly website: string | null;
  readonly adult: boolean;
  readonly nudity: string;
  readonly certificates: readonly string[];
  readonly popularity: number | null;
  readonly genres: readonly string[];
  readonly images: readonly (readonly [kind: string, url: string])[];
  readonly ratings: readonly (readonly [provider: string, value: number, votes: number | null])[];
  readonly episodes: readonly (readonly [
    season: number,
    episode: number,
    title: string | null,
    overview: string | null,
    released: string | null,
  ])[];
}

export interface StreamRecord extends StoredAttributes, Readonly<Record<string, unknown>> {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly source: string;
  readonly uploader: string | null;
  readonly group: string | null;
  readonly infoHash: string | null;
  /** Torrents of trackers that ask for an account. */
  readonly isPrivate: boolean;
  /** Address, or id of a video or a channel; null for torrents. */
  readonly locator: string | null;
  /** Bytes, as text. */
  readonly size: string | null;
  readonly seeders: number | null;
  readonly addedAtS: number | null;
  readonly trackers: readonly string[];
  /** Films and whole series that it plays: which file of it. */
  readonly media: readonly (readonly [
    mediaId: number,
    index: number | null,
    filename: string | null,
    size: number | null,
  ])[];
  /** What single files play. */
  readonly files: readonly (readonly [
    mediaId: number,
    index: number | null,
    path: string,
    size: number | null,
    season: number | null,
    episode: number | null,
    episodeTo: number | null,
  ])[];
}

const KINDS: Readonly<Record<string, string>> = {
  TORRENT: 'torrent',
  HTTP: 'http',
  YOUTUBE: 'youtube',
  USENET: 'usenet',
  ACESTREAM: 'acestream',
  EXTERNAL_LINK: 'external',
};
export const READ_KINDS = Object.keys(KINDS);
const IMAGE_KINDS = new Set(['poster', 'background', 'logo']);
const NAME_CHARS_MAX = 500;
const TEXT_CHARS_MAX = 20_000;
const SHORT_CHARS_MAX = 200;

/** One for each title that the stream plays; a title that is not in `media` is left out. */
export function streamLines(
  stream: StreamRecord,
  media: ReadonlyMap<number, MediaRow>,
): readonly JsonObject[] {
  const ids = new Set([...stream.media, ...stream.files].map(([mediaId]) => mediaId));
  return [...ids].flatMap((mediaId) => {
    const title = media.get(mediaId);
    return title === undefined ? [] : [streamLine(stream, title)];
  });
}

function streamLine(stream: StreamRecord, media: MediaRow): JsonObject {
  const { kind, infoHash, locator, seeders, addedAtS, trackers } = stream;
  const attributes = lineAttributes({
    ...stream,
    flags: stream.flags.filter((flag) => (STREAM_FLAGS as readonly string[]).includes(flag)),
  });
  return compact({
    kind: KINDS[kind] ?? kind,
    infoHash,
    url: locator,
    name: stream.name.slice(0, 2 * NAME_CHARS_MAX),
    source: stream.source.slice(0, SHORT_CHARS_MAX),
    uploader: stream.uploader?.slice(0, SHORT_CHARS_MAX) ?? null,
    group: stream.group?.slice(0, SHORT_CHARS_MAX) ?? null,
    size: stream.size,
    seeders,
    addedAt: addedAtS,
    private: stream.isPrivate || null,
    trackers: [...trackers],
    attributes: attributes ?? null,
    files: filesOf(stream, media),
    title: titleOf(media),
  });
}

/** Files of films say which it is; files of series, which episodes. */
function filesOf(stream: StreamRecord, { id, type }: MediaRow): JsonValue {
  const linked = stream.files.filter(([mediaId]) => mediaId === id);
  if (linked.length > 0)
    return linked.map(([, index, path, size, season, episode, episodeTo]) =>
      compact({
        path,
        size,
        index,
        season: type === 'SERIES' ? (season ?? 1) : null,
        episode: type === 'SERIES' ? episode : null,
        episodeTo:
          type === 'SERIES' && episodeTo !== null && episodeTo > (episode ?? 0) ? episodeTo : null,
      }),
    );
  const whole = stream.media.find(([mediaId]) => mediaId === id);
  if (type === 'SERIES' || whole === undefined || whole[1] === null) return null;
  const [, index, filename, size] = whole;
  return [compact({ path: filename === '' ? null : filename, size, index })];
}

function titleOf({ type, title, year, ids }: MediaRow): JsonObject {
  return compact({
    type: type === 'MOVIE' ? 'movie' : 'series',
    name: title.slice(0, NAME_CHARS_MAX),
    year: year !== null && year >= 1870 && year <= 2200 ? year : null,
    imdb: idOf(ids, 'imdb', /^tt\d{1,10}$/),
    tmdb: idOf(ids, 'tmdb', /^[1-9]\d{0,8}$/),
    tvdb: idOf(ids, 'tvdb', /^[1-9]\d{0,8}$/),
  });
}

function idOf(ids: MediaRow['ids'], provider: string, form: RegExp): string | null {
  return ids.find(([of, id]) => of === provider && form.test(id))?.[1] ?? null;
}

export function titleLine(media: MediaDetailsRow): JsonObject {
  const title = titleOf(media);
  const isKnownElsewhere = title['imdb'] !== undefined || title['tmdb'] !== undefined;
  const { nudity, certificates } = media;
  return {
    kind: 'title',
    title: compact({
      ...title,
      originalName: media.originalTitle?.slice(0, NAME_CHARS_MAX) ?? null,
      names: media.names.slice(0, NAME_CHARS_MAX).map((name) => name.slice(0, NAME_CHARS_MAX)),
      released: media.released,
      endYear: media.endYear,
      runtimeMinutes: media.runtimeMinutes,
      description: media.description?.slice(0, TEXT_CHARS_MAX) ?? null,
      website: media.website?.slice(0, SHORT_CHARS_MAX) ?? null,
      adult: media.adult || null,
      nudity: NUDITY_LEVELS.find((level) => level.toUpperCase() === nudity) ?? null,
      certificate: CERTIFICATES.find((name) => certificates.includes(name)) ?? null,
      popularity: media.popularity === null ? null : Math.min(Math.max(media.popularity, 0), 1e9),
      genres: media.genres.slice(0, 100).map((name) => name.slice(0, 100)),
      images: media.images.flatMap(([kind, url]) =>
        IMAGE_KINDS.has(kind) && url !== '' ? [{ kind, url }] : [],
      ),
      ratings: ratingsOf(media),
      episodes: media.episodes.map(([season, episode, name, overview, released]) =>
        compact({
          season,
          episode,
          name: name?.slice(0, NAME_CHARS_MAX) ?? null,
          overview,
          released,
        }),
      ),
      services: isKnownElsewhere ? 'kept' : null,
    }),
  };
}

function ratingsOf({ ratings }: MediaDetailsRow): JsonValue {
  const byProvider = new Map(
    ratings.flatMap(([provider, value, votes]) => {
      const name = provider.toLowerCase();
      const isFitting = /^[a-z0-9-]{2,16}$/.test(name) && value >= 0 && value <= 10;
      return isFitting ? [[name, { provider: name, value, votes: votes ?? 0 }]] : [];
    }),
  );
  return [...byProvider.values()];
}

/** Without what is not known. */
function compact(fields: Readonly<Record<string, JsonValue>>): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([, value]) => value !== null && !(Array.isArray(value) && value.length === 0),
    ),
  );
}
