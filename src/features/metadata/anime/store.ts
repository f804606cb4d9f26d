/** SQL of what ids of anime stand for. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { AnimeRow } from '../../../lib/anime-list/anime-list.ts';
import { externalIdOf, type AnimeIdProvider, type TitleId } from '../../../lib/stremio/media-id.ts';
import type { Database } from '../../../platform/db/database.ts';
import type { TitleIds } from '../provider.ts';

export interface ListState {
  readonly isThere: boolean;
  readonly isDue: boolean;
}

const COLUMNS = {
  entry_id: 'int',
  media_type: 'media_type',
  kitsu_id: 'int',
  mal_id: 'int',
  anilist_id: 'int',
  imdb_id: 'text',
  tmdb_id: 'int',
  tvdb_id: 'int',
  tvdb_season: 'smallint',
  tvdb_offset: 'int',
  tmdb_season: 'smallint',
  tmdb_offset: 'int',
} as const satisfies Readonly<Record<keyof AnimeRow, string>>;
const NAMES = Object.keys(COLUMNS).join(', ');
const TYPES = Object.entries(COLUMNS)
  .map(([name, type]) => `${name} ${type}`)
  .join(', ');

const COLUMN_OF: Readonly<Record<AnimeIdProvider, string>> = {
  kitsu: 'kitsu_id',
  mal: 'mal_id',
  anilist: 'anilist_id',
};

function byId(provider: AnimeIdProvider): string {
  const column = COLUMN_OF[provider];
  return `
SELECT ${NAMES} FROM anime_entry
WHERE ${column} = $1::int AND ${column} > 0 AND media_type = $2::media_type ORDER BY entry_id LIMIT 1`;
}

/** As many as a long-running franchise has. */
const OF_TITLE = `
SELECT ${NAMES} FROM anime_entry WHERE imdb_id = $2 AND imdb_id <> '' AND media_type = $1::media_type
UNION SELECT ${NAMES} FROM anime_entry WHERE tmdb_id = $3::int AND tmdb_id > 0 AND media_type = $1::media_type
UNION SELECT ${NAMES} FROM anime_entry WHERE tvdb_id = $4::int AND tvdb_id > 0 AND media_type = $1::media_type
ORDER BY entry_id LIMIT 200`;

const LIST_STATE = `
SELECT fetched_at IS NOT NULL AS "isThere", next_at <= now() AS "isDue" FROM anime_list`;

const CLAIM = `
UPDATE anime_list SET next_at = now() + interval '2 minutes' WHERE next_at <= now() RETURNING etag`;

const CHECKED = `
UPDATE anime_list SET etag = $1, fetched_at = now(), next_at = now() + interval '7 days'`;

const REPLACE_TIMEOUT_MS = 60_000;

export class AnimeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async listState(signal: CancelSignal): Promise<ListState> {
    const [row] = await this.#database.read<ListState[]>(
      { name: 'metadata.anime-list-state', lane: 'page', signal },
      (sql) => sql.unsafe(LIST_STATE),
    );
    return row ?? { isThere: false, isDue: true };
  }

  /** ETag of the present list, for the one process that is to ask for a newer one; null for the others. */
  async claimList(signal: CancelSignal): Promise<string | null> {
    const rows = await this.#database.write<{ etag: string }[]>(
      { name: 'metadata.anime-list-claim', lane: 'rest', signal },
      (sql) => sql.unsafe(CLAIM),
    );
    return rows[0]?.etag ?? null;
  }

  /** The present list is the newest. */
  async confirmList(etag: string, signal: CancelSignal): Promise<void> {
    await this.#database.write(
      { name: 'metadata.anime-list-confirm', lane: 'rest', signal },
      (sql) => sql.unsafe(CHECKED, [etag]),
    );
  }

  /** @param batches JSON lists of `AnimeRow` */
  async replaceList(batches: readonly string[], etag: string, signal: CancelSignal): Promise<void> {
    const options = {
      name: 'metadata.anime-list-replace',
      lane: 'rest',
      signal,
      timeoutMs: REPLACE_TIMEOUT_MS,
    } as const;
    await this.#database.transaction(options, async (sql) => {
      await sql.unsafe('DELETE FROM anime_entry');
      for (const batch of batches)
        await sql.unsafe(
          `INSERT INTO anime_entry (${NAMES}) SELECT ${NAMES} FROM jsonb_to_recordset($1::text::jsonb) AS g (${TYPES})`,
          [batch],
        );
      await sql.unsafe(CHECKED, [etag]);
    });
  }

  /** Null for an id that the list does not have. */
  async entryById(
    provider: AnimeIdProvider,
    id: TitleId,
    signal: CancelSignal,
  ): Promise<AnimeRow | null> {
    const [row] = await this.#database.read<AnimeRow[]>(
      { name: 'metadata.anime-by-id', lane: 'page', signal },
      (sql) => sql.unsafe(byId(provider), [externalIdOf(id), id.type], { prepare: true }),
    );
    return row ?? null;
  }

  async entriesOf(
    { type, imdbId, tmdbId, tvdbId }: TitleIds,
    signal: CancelSignal,
  ): Promise<readonly AnimeRow[]> {
    const parameters = [type, imdbId, tmdbId || '0', tvdbId || '0'];
    return this.#database.read<AnimeRow[]>(
      { name: 'metadata.anime-of-title', lane: 'page', signal },
      (sql) => sql.unsafe(OF_TITLE, parameters, { prepare: true }),
    );
  }
}
