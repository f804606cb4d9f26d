/** SQL of what was played with stored profiles. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import { STREAM_KINDS } from '../../lib/vocabulary.ts';
import type { Database } from '../../platform/db/database.ts';
import type { HistoryPlay, LastPlayed } from './contract.ts';

/** One line of a history. */
export interface HistoryEntry {
  readonly mediaId: number;
  readonly type: MediaType;
  /** Our own id, `sl:…`. */
  readonly publicId: string;
  /** Empty when unknown. */
  readonly imdbId: string;
  readonly title: string;
  readonly year: number;
  /** 0 for films. */
  readonly season: number;
  readonly episode: number;
  readonly episodeTitle: string;
  /** ISO 8601, in microseconds: the key of the page that begins after it. */
  readonly playedAt: string;
  readonly plays: number;
}

export interface EntryKey {
  readonly mediaId: number;
  readonly season: number;
  readonly episode: number;
}

/** Where a page begins: behind this entry. */
export interface PageStart extends EntryKey {
  readonly playedAt: string;
}

const TORRENT = STREAM_KINDS.indexOf('torrent');
const USENET = STREAM_KINDS.indexOf('usenet');
/** The oldest of a profile go. */
export const ENTRIES_MAX = 500;

/**
 * The title that a play is of: that of the file that is named, else the narrowest that holds the episode, where the torrent
 * holds one title alone. In the order of the key, so that two processes never wait for each other.
 */
const ADD_PLAYS = `
INSERT INTO play_history AS h (profile_id, media_id, season, episode, played_at, plays)
SELECT v.profile_id, l.media_id, v.season, v.episode, max(v.played_at), count(*)
FROM jsonb_to_recordset($1::text::jsonb)
  AS v (profile_id uuid, infohash text, season int, episode int, filename text, played_at timestamptz)
JOIN user_profile u USING (profile_id)
JOIN stream s ON s.content_key = decode(v.infohash, 'hex') AND s.kind IN (${TORRENT}, ${USENET})
CROSS JOIN LATERAL (
  SELECT media_id FROM (
    SELECT media_id, episode_to - episode_from AS span, regexp_replace(filename, '^.*/', '') = v.filename AS is_named,
      min(media_id) OVER () = max(media_id) OVER () AS is_one_title
    FROM stream_link
    WHERE stream_id = s.stream_id AND season IN (v.season, -1) AND episode_from <= v.episode AND episode_to >= v.episode
  ) fitting
  WHERE is_named OR is_one_title
  ORDER BY is_named DESC, span LIMIT 1
) l
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
ON CONFLICT (profile_id, media_id, season, episode) DO UPDATE
  SET played_at = greatest(h.played_at, excluded.played_at), plays = h.plays + excluded.plays`;

const DELETE_OLDEST = `
DELETE FROM play_history h USING (
  SELECT profile_id, media_id, season, episode,
    row_number() OVER (PARTITION BY profile_id ORDER BY played_at DESC, media_id, season, episode) AS place
  FROM play_history WHERE profile_id = ANY (string_to_array($1, ',')::uuid[])
) o
WHERE o.place > $2 AND h.profile_id = o.profile_id AND h.media_id = o.media_id AND h.season = o.season
  AND h.episode = o.episode`;

const PAGE = `
SELECT h.media_id::float8 AS "mediaId", m.type, m.public_id AS "publicId", coalesce(x.external_id, '') AS "imdbId", m.title,
  m.year, h.season, h.episode, coalesce(e.title, '') AS "episodeTitle", h.plays,
  to_char(h.played_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS "playedAt"
FROM play_history h
JOIN media m USING (media_id)
LEFT JOIN media_external_id x ON x.media_id = m.media_id AND x.provider = 'imdb' AND x.position = 0
LEFT JOIN episode e ON e.media_id = h.media_id AND e.season = h.season AND e.episode = h.episode
WHERE h.profile_id = $1 AND (h.played_at, h.media_id, h.season, h.episode) < ($2::text::timestamptz, $3::bigint, $4::int, $5::int)
ORDER BY h.played_at DESC, h.media_id DESC, h.season DESC, h.episode DESC LIMIT $6`;

/** $2 type, $3 titles after $4 others. */
const LAST_PLAYED = `
SELECT m.public_id AS "publicId", l.season, l.episode
FROM (
  SELECT DISTINCT ON (media_id) media_id, season, episode, played_at FROM play_history
  WHERE profile_id = $1 ORDER BY media_id, played_at DESC, season DESC, episode DESC
) l JOIN media m USING (media_id)
WHERE m.type = $2::media_type
ORDER BY l.played_at DESC, m.media_id DESC LIMIT $3 OFFSET $4`;

const DELETE_ONE =
  'DELETE FROM play_history WHERE profile_id = $1 AND media_id = $2 AND season = $3 AND episode = $4 RETURNING media_id';
const DELETE_ALL = 'DELETE FROM play_history WHERE profile_id = $1';
const FROM_THE_NEWEST: PageStart = { playedAt: 'infinity', mediaId: 0, season: 0, episode: 0 };

export class HistoryStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Plays of titles that the library does not have, and of profiles that are gone, are left out. */
  async addPlays(plays: readonly HistoryPlay[], signal: CancelSignal): Promise<void> {
    const rows = plays.map(({ profileId, infohash, season, episode, filename, playedAtMs }) => ({
      profile_id: profileId,
      infohash,
      season: season ?? 0,
      episode,
      filename,
      played_at: new Date(playedAtMs).toISOString(),
    }));
    const profiles = [...new Set(plays.map(({ profileId }) => profileId))].join(',');
    await this.#database.write({ name: 'history.add-plays', lane: 'rest', signal }, (sql) =>
      sql.unsafe(ADD_PLAYS, [JSON.stringify(rows)]),
    );
    await this.#database.write({ name: 'history.delete-oldest', lane: 'rest', signal }, (sql) =>
      sql.unsafe(DELETE_OLDEST, [profiles, ENTRIES_MAX]),
    );
  }

  /** Newest first. @param after null for the first page */
  page(
    profileId: string,
    after: PageStart | null,
    limit: number,
    signal: CancelSignal,
  ): Promise<readonly HistoryEntry[]> {
    const { playedAt, mediaId, season, episode } = after ?? FROM_THE_NEWEST;
    const parameters = [profileId, playedAt, mediaId, season, episode, limit];
    return this.#database.read<HistoryEntry[]>(
      { name: 'history.page', lane: 'page', signal },
      (sql) => sql.unsafe(PAGE, parameters),
    );
  }

  lastPlayed(
    profileId: string,
    type: MediaType,
    { skip, limit }: { readonly skip: number; readonly limit: number },
    signal: CancelSignal,
  ): Promise<readonly LastPlayed[]> {
    return this.#database.read<LastPlayed[]>(
      { name: 'history.last-played', lane: 'page', signal },
      (sql) => sql.unsafe(LAST_PLAYED, [profileId, type, limit, skip]),
    );
  }

  /** False when there is no such entry. */
  async deleteOne(
    profileId: string,
    { mediaId, season, episode }: EntryKey,
    signal: CancelSignal,
  ): Promise<boolean> {
    const rows = await this.#database.write(
      { name: 'history.delete-one', lane: 'rest', signal },
      (sql) => sql.unsafe(DELETE_ONE, [profileId, mediaId, season, episode]),
    );
    return rows.length > 0;
  }

  async deleteAll(profileId: string, signal: CancelSignal): Promise<void> {
    await this.#database.write({ name: 'history.delete-all', lane: 'rest', signal }, (sql) =>
      sql.unsafe(DELETE_ALL, [profileId]),
    );
  }
}
