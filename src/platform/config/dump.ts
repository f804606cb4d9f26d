/** `--config-dump`: the effective configuration, one line a variable, secrets masked. */
import type { LoadedConfig } from './config.ts';
import { maskValue } from './mask.ts';
import type { Variable } from './variable.ts';
import { VARIABLES } from './variables.ts';

/** Lines `NAME=value   # origin`, in the order of the table. */
export function dumpConfig({ config, origins }: LoadedConfig): string {
  const values: Readonly<Record<string, unknown>> = config;
  const lines = Object.entries(VARIABLES).map(([name, spec]) => {
    const shown = showValue(values[name], spec);
    return `${`${name}=${shown}`.padEnd(56)} # ${origins[name] ?? 'default'}`;
  });
  return `${lines.join('\n')}\n`;
}

function showValue(value: unknown, spec: Variable<unknown>): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return '';
  if (spec.shown !== undefined) return spec.shown(value);
  const raw = Array.isArray(value) ? value.join(',') : String(value);
  return maskValue(raw, spec.mask).slice(1, -1);
}
