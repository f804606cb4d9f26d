/** The tables of docs/operating.md, generated from the one table of environment variables. */
import { VARIABLES, type Variable } from '../../src/platform/config/variables.ts';

/** Markdown table of every variable: default, unit, accepted values, effect. */
export function variableTable(): string {
  const rows = Object.entries(VARIABLES).map(([name, spec]: [string, Variable<unknown>]) =>
    row([`\`${name}\``, defaultOf(spec), spec.unit ?? '–', spec.parser.expected, spec.effect]),
  );
  return [row(['variable', 'default', 'unit', 'accepted', 'effect']), row(['---', '---', '---', '---', '---']), ...rows].join('\n');
}

/** Markdown table of the names that other servers use and what they mean here. */
export function aliasTable(): string {
  const rows = Object.entries(VARIABLES).flatMap(([name, spec]: [string, Variable<unknown>]) =>
    (spec.aliases ?? []).map((alias) =>
      row([`\`${alias.name}\``, `\`${name}\``, alias.factor === undefined ? 'same value' : `value × ${alias.factor}`]),
    ),
  );
  return [row(['name elsewhere', 'read as', 'how']), row(['---', '---', '---']), ...rows].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function defaultOf(spec: Variable<unknown>): string {
  return spec.fallbackText ?? `\`${String(spec.fallback)}\``;
}
