/** Command line: one role, or a question. */
import { parseArgs } from 'node:util';
import { StartError } from '../lib/start-error.ts';

export const ROLES = {
  serve:
    'database when embedded, migrations, demo catalogue, and HTTP_PROCESSES api processes (default)',
  api: 'one api process on databases that exist and are migrated',
  worker: 'run queued jobs on databases that exist and are migrated (worker --help)',
  migrate: 'apply pending migrations, then exit',
  'import-demo': 'import the demo catalogue, then exit',
  import: 'bring streams into the library: files, folders, addresses (import --help)',
  export: 'write every stream as a line for import to standard output, then exit (export --help)',
  'export-database': 'write the database as SQL for psql to standard output, then exit',
} as const;
const INSTEAD_OF_A_ROLE = [
  ['healthcheck', 'ask the server with this configuration whether it runs, then exit'],
  ['test-sources', 'ask each configured source once and say what works, then exit'],
  ['--config-dump', 'print the effective configuration, secrets masked, then exit'],
  ['-v, --version', 'print the version, then exit (also: version)'],
  ['-h, --help', 'print this text, then exit (also: help)'],
] as const;
export type Role = keyof typeof ROLES;

export type Command =
  | { readonly kind: 'run'; readonly role: Role; readonly parameters: readonly string[] }
  | { readonly kind: 'help' }
  | { readonly kind: 'role-help'; readonly role: RoleWithParameters }
  | { readonly kind: 'version' }
  | { readonly kind: 'healthcheck' }
  | { readonly kind: 'test-sources' }
  | { readonly kind: 'config-dump' };

/** @throws StartError for an unknown role or flag, saying what is accepted. */
export function parseCommand(parameters: readonly string[]): Command {
  const [first = '', ...own] = parameters;
  if (takesParameters(first))
    return own.includes('--help') || own.includes('-h')
      ? { kind: 'role-help', role: first }
      : { kind: 'run', role: first, parameters: own };
  const { values, positionals } = parse(parameters);
  const [word = 'serve', ...rest] = positionals;
  if (values.help === true || word === 'help') return { kind: 'help' };
  if (values.version === true || word === 'version') return { kind: 'version' };
  if (word === 'healthcheck' && rest.length === 0) return { kind: 'healthcheck' };
  if (word === 'test-sources' && rest.length === 0) return { kind: 'test-sources' };
  if (values['config-dump'] === true) return { kind: 'config-dump' };
  if (!isRole(word) || rest.length > 0) {
    throw new StartError(
      `unknown command ${JSON.stringify(positionals.join(' '))}: expected ${ACCEPTED}`,
    );
  }
  return { kind: 'run', role: word, parameters: [] };
}

/** Roles that read what follows them themselves; they come first. */
const WITH_PARAMETERS = ['import', 'export', 'worker'] as const satisfies readonly Role[];
export type RoleWithParameters = (typeof WITH_PARAMETERS)[number];

function takesParameters(name: string): name is RoleWithParameters {
  return (WITH_PARAMETERS as readonly string[]).includes(name);
}

const ACCEPTED = `one of ${Object.keys(ROLES).join(', ')}; healthcheck, test-sources, help, version, or --config-dump`;

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({
      args: [...parameters],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
        'config-dump': { type: 'boolean' },
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('.')[0] ?? '') : String(error);
    throw new StartError(`${reason}: expected ${ACCEPTED}`);
  }
}

function isRole(name: string): name is Role {
  return Object.hasOwn(ROLES, name);
}

/** The text of `--help`. */
export function helpText(): string {
  return [
    'Usage: node dist/src/main.js [role]',
    '',
    'Roles:',
    ...table(Object.entries(ROLES)),
    '',
    'Instead of a role:',
    ...table(INSTEAD_OF_A_ROLE),
    '',
    'Configuration is read from environment variables: see docs/operating.md.',
    '',
  ].join('\n');
}

function table(entries: readonly (readonly [string, string])[]): string[] {
  return entries.map(([name, effect]) => `  ${name.padEnd(16)} ${effect}`);
}
