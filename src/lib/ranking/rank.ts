/**
 * Filter, sort and cap of a StreamSet's rows. Allocates nothing: row numbers, packed keys and counters
 * lie in buffers that all calls share (a call never yields, so they cannot meet).
 */
import { STREAM_SET_ROWS_MAX, type StreamColumns } from '../stream-set/format.ts';
import type { StreamSet } from '../stream-set/stream-set.ts';
import { LANGUAGE_UNKNOWN_BIT } from '../vocabulary.ts';
import { NOT_ALLOWED, type CompiledRanking } from './compile.ts';
import { fillKeys } from './keys.ts';

const UNKNOWN_LANGUAGE_HIGH = 1 << (LANGUAGE_UNKNOWN_BIT - 32);

/** Numbers of the rows that passed the filter, in the order of the set. */
const rows = new Uint16Array(STREAM_SET_ROWS_MAX);
/** Heap of positions in `rows`; the best is at 0. */
const heap = new Uint16Array(STREAM_SET_ROWS_MAX);
const shownPerResolution = new Uint16Array(256);
/** `limbs` packed keys for each position in `rows`; grows to the largest set seen (256 KB at 4 limbs). */
let keys = new Float64Array(1024);

/**
 * Writes the row numbers to show into `out`, best first, and returns how many.
 * @param out at least `compiled.streamsMax` long
 */
export function rank(set: StreamSet, compiled: CompiledRanking, out: Uint32Array): number {
  const count = filter(set.columns, set.rowCount, compiled);
  const { limbs, streamsMax, streamsPerResolutionMax } = compiled;
  if (keys.length < count * limbs) keys = new Float64Array(count * limbs * 2);
  fillKeys(set.columns, compiled, rows, count, keys);
  for (let at = 0; at < count; at++) heap[at] = at;
  for (let at = (count >> 1) - 1; at >= 0; at--) siftDown(at, count, limbs);
  // Taking the best off a heap orders no more rows than are shown: 16 µs for 200 rows with everything, where
  // sorting the same packed keys alone takes 22 µs (native-bench/ranking).
  shownPerResolution.fill(0);
  let shown = 0;
  for (let left = count; left > 0 && shown < streamsMax; ) {
    const row = rows[heap[0] ?? 0] ?? 0;
    heap[0] = heap[--left] ?? 0;
    siftDown(0, left, limbs);
    const resolution = set.columns.resolution[row] ?? 0;
    const sameResolution = shownPerResolution[resolution] ?? 0;
    if (sameResolution >= streamsPerResolutionMax) continue;
    shownPerResolution[resolution] = sameResolution + 1;
    out[shown++] = row;
  }
  return shown;
}

/** Puts the allowed rows' numbers into `rows` and returns how many they are. */
function filter(columns: StreamColumns, rowCount: number, compiled: CompiledRanking): number {
  const { kinds, resolutions, qualities, sizeBytesMin, sizeBytesMax } = compiled;
  let count = 0;
  for (let row = 0; row < rowCount; row++) {
    if (kinds[columns.kind[row] ?? 0] === NOT_ALLOWED) continue;
    if (resolutions[columns.resolution[row] ?? 0] === NOT_ALLOWED) continue;
    if (qualities[columns.quality[row] ?? 0] === NOT_ALLOWED) continue;
    const sizeBytes = columns.fileSizeBytes[row] || (columns.totalSizeBytes[row] ?? 0);
    if (sizeBytes !== 0 && (sizeBytes < sizeBytesMin || sizeBytes > sizeBytesMax)) continue;
    if (!hdrAllowed(columns.hdrMask[row] ?? 0, compiled)) continue;
    if (!languageAllowed(columns.languagesLow[row] ?? 0, columns.languagesHigh[row] ?? 0, compiled)) continue;
    rows[count++] = row;
  }
  return count;
}

function hdrAllowed(mask: number, compiled: CompiledRanking): boolean {
  return mask === 0 ? compiled.hdrUnknown : (mask & compiled.hdrMask) !== 0;
}

function languageAllowed(low: number, high: number, compiled: CompiledRanking): boolean {
  if (low === 0 && high === 0) return (UNKNOWN_LANGUAGE_HIGH & compiled.languagesHigh) !== 0;
  return (low & compiled.languagesLow) !== 0 || (high & compiled.languagesHigh) !== 0;
}

function siftDown(from: number, length: number, limbs: number): void {
  const moving = heap[from] ?? 0;
  let at = from;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= length) break;
    if (child + 1 < length && isBefore(heap[child + 1] ?? 0, heap[child] ?? 0, limbs)) child++;
    const below = heap[child] ?? 0;
    if (!isBefore(below, moving, limbs)) break;
    heap[at] = below;
    at = child;
  }
  heap[at] = moving;
}

/** Lower keys first; rows with equal keys (one stream id twice) keep the order of the set. */
function isBefore(a: number, b: number, limbs: number): boolean {
  let atA = a * limbs;
  let atB = b * limbs;
  for (let limb = 0; limb < limbs; limb++, atA++, atB++) {
    const left = keys[atA] ?? 0;
    const right = keys[atB] ?? 0;
    if (left !== right) return left < right;
  }
  return a < b;
}
