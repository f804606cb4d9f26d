/**
 * SQL of the tables that IMDb's are staged in. They are there while an import goes on, or was interrupted: a crash of the
 * server empties all of them together, and whoever imports begins anew.
 */
import type { ImdbTable } from '../../../../lib/imdb/tables.ts';
import type { StageTable } from '../../../../lib/imdb/stage-rows.ts';
import type { BulkLoad } from '../../../../platform/db/bulk-load.ts';

const IDS_PER_FETCH = 20_000;

export class ImdbStageStore {
  readonly #load: BulkLoad;

  constructor(load: BulkLoad) {
    this.#load = load;
  }

  /** Waits for whoever else imports: the lock ends with the connection. */
  async prepare(): Promise<void> {
    await this.#load.query(LOCK);
    for (const statement of CREATE) await this.#load.query(statement);
  }

  async drop(): Promise<void> {
    await this.#load.query(`DROP TABLE ${[...STAGE_TABLES, 'imdb_stage_file'].join(', ')}`);
  }

  /** Whether this file is staged already. */
  async holds(table: ImdbTable, version: string): Promise<boolean> {
    const rows = await this.#load.query(
      'SELECT 1 AS yes FROM imdb_stage_file WHERE name = $1 AND version = $2',
      [table, version],
    );
    return rows.length > 0;
  }

  /** Replaces what is staged of a table, all or nothing; a merge begins anew then. */
  replace(
    table: ImdbTable,
    version: string,
    fill: (copy: CopyRows) => Promise<void>,
  ): Promise<void> {
    return this.#load.transaction(async () => {
      const targets = TARGETS[table];
      await this.#load.query(`TRUNCATE ${targets.join(', ')}`);
      await this.#load.query('DELETE FROM imdb_stage_file WHERE name IN ($1, $2)', [table, MERGE]);
      for (const target of targets) await this.#load.query(DROP_INDEX(target));
      await fill((target, rows) => this.#load.copy(`COPY ${target} FROM STDIN`, rows));
      for (const target of targets) {
        await this.#load.query(CREATE_INDEX(target));
        await this.#load.query(`ANALYZE ${target}`);
      }
      await this.#load.query('INSERT INTO imdb_stage_file (name, version) VALUES ($1, $2)', [
        table,
        version,
      ]);
    });
  }

  /** Forgets what an earlier import staged of a table that this one has not. */
  async forget(table: ImdbTable): Promise<void> {
    const rows = await this.#load.query('DELETE FROM imdb_stage_file WHERE name = $1 RETURNING 1', [
      table,
    ]);
    if (rows.length === 0) return;
    await this.#load.query(`TRUNCATE ${TARGETS[table].join(', ')}`);
    await this.#load.query('DELETE FROM imdb_stage_file WHERE name = $1', [MERGE]);
  }

  /** IMDb's numbers of the library's titles, some thousand at a time, as all of these. */
  libraryIds(): AsyncGenerator<readonly number[]> {
    return this.#ids(LIBRARY_IDS);
  }

  ratedIds(votesMin: number): AsyncGenerator<readonly number[]> {
    return this.#ids(`SELECT id FROM imdb_stage_rating WHERE votes >= ${Math.trunc(votesMin)}`);
  }

  episodeIds(): AsyncGenerator<readonly number[]> {
    return this.#ids('SELECT id FROM imdb_stage_episode');
  }

  titleIds(): AsyncGenerator<readonly number[]> {
    return this.#ids('SELECT id FROM imdb_stage_title');
  }

  async *#ids(statement: string): AsyncGenerator<readonly number[]> {
    await this.#load.query('BEGIN');
    try {
      await this.#load.query(`DECLARE imdb_ids NO SCROLL CURSOR FOR ${statement}`);
      for (;;) {
        const rows = await this.#load.query<{ readonly id: number }>(
          `FETCH ${IDS_PER_FETCH} FROM imdb_ids`,
        );
        if (rows.length === 0) return;
        yield rows.map(({ id }) => id);
      }
    } finally {
      await this.#load.query('ROLLBACK').catch(() => undefined);
    }
  }
}

export type CopyRows = (target: StageTable, rows: Uint8Array) => Promise<void>;

/** Row of `imdb_stage_file` that says where the merge is. */
export const MERGE = 'merge';

const LOCK = `SELECT pg_advisory_lock(hashtext('sluice imdb import'))`;

const COLUMNS: Readonly<Record<StageTable, string>> = {
  imdb_stage_rating: 'id int, value real, votes int',
  imdb_stage_episode: 'series int, season smallint, episode int, id int',
  imdb_stage_title:
    'id int, type media_type, title text, original_title text, year smallint, end_year smallint, minutes int, ' +
    'genres text, is_adult boolean',
  imdb_stage_episode_name: 'id int, title text',
  imdb_stage_name: 'id int, name text',
};
const STAGE_TABLES = Object.keys(COLUMNS) as StageTable[];
const TARGETS: Readonly<Record<ImdbTable, readonly StageTable[]>> = {
  'title.ratings': ['imdb_stage_rating'],
  'title.episode': ['imdb_stage_episode'],
  'title.basics': ['imdb_stage_title', 'imdb_stage_episode_name'],
  'title.akas': ['imdb_stage_name'],
};
const INDEX_KEYS: Readonly<Record<StageTable, string>> = {
  imdb_stage_rating: 'id',
  imdb_stage_episode: 'series',
  imdb_stage_title: 'id',
  imdb_stage_episode_name: 'id',
  imdb_stage_name: 'id',
};

const CREATE = [
  'CREATE UNLOGGED TABLE IF NOT EXISTS imdb_stage_file (name text PRIMARY KEY, version text NOT NULL)',
  ...STAGE_TABLES.map(
    (table) => `CREATE UNLOGGED TABLE IF NOT EXISTS ${table} (${COLUMNS[table]})`,
  ),
];
const CREATE_INDEX = (table: StageTable) =>
  `CREATE INDEX ${table}_key ON ${table} (${INDEX_KEYS[table]})`;
const DROP_INDEX = (table: StageTable) => `DROP INDEX IF EXISTS ${table}_key`;

const LIBRARY_IDS = String.raw`
SELECT substr(external_id, 3)::int AS id FROM media_external_id
WHERE provider = 'imdb' AND external_id ~ '^tt\d{7,8}$'`;
