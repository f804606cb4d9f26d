/** The crossovers that were measured last, kept in the repository beside the code whose thresholds they justify. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Crossing } from './crossover.ts';
import type { CrossoverResult } from './measure.ts';
import type { Threshold } from './thresholds.ts';

export interface RecordedCrossover {
  /** Bytes; `always` and `never` as in `Crossing`. */
  readonly measured: Crossing;
  /** What the code chose when this was measured. */
  readonly chosen: Crossing;
  /** Why the choice is not at the crossover; null where it is near and no reason was needed. */
  readonly reason: string | null;
  readonly metric: string;
  readonly points: CrossoverResult['points'];
  /** ISO 8601, UTC. */
  readonly recordedAt: string;
  readonly revision: string;
  readonly machine: string;
  /** Share of the machine that others used meanwhile, servers of the suite included. */
  readonly othersShare: number;
}

export type CrossoverRecord = Readonly<Record<string, RecordedCrossover>>;

/** A choice may be this many times smaller or larger than what was measured. */
const FACTOR_MAX = 2;

/** Seen from `dist/native-bench/` and in the repository alike. */
export const RECORD_PATH = join(import.meta.dirname, '../../native-bench/recorded/crossovers.json');

/** Empty when nothing was ever recorded. */
export async function readRecord(path: string): Promise<CrossoverRecord> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  return JSON.parse(text) as CrossoverRecord;
}

/** Replaces those that were measured now, keeps the others. */
export async function writeRecord(path: string, added: CrossoverRecord): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const merged = Object.entries({ ...(await readRecord(path)), ...added }).toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  await writeFile(path, `${JSON.stringify(Object.fromEntries(merged), twoDecimals, 2)}\n`);
}

function twoDecimals(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 100) / 100 : value;
}

/** Where the crossover lies, seen from the choice; `near` within a factor of two. */
export function positionOf(measured: Crossing, chosen: Crossing): 'near' | 'lower' | 'higher' {
  const [from, to] = [bytesOf(measured), bytesOf(chosen)];
  if (from === to || (from <= to * FACTOR_MAX && from >= to / FACTOR_MAX)) return 'near';
  return from < to ? 'lower' : 'higher';
}

function bytesOf(crossing: Crossing): number {
  if (crossing === 'always') return 0;
  return crossing === 'never' ? Infinity : crossing;
}

/**
 * What is wrong between the thresholds in the code and the record: one line each, none when nobody changed a
 * threshold without measuring again, and every choice is near its crossover or says why it is not.
 */
export function recordProblems(
  thresholds: Readonly<Record<string, Threshold>>,
  record: CrossoverRecord,
): string[] {
  const stale = Object.keys(record).filter((name) => !(name in thresholds));
  return [
    ...stale.map((name) => `${name}: recorded, but thresholds.ts has no such name`),
    ...Object.entries(thresholds).flatMap(([name, threshold]) =>
      problemsOf(name, threshold, record[name]),
    ),
  ];
}

function problemsOf(
  name: string,
  { chosen, suite, deviation }: Threshold,
  recorded: RecordedCrossover | undefined,
): string[] {
  const again = `run: npm run bench -- ${suite} --record`;
  if (recorded === undefined) return [`${name}: never recorded; ${again}`];
  if (recorded.chosen !== chosen)
    return [
      `${name}: the code says ${chosen}, the record was made for ${recorded.chosen}; ${again}`,
    ];
  const position = positionOf(recorded.measured, chosen);
  if (position === 'near' || position === deviation?.measuredIs) return [];
  const explained =
    deviation === undefined
      ? 'no reason is given'
      : `the reason given is for a ${deviation.measuredIs} one`;
  return [
    `${name}: the code says ${chosen}, measured ${crossingText(recorded.measured)}; ${explained}`,
  ];
}

/** `37,400 bytes`. */
export function crossingText(crossing: Crossing): string {
  return typeof crossing === 'number'
    ? `${Math.round(crossing).toLocaleString('en')} bytes`
    : crossing;
}
