/** The role `export-database`: everything as SQL on standard output, for a PostgreSQL of one's own. */
import { DisposeStack } from '../lib/async/dispose-stack.ts';
import { StartError } from '../lib/start-error.ts';
import { packagePath } from '../platform/config/package-root.ts';
import { exportDatabase } from '../platform/db/export.ts';
import { explainMigrateFailure } from '../platform/db/targets.ts';
import { disposeQuietly } from './drain.ts';
import { openOwnDatabase } from './own-database.ts';
import type { RoleContext } from './role-context.ts';
import { writeOut } from './write-out.ts';

/** Beside the rows, which have standard output for themselves. */
const tell = (text: string) => {
  process.stderr.write(`${text}\n`);
};

/** @throws StartError when there is nothing to export, or nowhere to write it */
export async function exportToOutput(context: RoleContext): Promise<void> {
  const { config, logger, stop } = context;
  if (process.stdout.isTTY) {
    throw new StartError(
      'export-database writes SQL to standard output: expected it to lead to a file (… > sluice.sql)',
    );
  }
  const stack = new DisposeStack();
  try {
    const targets = await openOwnDatabase(context, stack, tell, false);
    const tables = await exportDatabase(
      {
        uri: targets.migrateUri,
        migrationsDirectory: packagePath('migrations'),
        connectTimeoutMs: config.DB_CONNECT_TIMEOUT_MS,
        signal: stop,
        write: writeOut,
      },
      logger,
    ).catch((error: unknown) => {
      throw explainMigrateFailure(config, targets, error);
    });
    const rows = tables.reduce((sum, table) => sum + table.rows, 0);
    tell(`Exported ${rows} rows of ${tables.length} tables`);
  } finally {
    await disposeQuietly(stack, logger);
  }
}
