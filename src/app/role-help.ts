/** What `<role> --help` prints, of roles that take parameters. Read before any configuration. */
import { EXPORT_HELP } from './export-arguments.ts';
import type { RoleWithParameters } from './arguments.ts';
import { IMPORT_HELP } from './import/arguments.ts';
import { WORKER_HELP } from './worker-arguments.ts';

export const ROLE_HELP: Readonly<Record<RoleWithParameters, string>> = {
  import: IMPORT_HELP,
  export: EXPORT_HELP,
  worker: WORKER_HELP,
};
