/** Which database is filled: the given one, the operator's, or the embedded server, started for it. */
import { statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import { migrateDatabase } from '../../src/app/migrate.ts';
import { configuredTargets } from '../../src/platform/db/targets.ts';
import { DisposeStack } from '../../src/lib/async/dispose-stack.ts';
import { StartError } from '../../src/lib/start-error.ts';
import { loadConfig, type Config } from '../../src/platform/config/config.ts';
import { readEnvironment } from '../../src/platform/config/env.ts';
import { maskUrl } from '../../src/platform/config/mask.ts';
import { openDataDir } from '../../src/platform/data-dir/data-dir.ts';
import { createLogger } from '../../src/platform/log/pino-logger.ts';
import { startEmbeddedPostgres } from '../../src/platform/postgres-server/embedded-postgres.ts';
import type { SeedArguments } from './arguments.ts';

export interface SeedTarget extends AsyncDisposable {
  readonly uri: string;
  /** As errors name it, without its password. */
  readonly name: string;
  /** The embedded server's; null for one that we know nothing of. */
  readonly folder: string | null;
}

/** Tables and indexes with room for sorting, and the write-ahead log (docs/generated-data.md). */
const BYTES_OF_A_STREAM = 1000;
const BYTES_OF_A_TITLE = 4000;
const BYTES_BESIDE = 1_000_000_000;
const GIGABYTE = 1_000_000_000;

/** @param tell told what takes a moment. @throws StartError in one line */
export async function openSeedTarget(
  given: SeedArguments,
  tell: (text: string) => void,
  signal: AbortSignal,
): Promise<SeedTarget> {
  const dispose = () => Promise.resolve();
  if (given.uri !== null)
    return {
      uri: given.uri,
      name: `--uri ${maskUrl(given.uri)}`,
      folder: null,
      [Symbol.asyncDispose]: dispose,
    };
  const { config } = loadConfig(readEnvironment());
  const configured = configuredTargets(config);
  if (configured === null) return openEmbedded(config, given, tell, signal);
  const variable = config.POSTGRES_MIGRATE_URI === null ? 'POSTGRES_URI' : 'POSTGRES_MIGRATE_URI';
  const uri = configured.migrateUri;
  return { uri, name: `${variable}=${maskUrl(uri)}`, folder: null, [Symbol.asyncDispose]: dispose };
}

async function openEmbedded(
  config: Config,
  given: SeedArguments,
  tell: (text: string) => void,
  signal: AbortSignal,
): Promise<SeedTarget> {
  const stack = new DisposeStack();
  try {
    const dataDir = stack.use(await openDataDir(config.DATA_DIR));
    await checkSpace(dataDir.path, given);
    // What it has to say comes as the error of a statement, too.
    const logger = createLogger({ level: 'silent', format: 'text' });
    const server = stack.use(
      await startEmbeddedPostgres({
        dataDir: dataDir.path,
        connectionsMax: config.DB_MAX_CONNECTIONS,
        logger,
        signal,
        onProgress: tell,
      }),
    );
    await migrateDatabase(
      config,
      { primaryUri: server.uri, readUri: null, migrateUri: server.uri },
      logger,
      signal,
    );
    return {
      uri: server.uri,
      name: `the embedded PostgreSQL in ${dataDir.path}`,
      folder: dataDir.path,
      [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
    };
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

/** A server whose log finds no room goes down with everybody's work: better not to begin. */
async function checkSpace(folder: string, { titles, streams }: SeedArguments): Promise<void> {
  const needed = streams * BYTES_OF_A_STREAM + titles * BYTES_OF_A_TITLE + BYTES_BESIDE;
  const free = await freeBytes(folder);
  if (free >= needed) return;
  throw new StartError(
    `DATA_DIR ${resolve(folder)} has ${(free / GIGABYTE).toFixed(1)} GB free: expected ${(needed / GIGABYTE).toFixed(1)} GB ` +
      `for ${titles} titles and ${streams} streams`,
  );
}

/** Of the file system that holds the folder. */
export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
