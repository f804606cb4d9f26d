/** Brings a database to the schema and the search words of this version. */
import type { CancelSignal } from '../lib/async/cancel.ts';
import { createLibrary } from '../features/library/feature.ts';
import type { Config } from '../platform/config/config.ts';
import {
  applyMigrations,
  explainMigrateFailure,
  openDatabase,
  type DatabaseTargets,
} from '../platform/db/targets.ts';
import { readyEngine } from '../platform/jobs/ready-engine.ts';
import type { Logger } from '../platform/log/logger.ts';

/** Applies pending migrations, then what they leave to the program. Returns their names. @throws StartError with the variable */
export async function migrateDatabase(
  config: Config,
  targets: DatabaseTargets,
  logger: Logger,
  signal: CancelSignal,
): Promise<readonly string[]> {
  try {
    const applied = await applyMigrations(config, targets, logger, signal);
    await using database = openDatabase(
      config,
      { ...targets, primaryUri: targets.migrateUri, readUri: null },
      logger,
    );
    const direct = { uri: targets.migrateUri, connectTimeoutMs: config.DB_CONNECT_TIMEOUT_MS };
    await readyEngine(database, direct, logger, signal);
    const rewritten = await createLibrary({ database }).rebuildSearch(signal);
    if (rewritten > 0)
      logger.info({ titles: rewritten }, 'Search words of titles were written anew');
    return applied;
  } catch (error) {
    throw explainMigrateFailure(config, targets, error);
  }
}
