/** Packed sort keys, computed column by column and once per row; lower is better. */
import type { StreamColumns } from '../stream-set/format.ts';
import { CODECS, LANGUAGE_UNKNOWN_BIT, QUALITIES, RESOLUTIONS } from '../vocabulary.ts';
import {
  AUDIO_BITS,
  AUDIO_UNKNOWN,
  HDR_BITS,
  NOT_ALLOWED,
  type CompiledRanking,
  type KeyPart,
  type RankTable,
} from './compile.ts';
import { MARKS, markOf, type ServiceMarks } from './service-marks.ts';

/** The rows whose keys are asked for. */
export interface KeyedRows {
  readonly columns: StreamColumns;
  /** Numbers of rows that passed the filter; the first `count` count. */
  readonly rows: Uint16Array;
  readonly count: number;
  /** By position: the service from 1, 0 for none; read only where there are some. */
  readonly services: Uint8Array;
  /** Null: nothing is known. */
  readonly marks: ServiceMarks | null;
  /** Total sizes say nothing about an episode. */
  readonly isSeries: boolean;
}

/** Fills `compiled.limbs` numbers for each row. */
export function fillKeys(keyed: KeyedRows, compiled: CompiledRanking, keys: Float64Array): void {
  const { columns, rows, count } = keyed;
  const { limbs } = compiled;
  keys.fill(0, 0, count * limbs);
  for (const part of compiled.parts) {
    switch (part.key) {
      case 'kind':
        addPlaces(columns.kind, 255, ALL_KNOWN, compiled.kinds, part, limbs, keyed, keys);
        break;
      case 'cached':
        addMarks(compiled, part, keyed, keys);
        break;
      case 'resolution':
        addPlaces(
          columns.resolution,
          255,
          RESOLUTIONS.length,
          compiled.resolutions,
          part,
          limbs,
          keyed,
          keys,
        );
        break;
      case 'quality':
        addPlaces(
          columns.quality,
          255,
          QUALITIES.length,
          compiled.qualities,
          part,
          limbs,
          keyed,
          keys,
        );
        break;
      case 'codec':
        addPlaces(columns.codec, 255, CODECS.length, compiled.codecs, part, limbs, keyed, keys);
        break;
      case 'hdr':
        addPlaces(columns.hdrMask, HDR_BITS, HDR_BITS + 1, compiled.hdr, part, limbs, keyed, keys);
        break;
      case 'audio':
        addAudio(compiled, part, keyed, keys);
        break;
      case 'language':
        addLanguages(compiled, part, keyed, keys);
        break;
      case 'seeders':
        addNumbers(columns.seeders, 1, part, limbs, keyed, keys);
        break;
      case 'addedAt':
        addNumbers(columns.addedAtS, 0, part, limbs, keyed, keys);
        break;
      case 'size':
        addSizes(part, limbs, keyed, keys);
        break;
    }
  }
  for (let at = 0, key = limbs - 1; at < count; at++, key += limbs)
    keys[key] = columns.streamId[rows[at] ?? 0] ?? 0;
}

/** Size of the file that plays; of a movie whose file is not known, that of the whole. 0: not known. */
export function playedBytes(columns: StreamColumns, row: number, isSeries: boolean): number {
  const fileBytes = columns.fileSizeBytes[row] ?? 0;
  return fileBytes !== 0 || isSeries ? fileBytes : (columns.totalSizeBytes[row] ?? 0);
}

/** Every code has a meaning, 0 too. */
const ALL_KNOWN = 0;
const UNKNOWN_LAST = NOT_ALLOWED;

/** Key of ascending order: what is not known comes last, and the worst of what is known first. */
function ascending(place: number, isKnownPlace: boolean): number {
  return isKnownPlace ? UNKNOWN_LAST - 1 - place : UNKNOWN_LAST;
}

function isKnown(code: number, codes: number): boolean {
  return codes === ALL_KNOWN || (code > 0 && code < codes);
}

/** Some language besides "unknown". */
function isNamed(low: number, high: number): boolean {
  return low !== 0 || (high & ~UNKNOWN_LANGUAGE_HIGH) !== 0;
}

/**
 * Places in a preference list: 0 is the best, so "best first" takes them as they are.
 * @param codes how many codes there are; 0 and those beyond mean "unknown"
 */
