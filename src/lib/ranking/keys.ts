/** Packed sort keys, computed column by column and once per row; lower is better. */
import type { StreamColumns } from '../stream-set/format.ts';
import { LANGUAGE_UNKNOWN_BIT } from '../vocabulary.ts';
import { NOT_ALLOWED, type CompiledRanking, type KeyPart, type RankTable } from './compile.ts';

/** Fills `compiled.limbs` numbers for each of the first `count` rows named by `rows`. */
export function fillKeys(
  columns: StreamColumns, compiled: CompiledRanking, rows: Uint16Array, count: number, keys: Float64Array,
): void {
  const { limbs } = compiled;
  keys.fill(0, 0, count * limbs);
  for (const part of compiled.parts) {
    switch (part.key) {
      case 'kind': addPlaces(columns.kind, compiled.kinds, part, limbs, rows, count, keys); break;
      case 'resolution': addPlaces(columns.resolution, compiled.resolutions, part, limbs, rows, count, keys); break;
      case 'quality': addPlaces(columns.quality, compiled.qualities, part, limbs, rows, count, keys); break;
      case 'language': addLanguages(columns, compiled, part, rows, count, keys); break;
      case 'seeders': addNumbers(columns.seeders, 1, part, limbs, rows, count, keys); break;
      case 'addedAt': addNumbers(columns.addedAtS, 0, part, limbs, rows, count, keys); break;
      case 'size': addSizes(columns, part, limbs, rows, count, keys); break;
    }
  }
  for (let at = 0, key = limbs - 1; at < count; at++, key += limbs) keys[key] = columns.streamId[rows[at] ?? 0] ?? 0;
}

/** Places in a preference list: 0 is the best, so "best first" takes them as they are. */
function addPlaces(
  column: Uint8Array, table: RankTable, part: KeyPart, limbs: number,
  rows: Uint16Array, count: number, keys: Float64Array,
): void {
  for (let at = 0, key = part.limb; at < count; at++, key += limbs) {
    const place = table[column[rows[at] ?? 0] ?? 0] ?? NOT_ALLOWED;
    keys[key] = (keys[key] ?? 0) * part.span + (part.descending ? place : NOT_ALLOWED - place);
  }
}

/** Amounts: most first, so they are taken from the largest that the key's bits hold. */
function addNumbers(
  column: Int32Array | Uint32Array, shift: number, part: KeyPart, limbs: number,
  rows: Uint16Array, count: number, keys: Float64Array,
): void {
  const highest = part.span - 1;
  for (let at = 0, key = part.limb; at < count; at++, key += limbs) {
    const amount = (column[rows[at] ?? 0] ?? 0) + shift;
    keys[key] = (keys[key] ?? 0) * part.span + (part.descending ? highest - amount : amount);
  }
}

/** Size of the file that plays, or of the whole when it is not known. Fills a number by itself (53 bits). */
function addSizes(
  columns: StreamColumns, part: KeyPart, limbs: number, rows: Uint16Array, count: number, keys: Float64Array,
): void {
  const highest = part.span - 1;
  for (let at = 0, key = part.limb; at < count; at++, key += limbs) {
    const row = rows[at] ?? 0;
    const sizeBytes = columns.fileSizeBytes[row] || (columns.totalSizeBytes[row] ?? 0);
    keys[key] = part.descending ? highest - sizeBytes : sizeBytes;
  }
}

function addLanguages(
  columns: StreamColumns, compiled: CompiledRanking, part: KeyPart,
  rows: Uint16Array, count: number, keys: Float64Array,
): void {
  const { languages, limbs } = compiled;
  for (let at = 0, key = part.limb; at < count; at++, key += limbs) {
    const row = rows[at] ?? 0;
    const place = bestPlace(languages, columns.languagesLow[row] ?? 0, columns.languagesHigh[row] ?? 0);
    keys[key] = (keys[key] ?? 0) * part.span + (part.descending ? place : NOT_ALLOWED - place);
  }
}

/** Lowest place among the languages of a row; a row without any is "unknown". */
function bestPlace(table: RankTable, low: number, high: number): number {
  if (low === 0 && high === 0) return table[LANGUAGE_UNKNOWN_BIT] ?? NOT_ALLOWED;
  let best = NOT_ALLOWED;
  for (let rest = low; rest !== 0; rest &= rest - 1) {
    best = Math.min(best, table[31 - Math.clz32(rest & -rest)] ?? NOT_ALLOWED);
  }
  for (let rest = high; rest !== 0; rest &= rest - 1) {
    best = Math.min(best, table[63 - Math.clz32(rest & -rest)] ?? NOT_ALLOWED);
  }
  return best;
}
