/** What has to be there before the first row: a database that may be filled, genres, tracker lists, the next ids. */
import type { Client } from 'pg';
import { StartError } from '../../src/lib/start-error.ts';
import { packagePath } from '../../src/platform/config/package-root.ts';
import {
  pendingMigrations,
  readMigrationFiles,
  type AppliedMigration,
} from '../../src/platform/db/migration-files.ts';
import { GENRES } from './words.ts';

/** The numbers to go on from, and keys of rows that are referred to. */
export interface SeedBase {
  readonly seed: number;
  readonly lastMediaId: number;
  readonly lastStreamId: number;
  /** By position in GENRES. */
  readonly genreIds: readonly number[];
  readonly trackerListIds: readonly number[];
}

const TRACKER_LISTS = 20;

/** @throws StartError when others use the database, it has another schema, or this seed is in it already */
export async function prepareDatabase(client: Client, seed: number): Promise<SeedBase> {
  await checkSchema(client);
  await checkUse(client);
  await checkSeed(client, seed);
  const {
    rows: [last],
  } = await client.query<{ media: number; stream: number }>(`
    SELECT (SELECT coalesce(max(media_id), 0)::float8 FROM media) AS media,
      (SELECT coalesce(max(stream_id), 0)::float8 FROM stream) AS stream`);
  return {
    seed,
    lastMediaId: last?.media ?? 0,
    lastStreamId: last?.stream ?? 0,
    genreIds: await addGenres(client),
    trackerListIds: await addTrackerLists(client, seed),
  };
}

async function checkSchema(client: Client): Promise<void> {
  const {
    rows: [found],
  } = await client.query<{ exists: boolean }>(
    "SELECT to_regclass('schema_migration') IS NOT NULL AS exists",
  );
  const { rows: applied } =
    found?.exists === true
      ? await client.query<AppliedMigration>(
          'SELECT name, checksum FROM schema_migration ORDER BY name',
        )
      : { rows: [] };
  const pending = pendingMigrations(await readMigrationFiles(packagePath('migrations')), applied);
  if (pending.length === 0) return;
  throw new StartError(
    `the database lacks ${pending.length} migrations, ${pending[0]?.name} first: ` +
      'migrate it before (POSTGRES_URI=… node dist/src/main.js migrate)',
  );
}

/** Everybody else would wait for the tables until the end. */
async function checkUse(client: Client): Promise<void> {
  const {
    rows: [others],
  } = await client.query<{ count: number; names: string }>(`
    SELECT count(*)::int AS count, string_agg(DISTINCT application_name, ', ') AS names FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name LIKE 'sluice%'`);
  if (others === undefined || others.count === 0) return;
  throw new StartError(
    `the database is in use by ${others.count} connections of ${others.names}: stop them first`,
  );
}

async function checkSeed(client: Client, seed: number): Promise<void> {
  const { rows } = await client.query(
    'SELECT FROM media WHERE starts_with(public_id, $1) LIMIT 1',
    [`sl:seed${seed}-`],
  );
  if (rows.length === 0) return;
  throw new StartError(
    `the rows of --seed ${seed} are in the database already: give another seed to add to them`,
  );
}

async function addGenres(client: Client): Promise<readonly number[]> {
  await client.query(
    `
    INSERT INTO genre (name) SELECT name FROM jsonb_array_elements_text($1::text::jsonb) AS name
    WHERE NOT EXISTS (SELECT FROM genre g WHERE g.name = name.name)`,
    [JSON.stringify(GENRES)],
  );
  const { rows } = await client.query<{ genre_id: number; name: string }>(
    'SELECT genre_id, name FROM genre',
  );
  const ids = new Map(rows.map((row) => [row.name, row.genre_id]));
  return GENRES.map((name) => ids.get(name) ?? 0);
}

async function addTrackerLists(client: Client, seed: number): Promise<readonly number[]> {
  const { rows } = await client.query<{ tracker_list_id: number }>(
    `
    INSERT INTO tracker_list (urls)
    SELECT string_agg(format('udp://tracker%s-%s.example.org:1337/announce', list, n), E'\\n' ORDER BY n)
      || format(E'\\nudp://seed-%s.example.org:80', $1::bigint)
    FROM generate_series(1, $2::int) AS list, generate_series(1, 8) AS n GROUP BY list ORDER BY list
    ON CONFLICT (urls_hash) DO UPDATE SET urls = excluded.urls
    RETURNING tracker_list_id`,
    [seed, TRACKER_LISTS],
  );
  return rows.map((row) => row.tracker_list_id);
}
