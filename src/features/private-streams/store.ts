/** SQL of private streams. Every statement names the profile: what others have brought, none of them reads. */
import { Buffer } from 'node:buffer';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { ReleaseCodes } from '../../lib/release-title/codes.ts';
import { contentKeyOf } from '../../lib/stream/content-key.ts';
import type { StreamRow } from '../../lib/stream/fields.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import type { Database } from '../../platform/db/database.ts';
import type { PrivateStream } from './contract.ts';

/** What plays: a film (season and episode 0) or an episode. */
export interface Played {
  readonly mediaId: number;
  readonly season: number;
  readonly episode: number;
}

/** One line of what a profile has brought. */
export interface PrivateEntry {
  readonly id: number;
  readonly type: MediaType;
  /** Empty when there is none. */
  readonly imdbId: string;
  /** Our own id, `sl:…`. */
  readonly publicId: string;
  readonly title: string;
  readonly year: number;
  readonly kind: number;
  readonly name: string;
  readonly sizeBytes: number;
  readonly links: number;
  /** ISO 8601. */
  readonly importedAt: string;
}

/** Of one film or episode; nobody brings as many. */
const ROWS_MAX = 500;

/** $1 profile, $2 title, $3 season, $4 episode. Of several files the one that plays least else. */
const LOAD = `
SELECT p.kind, p.name, p.locator, p.source, p.release_group AS "releaseGroup", p.uploader, p.trackers, p.attributes,
  p.seeders, p.added_at_s::float8 AS "addedAtS", p.total_size_bytes::float8 AS "totalSizeBytes",
  CASE WHEN p.kind = 0 THEN encode(p.content_key, 'hex') ELSE '' END AS infohash,
  l.file_index AS "fileIndex", l.filename, l.file_size_bytes::float8 AS "fileSizeBytes"
FROM private_stream p
CROSS JOIN LATERAL (
  SELECT file_index, filename, file_size_bytes FROM private_stream_link
  WHERE private_stream_id = p.private_stream_id AND season IN ($3, -1) AND episode_from <= $4 AND episode_to >= $4
  ORDER BY episode_to - episode_from, file_index DESC LIMIT 1
) l
WHERE p.profile_id = $1 AND p.media_id = $2
ORDER BY p.private_stream_id DESC LIMIT ${ROWS_MAX}`;

/** The title first, as those do that merge two: see library.adopt. */
const LOCK_MEDIA =
  'SELECT media_id FROM media WHERE media_id = $1 AND NOT is_blocked FOR KEY SHARE';
const LOCK_PROFILE = 'SELECT profile_id FROM user_profile WHERE profile_id = $1 FOR UPDATE';
/** Streams of the profile beside this one. */
const COUNT_OTHERS = `
SELECT count(*)::int AS others FROM private_stream
WHERE profile_id = $1 AND (media_id, kind, content_key) <> ($2::bigint, $3::smallint, decode($4, 'hex'))`;
const DELETE_SAME = `
DELETE FROM private_stream WHERE profile_id = $1 AND media_id = $2 AND kind = $3 AND content_key = decode($4, 'hex')`;
const INSERT = `
WITH added AS (
  INSERT INTO private_stream (profile_id, media_id, kind, content_key, name, locator, source, release_group, uploader,
    trackers, attributes, total_size_bytes, seeders, added_at_s)
  SELECT profile_id, media_id, kind, decode(content_key, 'hex'), name, locator, source, release_group, uploader, trackers,
    attributes, total_size_bytes, seeders, added_at_s
  FROM jsonb_to_record($1::text::jsonb) AS r (profile_id uuid, media_id bigint, kind smallint, content_key text, name text,
    locator text, source text, release_group text, uploader text, trackers text, attributes jsonb, total_size_bytes bigint,
    seeders int, added_at_s bigint)
  RETURNING private_stream_id
)
INSERT INTO private_stream_link (private_stream_id, season, episode_from, episode_to, file_index, filename, file_size_bytes)
SELECT a.private_stream_id, l.season, l.episode_from, l.episode_to, l.file_index, l.filename, l.file_size_bytes
FROM added a, jsonb_to_recordset($2::text::jsonb) AS l (season smallint, episode_from int, episode_to int, file_index int,
  filename text, file_size_bytes bigint)
ON CONFLICT DO NOTHING`;
const RAISE_REVISION =
  'UPDATE user_profile SET private_revision = private_revision + 1 WHERE profile_id = $1';

const PAGE = `
SELECT p.private_stream_id::float8 AS id, m.type, coalesce(x.external_id, '') AS "imdbId", m.public_id AS "publicId", m.title,
  m.year, p.kind, p.name, p.total_size_bytes::float8 AS "sizeBytes",
  (SELECT count(*)::int FROM private_stream_link l WHERE l.private_stream_id = p.private_stream_id) AS links,
  to_char(p.imported_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "importedAt"
FROM private_stream p
JOIN media m USING (media_id)
LEFT JOIN media_external_id x ON x.media_id = m.media_id AND x.provider = 'imdb' AND x.position = 0
WHERE p.profile_id = $1 AND p.private_stream_id < $2
ORDER BY p.private_stream_id DESC LIMIT $3`;
const COUNT = 'SELECT count(*)::int AS total FROM private_stream WHERE profile_id = $1';

