/** Command line: one role, three flags. */
import { parseArgs } from 'node:util';
import { StartError } from '../lib/start-error.ts';

export const ROLES = {
  serve: 'database when embedded, migrations, demo catalogue, and HTTP_PROCESSES api processes (default)',
  api: 'one api process on databases that exist and are migrated',
  migrate: 'apply pending migrations, then exit',
  'import-demo': 'import the demo catalogue, then exit',
} as const;
export type Role = keyof typeof ROLES;

export type Command =
  | { readonly kind: 'run'; readonly role: Role }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'config-dump' };

/** @throws StartError for an unknown role or flag, saying what is accepted. */
export function parseCommand(parameters: readonly string[]): Command {
  const { values, positionals } = parse(parameters);
  if (values.help === true) return { kind: 'help' };
  if (values.version === true) return { kind: 'version' };
  if (values['config-dump'] === true) return { kind: 'config-dump' };
  const [role = 'serve', ...rest] = positionals;
  if (!isRole(role) || rest.length > 0) {
    const given = JSON.stringify(positionals.join(' '));
    throw new StartError(`unknown role ${given}: expected one of ${Object.keys(ROLES).join(', ')}`);
  }
  return { kind: 'run', role };
}

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({
      args: [...parameters],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
        'config-dump': { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new StartError(`${error instanceof Error ? error.message.split('.')[0] : String(error)}: see --help`);
  }
}

function isRole(name: string): name is Role {
  return Object.hasOwn(ROLES, name);
}

/** The text of `--help`. */
export function helpText(): string {
  const roles = Object.entries(ROLES).map(([name, effect]) => `  ${name.padEnd(12)} ${effect}`);
  return [
    'Usage: node dist/src/main.js [role] [--config-dump] [--version] [--help]', '',
    'Roles:', ...roles, '',
    'Options:',
    '  --config-dump  print the effective configuration, secrets masked, then exit',
    '  --version      print the version, then exit',
    '  --help         print this text, then exit', '',
    'Configuration is read from environment variables: see docs/operating.md.', '',
  ].join('\n');
}
