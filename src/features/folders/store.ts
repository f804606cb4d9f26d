/** SQL of folders and their files. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import { STREAM_KINDS } from '../../lib/vocabulary.ts';
import type { Database } from '../../platform/db/database.ts';
import type { ChangedEpisode } from '../library/contract.ts';

export interface StoredFolder {
  readonly id: number;
  /** A path, or the address of a share without its login. */
  readonly root: string;
  readonly sealedLogin: Buffer | null;
  readonly type: MediaType | null;
  readonly scannedAt: string | null;
  readonly lastError: string;
  readonly files: number;
  readonly linked: number;
  readonly gone: number;
}

export interface StoredFile {
  readonly path: string;
  readonly version: string;
  readonly token: string;
  readonly locator: string;
  readonly isLinked: boolean;
  readonly isGone: boolean;
}

export interface FileRow {
  readonly path: string;
  readonly sizeBytes: number;
  readonly version: string;
  readonly token: string;
  readonly locator: string;
  readonly isLinked: boolean;
  readonly reason: string;
}

/** What a player's address leads to. */
export interface ServedFile {
  readonly root: string;
  readonly path: string;
}

const FOLDERS = `
SELECT f.folder_id AS id, f.root, f.sealed_login AS "sealedLogin", f.media_type AS type,
  to_json(f.scanned_at) AS "scannedAt", f.last_error AS "lastError",
  count(x.file_id)::int AS files, count(x.file_id) FILTER (WHERE x.is_linked AND x.gone_at IS NULL)::int AS linked,
  count(x.gone_at)::int AS gone
FROM media_folder f LEFT JOIN folder_file x USING (folder_id)
WHERE $1::int IS NULL OR f.folder_id = $1 GROUP BY f.folder_id ORDER BY f.folder_id LIMIT 1000`;
const ADD = `
INSERT INTO media_folder (root, sealed_login, media_type) VALUES ($1, decode($2::text, 'hex'), $3::text::media_type)
ON CONFLICT (root) DO UPDATE SET media_type = excluded.media_type, sealed_login = excluded.sealed_login
RETURNING folder_id AS id`;
const SCANNED = `
UPDATE media_folder SET scanned_at = CASE WHEN $2 = '' THEN now() ELSE scanned_at END, last_error = $2 WHERE folder_id = $1`;
const FILES = `
SELECT path, version, token, locator, is_linked AS "isLinked", gone_at IS NOT NULL AS "isGone"
FROM folder_file WHERE folder_id = $1`;
const KEEP = `
INSERT INTO folder_file AS f (folder_id, path, size_bytes, version, token, locator, is_linked, reason)
SELECT $1, g.path, g.size_bytes, g.version, g.token, g.locator, g.is_linked, g.reason
FROM jsonb_to_recordset($2::text::jsonb) AS g
  (path text, size_bytes bigint, version text, token text, locator text, is_linked boolean, reason text)
WHERE EXISTS (SELECT FROM media_folder WHERE folder_id = $1 FOR KEY SHARE) ORDER BY g.path
ON CONFLICT (folder_id, path) DO UPDATE SET size_bytes = excluded.size_bytes, version = excluded.version,
  locator = excluded.locator, is_linked = excluded.is_linked, reason = excluded.reason, gone_at = NULL
RETURNING f.file_id`;
const MARK_GONE = `
UPDATE folder_file SET gone_at = now() WHERE folder_id = $1 AND gone_at IS NULL
  AND path IN (SELECT jsonb_array_elements_text($2::text::jsonb))`;
/** The key of streams without an infohash. */
const KEY_OF_LOCATOR = (locator: string) =>
  `substring(sha256(convert_to(${locator}, 'UTF8')) FROM 1 FOR 20)`;
