/** SQL of playback: accounts behind tokens, what is known of a torrent, and how often it was played. */
import { Buffer } from 'node:buffer';
import { pack, unpack } from 'msgpackr';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { STREAM_KINDS } from '../../lib/vocabulary.ts';
import type { CacheCodec, CacheSpec } from '../../platform/cache/cache.ts';
import type { Lifetimes } from '../../platform/cache/timed-value.ts';
import type { Database } from '../../platform/db/database.ts';
import type { EpisodeNumber } from './next-episode/next-episode.ts';
import type { LinkedFile } from './wanted.ts';

export interface StoredAccount {
  readonly sealed: Buffer;
  /** Of the stored profile that it is in; empty for install addresses. */
  readonly profileId: string;
}

/** What the library has of a torrent and of the link by which it plays an episode or a film. */
export interface KnownTorrent {
  readonly name: string;
  /** Joined by newlines. */
  readonly trackers: string;
  readonly isBlocked: boolean;
  /** 0 when no title of the library is played by it. */
  readonly mediaId: number;
  /** Of the file that plays it; empty, 0 and -1 when unknown. */
  readonly filename: string;
  readonly fileSizeBytes: number;
  readonly fileIndex: number;
  /** How many files the torrent has, where the library knows all of them; else 0. */
  readonly fileCount: number;
}

/** A torrent that plays an episode. */
export interface EpisodeTorrent {
  readonly infohash: string;
  /** As links name it. */
  readonly filename: string;
}

/** The title that a link plays. */
export interface PlayedTitle {
  readonly mediaId: number;
  /** Of one episode; 0 when unknown. */
  readonly runtimeMinutes: number;
}

const READ_ACCOUNT = `
SELECT sealed, coalesce(profile_id::text, '') AS "profileId" FROM playback_account WHERE account_id = $1`;
/** Once a day at most for each account: most of these write nothing. */
const KEEP_ACCOUNT = `
INSERT INTO playback_account AS a (account_id, sealed, profile_id) VALUES ($1, $2, nullif($3, '')::uuid)
ON CONFLICT (account_id) DO UPDATE SET last_used_on = current_date WHERE a.last_used_on < current_date`;
const ACCOUNTS_OF_PROFILE =
  'SELECT account_id AS "accountId" FROM playback_account WHERE profile_id = $1';
const DELETE_UNUSED = 'DELETE FROM playback_account WHERE last_used_on < current_date - $1::int';

/**
 * The link of the file that is named ($4), else the narrowest that holds the episode; a film's has season and episode 0. Where
 * several titles are in the torrent and none of their files is named, nobody knows which of them is meant.
 */
const KNOWN_TORRENT = `
SELECT s.name, coalesce(t.urls, '') AS trackers, s.is_blocked AS "isBlocked", coalesce(l.media_id, 0)::float8 AS "mediaId",
  coalesce(l.filename, '') AS filename, coalesce(l.file_size_bytes, 0)::float8 AS "fileSizeBytes",
  coalesce(l.file_index, -1) AS "fileIndex", coalesce((
    SELECT CASE WHEN count(DISTINCT file_index) = max(file_index) + 1 THEN max(file_index) + 1 END
    FROM stream_link WHERE stream_id = s.stream_id AND file_index >= 0
  ), 0) AS "fileCount"
FROM stream s
LEFT JOIN tracker_list t USING (tracker_list_id)
LEFT JOIN LATERAL (
  SELECT * FROM (
    SELECT media_id, filename, file_size_bytes, file_index, episode_to - episode_from AS span,
      regexp_replace(filename, '^.*/', '') = $4 AS is_named,
      min(media_id) OVER () = max(media_id) OVER () AS is_one_title
    FROM stream_link
    WHERE stream_id = s.stream_id AND season IN ($2, -1) AND episode_from <= $3 AND episode_to >= $3
  ) fitting
  WHERE is_named OR is_one_title
  ORDER BY is_named DESC, span, file_index DESC LIMIT 1
) l ON true
WHERE s.content_key = $1 AND s.kind = $5`;

const TORRENT = STREAM_KINDS.indexOf('torrent');
const USENET = STREAM_KINDS.indexOf('usenet');

const PLAYED_TITLE = `
SELECT m.media_id::float8 AS "mediaId", m.runtime_minutes AS "runtimeMinutes"
FROM stream s JOIN stream_link l USING (stream_id) JOIN media m USING (media_id)
WHERE s.content_key = $1 AND s.kind = 0 AND l.season IN ($2, -1) AND l.episode_from <= $3 AND l.episode_to >= $3
ORDER BY l.episode_to - l.episode_from LIMIT 1`;

/** What is playing now first, then what is most like it. */
const EPISODE_TORRENTS = `
SELECT encode(s.content_key, 'hex') AS infohash,
  regexp_replace(coalesce(nullif(l.filename, ''), s.name), '^.*/', '') AS filename
FROM stream_link l JOIN stream s USING (stream_id) LEFT JOIN stream_counter c USING (stream_id)
LEFT JOIN stream p ON p.content_key = $4 AND p.kind = 0
WHERE l.media_id = $1 AND l.season IN ($2, -1) AND l.episode_from <= $3 AND l.episode_to >= $3
  AND l.is_visible AND s.is_visible AND s.kind = 0
ORDER BY s.content_key = $4 DESC, s.resolution IS NOT DISTINCT FROM p.resolution DESC,
  s.release_group <> '' AND s.release_group IS NOT DISTINCT FROM p.release_group DESC,
  s.quality IS NOT DISTINCT FROM p.quality DESC, coalesce(c.seeders, -1) DESC, s.stream_id
LIMIT 20`;

