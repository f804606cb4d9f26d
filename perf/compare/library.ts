/** The compared titles in a PostgreSQL of the run's own, and as the documents and answers of the other contenders. */
import postgres from 'postgres';
import { migrateDatabase } from '../../src/app/migrate.ts';
import { openDatabase } from '../../src/platform/db/targets.ts';
import type { ImportedTitle } from '../../src/features/library/contract.ts';
import { LibraryStore } from '../../src/features/library/store.ts';
import { StreamStore } from '../../src/features/streams/store.ts';
import { loadConfig } from '../../src/platform/config/config.ts';
import { createLogger } from '../../src/platform/log/pino-logger.ts';
import type { DataProfile } from '../result.ts';
import { cachedTitle, type CachedTitle } from './documents.ts';

const DEADLINE_MS = 60_000;

export interface ComparedTitle {
  readonly imdbId: string;
  readonly document: CachedTitle;
}

/** What the database holds, and who holds it. */
export interface LibraryProfile {
  readonly data: DataProfile;
  readonly postgresVersion: string;
}

/** Imports titles into an empty database and reads them back as Sluice does. */
export async function seedLibrary(
  uri: string,
  imported: readonly ImportedTitle[],
): Promise<readonly ComparedTitle[]> {
  const { config } = loadConfig({ POSTGRES_URI: uri });
  const targets = { primaryUri: uri, readUri: null, migrateUri: uri };
  const logger = createLogger({ level: 'warn', format: 'text' });
  const signal = AbortSignal.timeout(DEADLINE_MS);
  await migrateDatabase(config, targets, logger, signal);
  await using database = openDatabase(config, targets, logger);
  await new LibraryStore(database).importTitles([...imported], signal);
  const store = new StreamStore(database);
  const titles: ComparedTitle[] = [];
  for (const { imdbId } of imported) {
    const media = await store.resolveMedia({ provider: 'imdb', type: 'movie', id: imdbId }, signal);
    if (media === null) throw new Error(`${imdbId} is not in the database after its import`);
    titles.push({
      imdbId,
      document: cachedTitle(await store.loadStreams(media.mediaId, 0, 0, signal)),
    });
  }
  return titles;
}

export async function describeLibrary(uri: string): Promise<LibraryProfile> {
  const sql = postgres(uri, { max: 1, onnotice: () => undefined });
  try {
    const [row] = await sql<{ titles: number; streams: number; bytes: number; version: string }[]>`
      SELECT (SELECT count(*) FROM media)::float8 AS titles, (SELECT count(*) FROM stream)::float8 AS streams,
        pg_database_size(current_database())::float8 AS bytes, current_setting('server_version') AS version`;
    return {
      data: {
        titles: row?.titles ?? 0,
        streams: row?.streams ?? 0,
        databaseBytes: row?.bytes ?? 0,
      },
      postgresVersion: row?.version ?? '',
    };
  } finally {
    await sql.end({ timeout: 5 });
  }
}
