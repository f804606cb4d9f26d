/** Turns ranking settings into tables and masks, once per distinct settings; `rank.ts` reads only these. */
import { createHash } from 'node:crypto';
import {
  HDR_FORMATS, LANGUAGES, LANGUAGE_UNKNOWN_BIT, QUALITIES, RESOLUTIONS, STREAM_KINDS, maskOf,
} from '../vocabulary.ts';
import type { RankingSettings, SortKey } from './settings.ts';

/** Place in the preference list by code; NOT_ALLOWED for codes that are not shown. */
export type RankTable = Uint8Array;
export const NOT_ALLOWED = 255;

/** One sort key's place among the packed keys of a row. */
export interface KeyPart {
  readonly key: SortKey;
  readonly descending: boolean;
  /** Which of the row's packed numbers it is part of. */
  readonly limb: number;
  /** What the number is multiplied by before this part is added: 2 to the power of its bits. */
  readonly span: number;
}

export interface CompiledRanking {
  readonly kinds: RankTable;
  readonly resolutions: RankTable;
  readonly qualities: RankTable;
  /** Place in the preference list by language bit (0 to 48). */
  readonly languages: RankTable;
  readonly languagesLow: number;
  readonly languagesHigh: number;
  readonly hdrMask: number;
  readonly hdrUnknown: boolean;
  readonly sizeBytesMin: number;
  readonly sizeBytesMax: number;
  readonly parts: readonly KeyPart[];
  /** Packed numbers a row, the stream id (always the last) included. */
  readonly limbs: number;
  readonly streamsPerResolutionMax: number;
  /** Length that `rank`'s output needs at least. */
  readonly streamsMax: number;
  /** Equal for settings that lead to the same list; part of response-reuse keys. */
  readonly fingerprint: string;
}

/** Whole numbers up to here are exact in a double: the room for packed keys. */
const LIMB_BITS = 53;

const KEY_BITS: Readonly<Record<SortKey, number>> = {
  kind: 8, resolution: 8, quality: 8, language: 8, seeders: 32, size: 53, addedAt: 32,
};

export function compileRanking(settings: RankingSettings): CompiledRanking {
  const { parts, limbs } = packParts(settings);
  const languages = languageTable(settings.languages);
  return {
    kinds: rankTable(STREAM_KINDS, settings.kinds),
    resolutions: rankTable(RESOLUTIONS, settings.resolutions),
    qualities: rankTable(QUALITIES, settings.qualities),
    languages,
    languagesLow: allowedBits(languages, 0),
    languagesHigh: allowedBits(languages, 32),
    hdrMask: maskOf(HDR_FORMATS, settings.hdrFormats),
    hdrUnknown: settings.hdrFormats.includes('unknown'),
    sizeBytesMin: settings.sizeBytesMin,
    sizeBytesMax: settings.sizeBytesMax,
    parts,
    limbs,
    streamsPerResolutionMax: settings.streamsPerResolutionMax,
    streamsMax: settings.streamsMax,
    fingerprint: fingerprintOf(settings),
  };
}

/** Codes that a newer process wrote (above the list) count as "unknown", which is code 0 where there is one. */
function rankTable(list: readonly string[], preference: readonly string[]): RankTable {
  const table = new Uint8Array(256).fill(NOT_ALLOWED);
  list.forEach((name, code) => {
    const place = preference.indexOf(name);
    if (place !== -1) table[code] = place;
  });
  if (list[0] === 'unknown') table.fill(table[0] ?? NOT_ALLOWED, list.length);
  return table;
}

function languageTable(preference: readonly string[]): RankTable {
  const table = new Uint8Array(64).fill(NOT_ALLOWED);
  preference.forEach((name, place) => {
    const bit = name === 'unknown' ? LANGUAGE_UNKNOWN_BIT : LANGUAGES.findIndex((language) => language === name);
    if (bit !== -1 && table[bit] === NOT_ALLOWED) table[bit] = place;
  });
  return table;
}

function allowedBits(table: RankTable, from: number): number {
  let mask = 0;
  for (let bit = 0; bit < 32; bit++) if (table[from + bit] !== NOT_ALLOWED) mask |= 1 << bit;
  return mask;
}

/** Packs as many neighbouring keys into one number as fit exactly: most comparisons then look at one. */
function packParts(settings: RankingSettings): Pick<CompiledRanking, 'parts' | 'limbs'> {
  let limb = 0;
  let bits = 0;
  const parts = settings.sort.map(({ key, descending }): KeyPart => {
    if (bits + KEY_BITS[key] > LIMB_BITS) {
      limb++;
      bits = 0;
    }
    bits += KEY_BITS[key];
    return { key, descending, limb, span: 2 ** KEY_BITS[key] };
  });
  return { parts, limbs: parts.length === 0 ? 1 : limb + 2 };
}

/** The order of `hdrFormats` does not matter, so it must not split the reuse of responses. */
function fingerprintOf(settings: RankingSettings): string {
  const canonical = [
    settings.kinds, settings.resolutions, settings.qualities, settings.languages, settings.hdrFormats.toSorted(),
    settings.sizeBytesMin, settings.sizeBytesMax, settings.sort.map(({ key, descending }) => [key, descending]),
    settings.streamsPerResolutionMax, settings.streamsMax,
  ];
  return createHash('sha1').update(JSON.stringify(canonical)).digest('base64url').slice(0, 16);
}
