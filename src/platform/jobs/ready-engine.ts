/** Sees to it that the schema of the job engine is there; the engine itself is loaded only where it is not. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { Database } from '../db/database.ts';
import type { Logger } from '../log/logger.ts';

/** Of graphile-worker 0.17.3; a test looks whether it still is. */
export const ENGINE_SCHEMA_VERSION = 19;

const HAS_SCHEMA = "SELECT to_regclass('graphile_worker.migrations') IS NOT NULL AS known";
const VERSION = 'SELECT max(id) AS version FROM graphile_worker.migrations';

/** Returns whether it had to be installed or renewed. */
export async function readyEngine(
  database: Database,
  direct: { readonly uri: string; readonly connectTimeoutMs: number },
  logger: Logger,
  signal: CancelSignal,
): Promise<boolean> {
  if ((await versionOf(database, signal)) >= ENGINE_SCHEMA_VERSION) return false;
  const { installEngine } = await import('./engine.ts');
  await installEngine(direct, logger);
  return true;
}

async function versionOf(database: Database, signal: CancelSignal): Promise<number> {
  const options = { name: 'jobs.engine-version', lane: 'rest', signal } as const;
  const [schema] = await database.write<{ readonly known: boolean }[]>(options, (sql) =>
    sql.unsafe(HAS_SCHEMA),
  );
  if (schema?.known !== true) return 0;
  const [row] = await database.write<{ readonly version: number | null }[]>(options, (sql) =>
    sql.unsafe(VERSION),
  );
  return row?.version ?? 0;
}