const IS_HTTP = `s.kind = ${STREAM_KINDS.indexOf('http')}`;
/** Not what another folder has at the same address. */
const DELETE = `
WITH folder AS (
  DELETE FROM media_folder WHERE folder_id = $1 RETURNING folder_id
), deleted AS (
  DELETE FROM stream s USING (
    SELECT ${KEY_OF_LOCATOR('f.locator')} AS key FROM folder_file f JOIN folder USING (folder_id)
    WHERE NOT EXISTS (SELECT FROM folder_file o WHERE o.locator = f.locator AND o.folder_id <> f.folder_id AND o.gone_at IS NULL)
  ) g WHERE s.content_key = g.key AND ${IS_HTTP} RETURNING s.stream_id
)
SELECT DISTINCT l.media_id::float8 AS "mediaId", l.season, l.episode_from AS episode
FROM deleted JOIN stream_link l USING (stream_id)`;
const SET_ACTIVE = `
WITH changed AS (
  UPDATE stream s SET is_active = $2 FROM (
    SELECT ${KEY_OF_LOCATOR('l')} AS key FROM jsonb_array_elements_text($1::text::jsonb) AS l
  ) g WHERE s.content_key = g.key AND ${IS_HTTP} AND s.is_active <> $2
  RETURNING s.stream_id
)
SELECT DISTINCT l.media_id::float8 AS "mediaId", l.season, l.episode_from AS episode
FROM changed JOIN stream_link l USING (stream_id)`;
const SERVED = `
SELECT d.root, f.path FROM folder_file f JOIN media_folder d USING (folder_id) WHERE f.token = $1 AND f.gone_at IS NULL`;
const REFUSED = `
SELECT path, reason FROM folder_file WHERE folder_id = $1 AND NOT is_linked AND gone_at IS NULL ORDER BY path LIMIT 500`;

const WRITE_TIMEOUT_MS = 60_000;

export class FolderStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** @param id null for all */
  folders(id: number | null, signal: CancelSignal): Promise<readonly StoredFolder[]> {
    return this.#write('folders.list', FOLDERS, [id], signal);
  }

  /** The one of this root, made where there is none. */
  async add(
    root: string,
    sealedLogin: Buffer | null,
    type: MediaType | null,
    signal: CancelSignal,
  ): Promise<number> {
    const parameters = [root, sealedLogin?.toString('hex') ?? null, type];
    const [row] = await this.#write<{ id: number }>('folders.add', ADD, parameters, signal);
    return row?.id ?? 0;
  }

  async scanned(id: number, error: string, signal: CancelSignal): Promise<void> {
    await this.#write('folders.scanned', SCANNED, [id, error.slice(0, 500)], signal);
  }

  files(id: number, signal: CancelSignal): Promise<readonly StoredFile[]> {
    return this.#write('folders.files', FILES, [id], signal);
  }

  /** With its streams. Resolves with what plays other streams now. */
  delete(id: number, signal: CancelSignal): Promise<readonly ChangedEpisode[]> {
    return this.#write('folders.delete', DELETE, [id], signal);
  }

  /** False, with nothing kept, when the folder was deleted meanwhile. */
  async keep(id: number, files: readonly FileRow[], signal: CancelSignal): Promise<boolean> {
    const rows = files.map(({ sizeBytes, isLinked, ...rest }) => ({
      ...rest,
      size_bytes: sizeBytes,
      is_linked: isLinked,
    }));
    const kept = await this.#write('folders.keep', KEEP, [id, JSON.stringify(rows)], signal);
    return kept.length === rows.length;
  }

  async markGone(id: number, paths: readonly string[], signal: CancelSignal): Promise<void> {
    await this.#write('folders.mark-gone', MARK_GONE, [id, JSON.stringify(paths)], signal);
  }

  /** Shows streams or hides them. Resolves with what plays other streams now. */
  setActive(
    locators: readonly string[],
    isActive: boolean,
    signal: CancelSignal,
  ): Promise<readonly ChangedEpisode[]> {
    const parameters = [JSON.stringify(locators), isActive];
    return this.#write('folders.set-active', SET_ACTIVE, parameters, signal);
  }

  /** Null where the address leads to nothing any more. */
  async served(token: string, signal: CancelSignal): Promise<ServedFile | null> {
    const [row] = await this.#write<ServedFile>('folders.served', SERVED, [token], signal);
    return row ?? null;
  }

  /** The first 500 by their paths. */
  refused(
    id: number,
    signal: CancelSignal,
  ): Promise<readonly { readonly path: string; readonly reason: string }[]> {
    return this.#write('folders.refused', REFUSED, [id], signal);
  }

  /** Of the primary: a scan reads what it has written. */
  #write<R extends object>(
    name: string,
    statement: string,
    parameters: readonly (string | number | boolean | null)[],
    signal: CancelSignal,
  ): Promise<R[]> {
    const options = { name, lane: 'rest', signal, timeoutMs: WRITE_TIMEOUT_MS } as const;
    return this.#database.write<R[]>(options, (sql) => sql.unsafe(statement, [...parameters]));
  }
}
