/** The tables of docs/operating.md, generated from the tables that the program reads. */
import { PARAMETERS } from '../../src/lib/postgres-uri/parameters.ts';
import type { Variable } from '../../src/platform/config/variable.ts';
import { VARIABLES } from '../../src/platform/config/variables.ts';

/** Markdown table of every variable: default, unit, accepted values, effect. */
export function variableTable(): string {
  const rows = Object.entries(VARIABLES).map(([name, spec]: [string, Variable<unknown>]) =>
    row([`\`${name}\``, defaultOf(spec), spec.unit ?? '–', spec.parser.expected, spec.effect]),
  );
  return [
    row(['variable', 'default', 'unit', 'accepted', 'effect']),
    row(['---', '---', '---', '---', '---']),
    ...rows,
  ].join('\n');
}

/** Markdown table of the names that other servers use and what they mean here. */
export function aliasTable(): string {
  const rows = Object.entries(VARIABLES).flatMap(([name, spec]: [string, Variable<unknown>]) =>
    (spec.aliases ?? []).map((alias) =>
      row([
        `\`${alias.name}\``,
        `\`${name}\``,
        alias.factor === undefined ? 'same value' : `value × ${alias.factor}`,
      ]),
    ),
  );
  return [row(['name elsewhere', 'read as', 'how']), row(['---', '---', '---']), ...rows].join(
    '\n',
  );
}

/** Markdown table of the parameters of a PostgreSQL URI: those with an effect, then the names of the others by reason. */
export function postgresParameterTable(): string {
  const rows = new Map<string, string[]>();
  for (const [name, { effect }] of Object.entries(PARAMETERS))
    rows.set(effect, [...(rows.get(effect) ?? []), `\`${name}\``]);
  return [
    row(['parameter', 'effect']),
    row(['---', '---']),
    ...[...rows].map(([effect, names]) => row([names.join(', '), effect])),
  ].join('\n');
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function defaultOf(spec: Variable<unknown>): string {
  return spec.fallbackText ?? `\`${String(spec.fallback)}\``;
}
