/** Reads a result file and checks it at the edge: what comes after may trust every field. */
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { RESULT_SCHEMA, type PerfResult } from '../result.ts';

const FILE_BYTES_MAX = 256 * 1024 * 1024;
/** Microseconds that make 31 years, bytes that make a petabyte: more is no measurement, and charts need a bound. */
const QUANTITY_MAX = 1e15;

const EXPECTED = 'expected a file that npm run perf, perf:capacity or perf:compare wrote';

// Control characters, and the invisible ones that turn the direction of writing.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const DIRECTIONS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

const text = (charactersMax: number) =>
  z
    .string()
    .max(charactersMax)
    .transform((value) =>
      value.replaceAll(DIRECTIONS, '').replaceAll(UNSEEN, ' ').toWellFormed().trim(),
    );
const name = text(200).refine((value) => value !== '', 'must not be empty');
const quantity = z.number().min(0).max(QUANTITY_MAX);
const whole = z.int().min(0).max(QUANTITY_MAX);
const list = <T extends z.ZodType>(item: T, itemsMax: number) => z.array(item).max(itemsMax);

const latency = z.object({
  p50: quantity,
  p90: quantity,
  p95: quantity,
  p99: quantity,
  p999: quantity,
  max: quantity,
  curve: list(z.tuple([z.number().min(0).max(100), quantity]), 10_000),
});

const server = z.object({
  cpuMicrosPerRequest: quantity.nullable(),
  cpuShare: quantity.nullable(),
  rssBytes: quantity.nullable(),
  rssPeakBytes: quantity.nullable(),
  loopDelayP99: quantity.nullable(),
  loopDelayMax: quantity.nullable(),
  handles: quantity.nullable(),
  redisCommandsPerRequest: quantity.nullable(),
  sqlStatementsPerRequest: quantity.nullable(),
});

const timelinePoint = z.object({
  atS: quantity,
  requestsPerS: quantity,
  shedPerS: quantity,
  p95: quantity.nullable(),
  cpuShare: quantity,
  rssBytes: quantity,
});

const round = z.object({
  elapsedS: quantity,
  succeeded: whole,
  shed: whole,
  failed: whole,
  requestsPerS: quantity,
  latency: latency.nullable(),
  shedLatency: latency.nullable(),
  server,
  clientCpuShare: quantity,
  timeline: list(timelinePoint, 100_000),
});

const phase = z.object({
  name,
  loop: z.enum(['closed', 'open']),
  generator: z.enum(['sluice', 'wrk', 'autocannon']),
  connections: whole,
  ratePerS: quantity.nullable(),
  rounds: list(round, 1000),
});

const check = z.object({
  name,
  value: z.number().min(-QUANTITY_MAX).max(QUANTITY_MAX),
  relation: z.enum(['at most', 'at least']),
  limit: z.number().min(-QUANTITY_MAX).max(QUANTITY_MAX),
  unit: text(40),
  passed: z.boolean(),
});

const scenario = z.object({
  name,
  description: text(2000),
  contender: name,
  phases: list(phase, 200),
  checks: list(check, 200),
  warnings: list(text(2000), 200),
});

const perfResult: z.ZodType<PerfResult> = z.object({
  schema: z.literal(RESULT_SCHEMA),
  createdAt: z.iso.datetime(),
  command: text(10_000),
  revision: z.object({
    commit: z.string().regex(/^[0-9a-f]{40}$/, 'must be 40 hexadecimal digits'),
    subject: text(500),
    isModified: z.boolean(),
  }),
  machine: z.object({
    processor: text(200),
    processors: whole,
    threadsPerCore: quantity,
    memoryBytes: quantity,
    system: text(200),
    node: text(100),
    postgres: text(200),
    redis: text(200),
  }),
  data: z.object({ titles: whole, streams: whole, databaseBytes: quantity }),
  scenarios: list(scenario, 500).min(1, 'must hold at least one scenario'),
});

/** @throws Error in one line when the file cannot be read, is no JSON, or has another form */
export async function readResult(path: string): Promise<PerfResult> {
  const json = await readText(path);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new Error(
      `${path} is not JSON (${error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : String(error)}): ${EXPECTED}`,
    );
  }
  return parseResult(value, path);
}

/** @throws Error that names the first field that is wrong */
export function parseResult(value: unknown, path: string): PerfResult {
  const number =
    typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  if (number === undefined) throw new Error(`${path} has no schema number: ${EXPECTED}`);
  if (number !== RESULT_SCHEMA)
    throw new Error(
      `${path} has schema ${JSON.stringify(number)}: this revision reads schema ${RESULT_SCHEMA}`,
    );
  const parsed = perfResult.safeParse(value);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  throw new Error(
    `${path}: ${issues[0] === undefined ? 'it has another form' : describe(issues[0])}${more}`,
  );
}

/** `scenarios[0].phases[1].rounds[0].succeeded: expected int, received string`. */
function describe(issue: z.core.$ZodIssue): string {
  const place = issue.path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
  const message = issue.message
    .replace(/^Invalid input: /, '')
    .replace(/^(Too (small|big|long): )/, '');
  return `${place} ${message.endsWith('received undefined') ? 'is missing' : `is wrong: ${message}`}`;
}

async function readText(path: string): Promise<string> {
  const found = await stat(path).catch((error: unknown) => refuse(path, error));
  if (!found.isFile()) throw new Error(`${path} is no file: ${EXPECTED}`);
  if (found.size > FILE_BYTES_MAX)
    throw new Error(`${path} has ${found.size} bytes: at most ${FILE_BYTES_MAX} are read`);
  return readFile(path, 'utf8').catch((error: unknown) => refuse(path, error));
}

function refuse(path: string, error: unknown): never {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  throw new Error(
    code === 'ENOENT' ? `${path} does not exist: ${EXPECTED}` : `${path} cannot be read: ${code}`,
  );
}
