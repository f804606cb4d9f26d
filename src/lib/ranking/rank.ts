/**
 * Filter, sort and cap of a StreamSet's rows. Allocates its result only: the rest lies in buffers that all calls share.
 * Rows that pass fall into buckets of one kind and one resolution, each no larger than the caps can show
 * (docs/decisions/0011-configured-requests.md).
 */
import { STREAM_SET_ROWS_MAX, type StreamColumns } from '../stream-set/format.ts';
import type { StreamSet } from '../stream-set/stream-set.ts';
import { RESOLUTIONS } from '../vocabulary.ts';
import type { CompiledRanking } from './compile.ts';
import { DROPPED_BY, DROP_RULES, KEPT } from './drop-rules.ts';
import { dropRuleOf, type NameMatches } from './filter.ts';
import { fillKeys } from './keys.ts';
import {
  MARKS,
  markOf,
  pairOf,
  rowOfShown,
  type RankedServices,
  type ServiceMarks,
} from './service-marks.ts';
import { STREAMS_MAX } from './settings.ts';

/** Rows by DROP_RULES; the first entry is how many are shown. */
export type DropCounts = Uint16Array;

/** What `rank` kept and dropped; the caller's own. */
export interface Ranking {
  /** Row numbers to show, best first; those with a service hold it, too (`service-marks.ts`). */
  readonly shown: Uint32Array;
  readonly dropped: DropCounts;
}

const RESOLUTION_CODES = 16;
const BUCKETS = 8 * RESOLUTION_CODES;

/** Services that one stream may be shown with. */
const SERVICES_MAX = 5;

/** Numbers of the rows that passed the filter, in the order of the set; once for each service that shows them. */
const rows = new Uint16Array(STREAM_SET_ROWS_MAX * SERVICES_MAX);
/** By position in `rows`: the service from 1, 0 for none. Written and read only where there are services. */
const services = new Uint8Array(STREAM_SET_ROWS_MAX * SERVICES_MAX);
/** For each bucket a heap of positions in `rows`, the worst at the top. */
const best = new Uint16Array(BUCKETS * STREAMS_MAX);
const bestCounts = new Uint16Array(BUCKETS);
/** What passed the filter, and what was shown of it, by bucket. */
const passedCounts = new Uint16Array(BUCKETS);
const shownCounts = new Uint16Array(BUCKETS);
const shownPerKind = new Uint16Array(BUCKETS / RESOLUTION_CODES);
/** By bucket where kinds are separate, else by resolution. */
const shownPerResolution = new Uint16Array(BUCKETS);
/** The best of all buckets: a heap of positions in `rows`, the best at the top. */
const candidates = new Uint16Array(BUCKETS * STREAMS_MAX);
/** Row numbers that are shown, best first. */
const shownRows = new Uint32Array(STREAMS_MAX);
/** `limbs` packed keys for each position in `rows`; grows to the largest set seen (256 KB at 4 limbs). */
let keys = new Float64Array(1024);
let limbs = 1;

/**
 * Which rows are shown, in which order, and how many were dropped for which reason.
 * @param nameMatches by row; not null exactly when `compiled.nameFilter` is not
 * @param marks of the services in `compiled`; null where nobody has asked: then nothing is dropped for it
 * @param verdicts as long as the set: gets the index into DROP_RULES of each row; null where nobody asks
 */
export function rank(
  set: StreamSet,
  compiled: CompiledRanking,
  nameMatches: NameMatches | null,
  verdicts: Uint8Array | null = null,
  marks: ServiceMarks | null = null,
): Ranking {
  const { isSeries } = set;
  const dropped = new Uint16Array(DROP_RULES.length);
  const passed = filter(set, compiled, nameMatches, dropped, verdicts);
  const isPaired = compiled.services.kinds.length > 0;
  const count = isPaired
    ? pair(set.columns, passed, compiled.services, marks, dropped, verdicts)
    : passed;
  ({ limbs } = compiled);
  if (keys.length < count * limbs) keys = new Float64Array(count * limbs * 2);
  fillKeys({ columns: set.columns, rows, count, isSeries, services, marks }, compiled, keys);
  const candidateCount = select(set.columns, count, compiled);
  const shownCount = take(set.columns, candidateCount, compiled, isPaired);
  countCaps(dropped, compiled);
  if (verdicts !== null) {
    nameCaps(set.columns, count, compiled, verdicts);
    for (let at = 0; at < shownCount; at++) verdicts[rowOfShown(shownRows[at] ?? 0)] = KEPT;
  }
  return { shown: shownRows.slice(0, shownCount), dropped };
}