const DELETE_ONE = `
WITH gone AS (
  DELETE FROM private_stream WHERE profile_id = $1 AND private_stream_id = $2 RETURNING profile_id
)
UPDATE user_profile u SET private_revision = private_revision + 1 FROM gone WHERE u.profile_id = gone.profile_id
RETURNING u.profile_id`;

type StoredRow = Omit<StreamRow, keyof ReleaseCodes | 'streamId' | 'infohash'> & {
  readonly attributes: Partial<ReleaseCodes>;
  readonly infohash: string;
};

export class PrivateStreamStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** What the profile has brought of it, newest first. */
  async load(
    profileId: string,
    { mediaId, season, episode }: Played,
    signal: CancelSignal,
  ): Promise<readonly StreamRow[]> {
    const rows = await this.#database.read<StoredRow[]>(
      { name: 'private-streams.load', lane: 'hot', signal },
      (sql) => sql.unsafe(LOAD, [profileId, mediaId, season, episode], { prepare: true }),
    );
    return rows.map(streamRow);
  }

  /** @see PrivateLibrary.add @param streamsMax of the profile */
  async add(
    profileId: string,
    stream: PrivateStream,
    streamsMax: number,
    signal: CancelSignal,
  ): Promise<void> {
    const stored = storedStream(profileId, stream);
    const same = [profileId, stream.mediaId, stored.kind, stored.content_key];
    const options = { name: 'private-streams.add', lane: 'rest', signal } as const;
    await this.#database.transaction(options, async (sql) => {
      const titles = await sql.unsafe(LOCK_MEDIA, [stream.mediaId]);
      if (titles.length === 0)
        throw new AppError('import.no-title', 'the title is gone: try again');
      const profiles = await sql.unsafe(LOCK_PROFILE, [profileId]);
      if (profiles.length === 0)
        throw new AppError('profile.not-found', 'the profile was revoked meanwhile');
      const [count] = await sql.unsafe<{ readonly others: number }[]>(COUNT_OTHERS, same);
      if ((count?.others ?? 0) >= streamsMax)
        throw new AppError(
          'import.quota',
          `a profile may have ${streamsMax} private streams: delete some that you need no more`,
        );
      await sql.unsafe(DELETE_SAME, same);
      await sql.unsafe(INSERT, [JSON.stringify(stored), JSON.stringify(storedLinks(stream))]);
      await sql.unsafe(RAISE_REVISION, [profileId]);
    });
  }

  /** Newest first. @param before the id of the last one of the page before; Infinity for the first page */
  page(
    profileId: string,
    before: number,
    limit: number,
    signal: CancelSignal,
  ): Promise<readonly PrivateEntry[]> {
    const from = Math.min(before, Number.MAX_SAFE_INTEGER);
    return this.#database.read<PrivateEntry[]>(
      { name: 'private-streams.page', lane: 'page', signal },
      (sql) => sql.unsafe(PAGE, [profileId, from, limit]),
    );
  }

  async count(profileId: string, signal: CancelSignal): Promise<number> {
    const rows = await this.#database.read<{ readonly total: number }[]>(
      { name: 'private-streams.count', lane: 'page', signal },
      (sql) => sql.unsafe(COUNT, [profileId]),
    );
    return rows[0]?.total ?? 0;
  }

  /** False when the profile has no such stream. */
  async delete(profileId: string, id: number, signal: CancelSignal): Promise<boolean> {
    const rows = await this.#database.write(
      { name: 'private-streams.delete', lane: 'rest', signal },
      (sql) => sql.unsafe(DELETE_ONE, [profileId, id]),
    );
    return rows.length > 0;
  }
}

/** Attributes that are younger than the row are unknown. */
const NO_CODES: ReleaseCodes = {
  resolution: 0,
  quality: 0,
  codec: 0,
  hdrMask: 0,
  audioMask: 0,
  channelsMask: 0,
  flagsMask: 0,
  languagesLow: 0,
  languagesHigh: 0,
  subtitleLanguagesLow: 0,
  subtitleLanguagesHigh: 0,
  bitDepth: 0,
};
const CODE_NAMES = Object.keys(NO_CODES) as (keyof ReleaseCodes)[];

function streamRow({ attributes, infohash, ...row }: StoredRow): StreamRow {
  return {
    ...NO_CODES,
    ...attributes,
    ...row,
    // Apart from the streams of the library, which have numbers.
    streamId: 0,
    infohash: infohash === '' ? null : Buffer.from(infohash, 'hex'),
  };
}

function storedStream(profileId: string, { mediaId, row }: PrivateStream) {
  return {
    profile_id: profileId,
    media_id: mediaId,
    kind: row.kind,
    content_key:
      row.infohash === null ? contentKeyOf(row.locator) : Buffer.from(row.infohash).toString('hex'),
    name: row.name,
    locator: row.locator,
    source: row.source,
    release_group: row.releaseGroup,
    uploader: row.uploader,
    trackers: row.trackers,
    attributes: Object.fromEntries(CODE_NAMES.map((name) => [name, row[name]])),
    total_size_bytes: row.totalSizeBytes,
    seeders: row.seeders,
    added_at_s: row.addedAtS,
  };
}

function storedLinks({ placements }: PrivateStream): readonly object[] {
  return placements.map((placement) => ({
    season: placement.season,
    episode_from: placement.episodeFrom,
    episode_to: placement.episodeTo,
    file_index: placement.fileIndex,
    filename: placement.filename,
    file_size_bytes: placement.fileSizeBytes,
  }));
}
