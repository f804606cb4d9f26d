/** The database of this configuration, for roles that work beside a running server as well as alone. */
import type { DisposeStack } from '../lib/async/dispose-stack.ts';
import { StartError } from '../lib/start-error.ts';
import { openDataDir } from '../platform/data-dir/data-dir.ts';
import { configuredTargets, type DatabaseTargets } from '../platform/db/targets.ts';
import { startEmbeddedPostgres } from '../platform/postgres-server/embedded-postgres.ts';
import { findRunningServer, holdsServer } from '../platform/postgres-server/running-server.ts';
import type { RoleContext } from './role-context.ts';

/**
 * The operator's; else the embedded one, of the Sluice that runs on DATA_DIR, or started for this.
 * @param mayBeNew whether one is made where DATA_DIR holds none
 * @throws StartError when there is none
 */
export async function openOwnDatabase(
  { config, logger, stop }: Pick<RoleContext, 'config' | 'logger' | 'stop'>,
  stack: DisposeStack,
  tell: (text: string) => void,
  mayBeNew: boolean,
): Promise<DatabaseTargets> {
  const configured = configuredTargets(config);
  if (configured !== null) return configured;
  const { DATA_DIR } = config;
  if (!mayBeNew && !(await holdsServer(DATA_DIR)))
    throw new StartError(
      `DATA_DIR=${JSON.stringify(DATA_DIR)} holds no database, and POSTGRES_URI is not set: expected one of them to lead to one`,
    );
  let uri = await findRunningServer(DATA_DIR);
  if (uri === null) {
    const dataDir = stack.use(await openDataDir(DATA_DIR));
    const server = stack.use(
      await startEmbeddedPostgres({
        dataDir: dataDir.path,
        connectionsMax: config.DB_MAX_CONNECTIONS,
        logger,
        signal: stop,
        onProgress: tell,
      }),
    );
    uri = server.uri;
  }
  return { primaryUri: uri, readUri: null, migrateUri: uri };
}