function addPlaces(
  column: Uint8Array,
  bits: number,
  codes: number,
  table: RankTable,
  part: KeyPart,
  limbs: number,
  { rows, count }: KeyedRows,
  keys: Float64Array,
): void {
  for (let at = 0, key = part.limb; at < count; at++, key += limbs) {
    const code = (column[rows[at] ?? 0] ?? 0) & bits;
    const place = table[code] ?? NOT_ALLOWED;
    keys[key] =
      (keys[key] ?? 0) * part.span +
      (part.descending ? place : ascending(place, isKnown(code, codes)));
  }
}

/** Amounts: most first, so they are taken from the largest that the key's bits hold; 0 is "unknown" and last either way. */
function addNumbers(
  column: Int32Array | Uint32Array,
  shift: number,
  part: KeyPart,
  limbs: number,
  { rows, count }: KeyedRows,
  keys: Float64Array,
): void {
  const highest = part.span - 1;
  for (let at = 0, key = part.limb; at < count; at++, key += limbs) {
    const amount = (column[rows[at] ?? 0] ?? 0) + shift;
    keys[key] =
      (keys[key] ?? 0) * part.span + (part.descending || amount === 0 ? highest - amount : amount);
  }
}

/** Fills a number by itself (53 bits); 2^53, behind every size, is exact, too. */
function addSizes(
  part: KeyPart,
  limbs: number,
  { columns, rows, count, isSeries }: KeyedRows,
  keys: Float64Array,
): void {
  const highest = part.span - 1;
  for (let at = 0, key = part.limb; at < count; at++, key += limbs) {
    const sizeBytes = playedBytes(columns, rows[at] ?? 0, isSeries);
    if (part.descending) keys[key] = highest - sizeBytes;
    else keys[key] = sizeBytes === 0 ? part.span : sizeBytes;
  }
}

/** What needs no service plays at once. */
function addMarks(
  { limbs }: CompiledRanking,
  part: KeyPart,
  { rows, services, marks, count }: KeyedRows,
  keys: Float64Array,
): void {
  for (let at = 0, key = part.limb; at < count; at++, key += limbs) {
    const service = services[at] ?? 0;
    const mark = service === 0 ? MARKS.cached : markOf(marks, service - 1, rows[at] ?? 0);
    keys[key] = (keys[key] ?? 0) * part.span + (part.descending ? mark : MARKS.notCached - mark);
  }
}

function addAudio(
  { audio, limbs }: CompiledRanking,
  part: KeyPart,
  { columns, rows, count }: KeyedRows,
  keys: Float64Array,
): void {
  for (let at = 0, key = part.limb; at < count; at++, key += limbs) {
    const mask = (columns.audioMask[rows[at] ?? 0] ?? 0) & AUDIO_BITS;
    const place = bestPlace(audio, AUDIO_UNKNOWN, mask, 0);
    keys[key] =
      (keys[key] ?? 0) * part.span + (part.descending ? place : ascending(place, mask !== 0));
  }
}

function addLanguages(
  { languages, limbs }: CompiledRanking,
  part: KeyPart,
  { columns, rows, count }: KeyedRows,
  keys: Float64Array,
): void {
  for (let at = 0, key = part.limb; at < count; at++, key += limbs) {
    const row = rows[at] ?? 0;
    const low = columns.languagesLow[row] ?? 0;
    const high = columns.languagesHigh[row] ?? 0;
    const place = bestPlace(languages, LANGUAGE_UNKNOWN_BIT, low, high);
    keys[key] =
      (keys[key] ?? 0) * part.span +
      (part.descending ? place : ascending(place, isNamed(low, high)));
  }
}

/** The bit of "unknown" in the upper word. */
const UNKNOWN_LANGUAGE_HIGH = 1 << (LANGUAGE_UNKNOWN_BIT - 32);

/** Lowest place among the bits of a row; a row without any is "unknown". */
function bestPlace(table: RankTable, unknown: number, low: number, high: number): number {
  if (low === 0 && high === 0) return table[unknown] ?? NOT_ALLOWED;
  let best = NOT_ALLOWED;
  for (let rest = low; rest !== 0; rest &= rest - 1) {
    best = Math.min(best, table[31 - Math.clz32(rest & -rest)] ?? NOT_ALLOWED);
  }
  for (let rest = high; rest !== 0; rest &= rest - 1) {
    best = Math.min(best, table[63 - Math.clz32(rest & -rest)] ?? NOT_ALLOWED);
  }
  return best;
}