/** Puts the allowed rows' numbers into `rows` and returns how many they are. */
function filter(
  set: StreamSet,
  compiled: CompiledRanking,
  nameMatches: NameMatches | null,
  dropped: DropCounts,
  verdicts: Uint8Array | null,
): number {
  const { isSeries } = set;
  let count = 0;
  for (let row = 0; row < set.rowCount; row++) {
    const rule = dropRuleOf(set.columns, row, isSeries, compiled, nameMatches);
    if (verdicts !== null) verdicts[row] = rule;
    if (rule === KEPT) rows[count++] = row;
    else dropped[rule] = (dropped[rule] ?? 0) + 1;
  }
  return count;
}

/** The rows that passed, apart from `rows`, which is written while they are read. */
const passedRows = new Uint16Array(STREAM_SET_ROWS_MAX);

/** Puts rows that services play with these into `rows` and `services`, others by themselves; returns how many they are. */
function pair(
  columns: StreamColumns,
  passed: number,
  played: RankedServices,
  marks: ServiceMarks | null,
  dropped: DropCounts,
  verdicts: Uint8Array | null,
): number {
  passedRows.set(rows.subarray(0, passed));
  const { kinds, onlyCached, isMixed } = played;
  const serviceCount = Math.min(kinds.length, SERVICES_MAX);
  let count = 0;
  for (let at = 0; at < passed; at++) {
    const row = passedRows[at] ?? 0;
    const kind = columns.kind[row] ?? 0;
    const first = firstOf(played, serviceCount, kind);
    const only = first !== -1 && isMixed ? firstWith(marks, played, kind, row, first) : -1;
    const before = count;
    for (let service = first === -1 ? serviceCount : first; service < serviceCount; service++) {
      if (only === -1 ? !plays(kinds, service, kind) : service !== only) continue;
      const isDropped =
        onlyCached[service] === true &&
        marks !== null &&
        markOf(marks, service, row) !== MARKS.cached;
      if (isDropped) continue;
      rows[count] = row;
      services[count++] = service + 1;
    }
    if (first === -1) {
      rows[count] = row;
      services[count++] = 0;
    } else if (count === before) {
      dropped[DROPPED_BY.notCached] = (dropped[DROPPED_BY.notCached] ?? 0) + 1;
      if (verdicts !== null) verdicts[row] = DROPPED_BY.notCached;
    }
  }
  return count;
}

function plays(kinds: readonly number[], service: number, kind: number): boolean {
  return (((kinds[service] ?? 0) >>> kind) & 1) === 1;
}

/** The first service that plays the kind; -1 where none does. */
function firstOf({ kinds }: RankedServices, serviceCount: number, kind: number): number {
  for (let service = 0; service < serviceCount; service++)
    if (plays(kinds, service, kind)) return service;
  return -1;
}

/** The first service that has it cached, else the first that plays the kind. */
function firstWith(
  marks: ServiceMarks | null,
  { kinds }: RankedServices,
  kind: number,
  row: number,
  first: number,
): number {
  for (let service = first; service < kinds.length; service++)
    if (plays(kinds, service, kind) && markOf(marks, service, row) === MARKS.cached) return service;
  return first;
}

/** Kinds that are shown have a code below 8; a newer process's resolutions count as unknown. */
function bucketOf(columns: StreamColumns, row: number): number {
  const resolution = columns.resolution[row] ?? 0;
  return (
    (columns.kind[row] ?? 0) * RESOLUTION_CODES + (resolution < RESOLUTIONS.length ? resolution : 0)
  );
}

/** Fills `candidates` and returns how many they are. */
function select(columns: StreamColumns, count: number, compiled: CompiledRanking): number {
  const { streamsMax, streamsPerKindMax, streamsPerResolutionMax } = compiled;
  const most = Math.min(streamsMax, streamsPerKindMax, streamsPerResolutionMax);
  bestCounts.fill(0);
  passedCounts.fill(0);
  for (let at = 0; at < count; at++) {
    const bucket = bucketOf(columns, rows[at] ?? 0);
    passedCounts[bucket] = (passedCounts[bucket] ?? 0) + 1;
    offer(bucket, at, most);
  }
  let candidateCount = 0;
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const from = bucket * STREAMS_MAX;
    const end = from + (bestCounts[bucket] ?? 0);
    for (let at = from; at < end; at++) candidates[candidateCount++] = best[at] ?? 0;
  }
  return candidateCount;
}

/** Keeps the position among the `most` best of its bucket, if it is one of them. */
function offer(bucket: number, position: number, most: number): void {
  const from = bucket * STREAMS_MAX;
  const count = bestCounts[bucket] ?? 0;
  if (count < most) {
    bestCounts[bucket] = count + 1;
    siftUpWorst(from, count, position);
  } else if (most > 0 && isBefore(position, best[from] ?? 0)) {
    siftDownWorst(from, count, position);
  }
}

