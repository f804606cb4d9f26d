/** What each role of the program does. */
import { StartError } from '../lib/start-error.ts';
import type { Config } from '../platform/config/config.ts';
import { checkDatabaseAddresses } from '../platform/db/check-addresses.ts';
import { withPooler } from '../platform/db/pooler.ts';
import { configuredTargets, type DatabaseTargets } from '../platform/db/targets.ts';
import { apiChild } from './api-processes.ts';
import type { Role } from './arguments.ts';
import { exportToOutput } from './export-database.ts';
import { exportLines } from './export-lines.ts';
import { importDemo } from './import-demo.ts';
import { importToLibrary } from './import/import-role.ts';
import { migrateDatabase } from './migrate.ts';
import type { RoleContext } from './role-context.ts';
import { serve } from './serve.ts';

/** Runs the role to its end. @throws StartError */
export async function runRole(role: Role, given: RoleContext): Promise<void> {
  const context = { ...given, config: await checkedDatabase(role, given) };
  switch (role) {
    case 'serve':
      return serve(context);
    case 'api':
      return apiChild(context, requireTargets(context, role));
    case 'worker':
      return worksOn(context, requireTargets(context, role));
    case 'migrate':
      return migrateOnly(context, requireTargets(context, role));
    case 'import-demo':
      return importDemoOnly(context, requireTargets(context, role));
    case 'import':
      return importToLibrary(context);
    case 'export':
      return exportLines(context);
    case 'export-database':
      return exportToOutput(context);
  }
}

/** The supervisor of several processes has done so already. @throws StartError */
async function checkedDatabase(role: Role, { config, logger }: RoleContext): Promise<Config> {
  if (process.send !== undefined) return config;
  await checkDatabaseAddresses(config, logger);
  // Before it asks a database, `serve` has more to check.
  return role === 'serve' ? config : withPooler(config, logger);
}

/** These roles work on a database that others use, too: the embedded one belongs to `serve` alone. */
function requireTargets({ config }: RoleContext, role: Role): DatabaseTargets {
  const targets = configuredTargets(config);
  if (targets === null) {
    throw new StartError(
      `POSTGRES_URI is not set: the role ${role} expects a database; serve starts an embedded one`,
    );
  }
  return targets;
}

/** Loaded here alone: the job engine is nothing that a server needs. */
async function worksOn(context: RoleContext, targets: DatabaseTargets): Promise<void> {
  const { runWorker } = await import('./worker.ts');
  return runWorker(context, targets);
}

async function migrateOnly(
  { config, logger, print, stop }: RoleContext,
  targets: DatabaseTargets,
): Promise<void> {
  const applied = await migrateDatabase(config, targets, logger, stop);
  print(applied.length === 0 ? 'Schema is up to date\n' : `Applied: ${applied.join(', ')}\n`);
}

async function importDemoOnly(
  { config, logger, print, stop }: RoleContext,
  targets: DatabaseTargets,
): Promise<void> {
  print(`${await importDemo(config, targets, logger, stop)}\n`);
}