/** In the order of the key, so that two processes never wait for each other. */
const ADD_PLAYS = `
INSERT INTO stream_counter AS c (stream_id, playback_count)
SELECT s.stream_id, v.plays
FROM unnest(string_to_array($1, ','), string_to_array($2, ',')::int[]) AS v (infohash, plays)
JOIN stream s ON s.content_key = decode(v.infohash, 'hex') AND s.kind IN (${TORRENT}, ${USENET})
ORDER BY s.stream_id
ON CONFLICT (stream_id) DO UPDATE SET playback_count = c.playback_count + excluded.playback_count`;

export class PlaybackStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async readAccount(accountId: string, signal: CancelSignal): Promise<StoredAccount | null> {
    const rows = await this.#database.read<StoredAccount[]>(
      { name: 'playback.read-account', lane: 'hot', signal },
      (sql) => sql.unsafe(READ_ACCOUNT, [accountId], { prepare: true }),
    );
    return rows[0] ?? null;
  }

  /** @param profileId empty for install addresses */
  async keepAccount(
    accountId: string,
    sealed: Buffer,
    profileId: string,
    signal: CancelSignal,
  ): Promise<void> {
    await this.#database.write({ name: 'playback.keep-account', lane: 'rest', signal }, (sql) =>
      sql.unsafe(KEEP_ACCOUNT, [accountId, sealed, profileId]),
    );
  }

  async accountsOfProfile(profileId: string, signal: CancelSignal): Promise<readonly string[]> {
    const rows = await this.#database.read<{ readonly accountId: string }[]>(
      { name: 'playback.accounts-of-profile', lane: 'rest', signal },
      (sql) => sql.unsafe(ACCOUNTS_OF_PROFILE, [profileId]),
    );
    return rows.map(({ accountId }) => accountId);
  }

  async deleteUnused(days: number, signal: CancelSignal): Promise<void> {
    await this.#database.write({ name: 'playback.delete-unused', lane: 'rest', signal }, (sql) =>
      sql.unsafe(DELETE_UNUSED, [days]),
    );
  }

  /** @param plays by infohash; torrents that the library does not have are left out */
  async addPlays(plays: ReadonlyMap<string, number>, signal: CancelSignal): Promise<void> {
    const parameters = [[...plays.keys()].join(','), [...plays.values()].join(',')];
    await this.#database.write({ name: 'playback.add-plays', lane: 'rest', signal }, (sql) =>
      sql.unsafe(ADD_PLAYS, parameters),
    );
  }

  /** Null where the library does not say what an episode's link plays. */
  async playedTitle(
    { infohash, season, episode }: LinkedFile,
    signal: CancelSignal,
  ): Promise<PlayedTitle | null> {
    const rows = await this.#database.read<PlayedTitle[]>(
      { name: 'playback.played-title', lane: 'rest', signal },
      (sql) => sql.unsafe(PLAYED_TITLE, [Buffer.from(infohash, 'hex'), season ?? 0, episode]),
    );
    return rows[0] ?? null;
  }

  /** The best first. @param playing infohash of what is watched before */
  async episodeTorrents(
    mediaId: number,
    { season, episode }: EpisodeNumber,
    playing: string,
    signal: CancelSignal,
  ): Promise<readonly EpisodeTorrent[]> {
    const parameters = [mediaId, season, episode, Buffer.from(playing, 'hex')];
    return this.#database.read<EpisodeTorrent[]>(
      { name: 'playback.episode-torrents', lane: 'rest', signal },
      (sql) => sql.unsafe(EPISODE_TORRENTS, parameters),
    );
  }

  /** Null for a torrent that the library does not have. */
  async knownTorrent(
    { infohash, nzb, season, episode, filename }: LinkedFile,
    signal: CancelSignal,
  ): Promise<KnownTorrent | null> {
    const parameters = [
      Buffer.from(infohash, 'hex'),
      season ?? 0,
      episode,
      filename,
      nzb === null ? TORRENT : USENET,
    ];
    const rows = await this.#database.read<KnownTorrent[]>(
      { name: 'playback.known-torrent', lane: 'hot', signal },
      (sql) => sql.unsafe(KNOWN_TORRENT, parameters, { prepare: true }),
    );
    return rows[0] ?? null;
  }
}

const codec: CacheCodec<StoredAccount> = {
  encode: ({ sealed, profileId }) => pack([sealed, profileId]),
  decode(bytes) {
    try {
      const items: unknown = unpack(bytes);
      const [sealed, profileId]: readonly unknown[] = Array.isArray(items) ? items : [];
      return Buffer.isBuffer(sealed) && typeof profileId === 'string'
        ? { sealed, profileId }
        : null;
    } catch {
      return null;
    }
  },
  sizeBytes: ({ sealed }) => 1024 + sealed.byteLength,
};

/** As profiles: an account that was revoked is gone everywhere within 20 s, also where no message comes. */
const LIFETIMES: Lifetimes = {
  freshMs: 10_000,
  staleMs: 10_000,
  negativeMs: { first: 1000, max: 5000, growth: 2 },
};

/** By account id; sealed, as in its row. */
export const ACCOUNT_CACHE: CacheSpec<StoredAccount> = {
  name: 'playback-account',
  schemaVersion: 2,
  codec,
  lifetimes: () => LIFETIMES,
};