function siftUpWorst(from: number, hole: number, moving: number): void {
  let at = hole;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = best[from + parent] ?? 0;
    if (!isBefore(above, moving)) break;
    best[from + at] = above;
    at = parent;
  }
  best[from + at] = moving;
}

function siftDownWorst(from: number, length: number, moving: number): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= length) break;
    if (child + 1 < length && isBefore(best[from + child] ?? 0, best[from + child + 1] ?? 0))
      child++;
    const below = best[from + child] ?? 0;
    if (!isBefore(moving, below)) break;
    best[from + at] = below;
    at = child;
  }
  best[from + at] = moving;
}

/** Moves candidates off their heap to `shownRows`, best first, as far as the caps let them; returns how many. */
function take(
  columns: StreamColumns,
  candidateCount: number,
  compiled: CompiledRanking,
  isPaired: boolean,
): number {
  const { isSeparate, streamsMax, streamsPerKindMax, streamsPerResolutionMax } = compiled;
  shownCounts.fill(0);
  shownPerKind.fill(0);
  shownPerResolution.fill(0);
  for (let at = (candidateCount >> 1) - 1; at >= 0; at--) siftDown(at, candidateCount);
  let shown = 0;
  for (let left = candidateCount; left > 0 && shown < streamsMax;) {
    const position = candidates[0] ?? 0;
    const row = rows[position] ?? 0;
    candidates[0] = candidates[--left] ?? 0;
    siftDown(0, left);
    const bucket = bucketOf(columns, row);
    const kind = bucket >> 4;
    const resolution = isSeparate ? bucket : bucket & 15;
    const sameKind = shownPerKind[kind] ?? 0;
    const sameResolution = shownPerResolution[resolution] ?? 0;
    if (sameKind >= streamsPerKindMax || sameResolution >= streamsPerResolutionMax) continue;
    shownPerKind[kind] = sameKind + 1;
    shownPerResolution[resolution] = sameResolution + 1;
    shownCounts[bucket] = (shownCounts[bucket] ?? 0) + 1;
    const service = isPaired ? (services[position] ?? 0) : 0;
    shownRows[shown++] = service === 0 ? row : pairOf(row, service - 1);
  }
  return shown;
}

/** Which cap is full for a bucket whose rows are not all shown. */
function capOf(bucket: number, compiled: CompiledRanking): number {
  if ((shownPerKind[bucket >> 4] ?? 0) >= compiled.streamsPerKindMax) return DROPPED_BY.kindCap;
  const resolution = compiled.isSeparate ? bucket : bucket & 15;
  const isFull = (shownPerResolution[resolution] ?? 0) >= compiled.streamsPerResolutionMax;
  return isFull ? DROPPED_BY.resolutionCap : DROPPED_BY.totalCap;
}

/** Counts what is shown, and what passed the filter but not the caps. */
function countCaps(dropped: DropCounts, compiled: CompiledRanking): void {
  for (let bucket = 0; bucket < BUCKETS; bucket++) {
    const passed = passedCounts[bucket] ?? 0;
    if (passed === 0) continue;
    const shown = shownCounts[bucket] ?? 0;
    const rule = capOf(bucket, compiled);
    dropped[KEPT] = (dropped[KEPT] ?? 0) + shown;
    dropped[rule] = (dropped[rule] ?? 0) + passed - shown;
  }
}

/** The cap that is in the way of each row that passed the filter, were it not shown. */
function nameCaps(
  columns: StreamColumns,
  count: number,
  compiled: CompiledRanking,
  verdicts: Uint8Array,
): void {
  for (let at = 0; at < count; at++) {
    const row = rows[at] ?? 0;
    verdicts[row] = capOf(bucketOf(columns, row), compiled);
  }
}

function siftDown(from: number, length: number): void {
  const moving = candidates[from] ?? 0;
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= length) break;
    if (child + 1 < length && isBefore(candidates[child + 1] ?? 0, candidates[child] ?? 0)) child++;
    const below = candidates[child] ?? 0;
    if (!isBefore(below, moving)) break;
    candidates[at] = below;
    at = child;
  }
  candidates[at] = moving;
}

/** Lower keys first; rows with equal keys (one stream id twice) keep the order of the set. */
function isBefore(a: number, b: number): boolean {
  let atA = a * limbs;
  let atB = b * limbs;
  for (let limb = 0; limb < limbs; limb++, atA++, atB++) {
    const left = keys[atA] ?? 0;
    const right = keys[atB] ?? 0;
    if (left !== right) return left < right;
  }
  return a < b;
}
