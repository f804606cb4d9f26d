/**
 * `perf/gates/*.json`: a file a scenario that is gated, `default.json` for what the others do not say. Limits are percents
 * by which a figure may be worse; null means that it is reported and never fails the gate.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { packagePath } from '../../src/platform/config/package-root.ts';
import { GateError } from './gate-error.ts';
import { METRICS, type MetricName } from './metrics.ts';
import type { Limits } from './verdict.ts';

export type Form = 'full' | 'short';

export interface GateFile {
  readonly limits: Limits;
  /** Of the short form. */
  readonly shortLimits: Limits;
  /** 0.95: how sure the gate must be. */
  readonly confidence: number;
  /** Which forms measure it without being told its name. */
  readonly forms: readonly Form[];
}

/** By scenario. */
export type Gates = ReadonlyMap<string, GateFile>;

const FOLDER = packagePath('perf/gates');
const DEFAULT = 'default.json';
const percent = z.number().positive().max(1000).nullable();
const limits = z.strictObject({
  cpu: percent,
  p95: percent,
  p99: percent,
  requestsPerS: percent,
  rss: percent,
});
const whole = z.strictObject({
  confidence: z.number().min(0.5).max(0.9999),
  limits,
  shortLimits: limits,
});
const part = z.strictObject({
  confidence: whole.shape.confidence.optional(),
  forms: z.array(z.enum(['full', 'short'])).optional(),
  limits: limits.partial().optional(),
  shortLimits: limits.partial().optional(),
});

/** @throws GateError that names the file, the key and what it accepts */
export async function readGates(folder = FOLDER): Promise<Gates> {
  const names = (await readdir(folder).catch(() => []))
    .filter((name) => name.endsWith('.json'))
    .toSorted();
  if (!names.includes(DEFAULT))
    throw new GateError('usage', `perf/gates/${DEFAULT}: there is no such file`);
  const common = await read(folder, DEFAULT, whole);
  const gates = new Map<string, GateFile>();
  for (const name of names) {
    if (name === DEFAULT) continue;
    const own = await read(folder, name, part);
    gates.set(name.slice(0, -'.json'.length), {
      limits: merge(common.limits, own.limits),
      shortLimits: merge(common.shortLimits, own.shortLimits),
      confidence: own.confidence ?? common.confidence,
      forms: own.forms ?? ['full'],
    });
  }
  return gates;
}

/** Scenarios to compare: the named ones, else all of this form. @throws GateError that lists those that have limits */
export function gatedScenarios(
  gates: Gates,
  named: readonly string[] | null,
  form: Form,
): readonly string[] {
  if (named === null)
    return [...gates].filter(([, gate]) => gate.forms.includes(form)).map(([name]) => name);
  const unknown = named.find((name) => !gates.has(name));
  if (unknown === undefined) return [...new Set(named)];
  throw new GateError(
    'usage',
    `--scenario ${unknown}: no perf/gates/${unknown}.json; those with limits are ${[...gates.keys()].join(', ')}`,
  );
}

function merge(
  common: Limits,
  own: Readonly<Partial<Record<MetricName, number | null | undefined>>> = {},
): Limits {
  const merged = { ...common };
  for (const { name } of METRICS) {
    const value = own[name];
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

async function read<T extends z.ZodType>(
  folder: string,
  name: string,
  schema: T,
): Promise<z.infer<T>> {
  const parsed = schema.safeParse(parseJson(name, await readFile(join(folder, name), 'utf8')));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const key = issue?.path.join('.') ?? '';
  throw new GateError(
    'usage',
    `perf/gates/${name}: ${key === '' ? '' : `${key}: `}${issue?.message ?? 'not a gate file'}`,
  );
}

function parseJson(name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GateError(
      'usage',
      `perf/gates/${name}: ${error instanceof Error ? error.message : 'no JSON'}`,
    );
  }
}
