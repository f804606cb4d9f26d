/** Turns ranking settings into tables and masks, once per distinct settings; `rank.ts` reads only these. */
import { createHash } from 'node:crypto';
import {
  AUDIO_FORMATS,
  CHANNELS,
  CODECS,
  HDR_FORMATS,
  LANGUAGES,
  LANGUAGE_UNKNOWN_BIT,
  QUALITIES,
  RESOLUTIONS,
  STREAM_KINDS,
  maskOf,
} from '../vocabulary.ts';
import { NO_RANKED_SERVICES, type RankedServices } from './service-marks.ts';
import { STREAMS_MAX, type RankingSettings, type SortKey } from './settings.ts';

/** Place in the preference list by code, by mask (HDR, channels) or by bit (languages, audio). */
export type RankTable = Uint8Array;
/** In tables: what is not shown. */
export const NOT_ALLOWED = 255;
/** In the audio table: the place of a stream that names none. */
export const AUDIO_UNKNOWN = AUDIO_FORMATS.length;
/** Bits that have a name here; a newer process may have written more. */
export const HDR_BITS = (1 << HDR_FORMATS.length) - 1;
export const CHANNEL_BITS = (1 << CHANNELS.length) - 1;
export const AUDIO_BITS = (1 << AUDIO_FORMATS.length) - 1;

/** One sort key's place among the packed keys of a row. */
export interface KeyPart {
  readonly key: SortKey;
  readonly descending: boolean;
  /** Which of the row's packed numbers it is part of. */
  readonly limb: number;
  /** What the number is multiplied by before this part is added: 2 to the power of its bits. */
  readonly span: number;
}

/** 1.7 KB with its tables: 10,000 users' fit a process. */
export interface CompiledRanking {
  readonly kinds: RankTable;
  /** Bit by code: kinds that nothing plays, whatever the user chose. */
  readonly unavailableKinds: number;
  readonly resolutions: RankTable;
  readonly qualities: RankTable;
  readonly codecs: RankTable;
  /** By mask. */
  readonly hdr: RankTable;
  readonly channels: RankTable;
  /** By bit, and AUDIO_UNKNOWN. */
  readonly audio: RankTable;
  readonly audioMask: number;
  /** By bit, and LANGUAGE_UNKNOWN_BIT. */
  readonly languages: RankTable;
  readonly languagesLow: number;
  readonly languagesHigh: number;
  readonly sizeBytesMin: number;
  readonly sizeBytesMax: number;
  readonly episodeSizeBytesMin: number;
  readonly episodeSizeBytesMax: number;
  readonly nameFilter: 'include' | 'exclude' | null;
  readonly services: RankedServices;
  readonly parts: readonly KeyPart[];
  /** Packed numbers a row, the stream id (always the last) included. */
  readonly limbs: number;
  /** Caps count for each kind. */
  readonly isSeparate: boolean;
  /** Never 0: STREAMS_MAX stands for no cap. */
  readonly streamsPerResolutionMax: number;
  readonly streamsPerKindMax: number;
  /** Length that `rank`'s output needs at least. */
  readonly streamsMax: number;
  /** Equal for settings that lead to the same list; part of response-reuse keys. */
  readonly fingerprint: string;
}

/** Whole numbers up to here are exact in a double: the room for packed keys. */
const LIMB_BITS = 53;

const KEY_BITS: Readonly<Record<SortKey, number>> = {
  kind: 8,
  cached: 2,
  resolution: 8,
  quality: 8,
  language: 8,
  codec: 8,
  hdr: 8,
  audio: 8,
  seeders: 32,
  size: 53,
  addedAt: 33,
};

export function compileRanking(
  settings: RankingSettings,
  services: RankedServices = NO_RANKED_SERVICES,
): CompiledRanking {
  const { parts, limbs } = packParts(settings);
  const languages = placesByBit(LANGUAGE_CODES, LANGUAGE_UNKNOWN_BIT + 1, settings.languages);
  const audio = placesByBit(AUDIO_CODES, AUDIO_UNKNOWN + 1, settings.audioFormats);
  return {
    kinds: placesByCode(KIND_CODES, settings.kinds),
    unavailableKinds: maskOf(STREAM_KINDS, settings.unavailableKinds),
    resolutions: placesByCode(RESOLUTION_CODES, settings.resolutions),
    qualities: placesByCode(QUALITY_CODES, ...settings.qualityGroups),
    codecs: placesByCode(CODEC_CODES, settings.codecs),
    hdr: placesByMask(HDR_CODES, HDR_FORMATS.length, settings.hdrFormats),
    channels: placesByMask(CHANNEL_CODES, CHANNELS.length, settings.channels),
    audio,
    audioMask: allowedBits(audio, 0) & AUDIO_BITS,
    languages,
    languagesLow: allowedBits(languages, 0),
    languagesHigh: allowedBits(languages, 32),
    sizeBytesMin: settings.sizeBytesMin,
    sizeBytesMax: settings.sizeBytesMax,
    episodeSizeBytesMin: settings.episodeSizeBytesMin,
    episodeSizeBytesMax: settings.episodeSizeBytesMax,
    nameFilter: settings.nameFilter?.mode ?? null,
    services,
    parts,
    limbs,
    isSeparate: settings.grouping === 'separate',
    streamsPerResolutionMax: settings.streamsPerResolutionMax || STREAMS_MAX,
    streamsPerKindMax: settings.streamsPerKindMax || STREAMS_MAX,
    streamsMax: settings.streamsMax,
    fingerprint: fingerprintOf(settings, services),
  };
}

type Codes = ReadonlyMap<string, number>;

const KIND_CODES = codesOf(STREAM_KINDS);
const RESOLUTION_CODES = codesOf(RESOLUTIONS);
const QUALITY_CODES = codesOf(QUALITIES);
const CODEC_CODES = codesOf(CODECS);
const HDR_CODES = codesOf([...HDR_FORMATS, 'unknown']);
const CHANNEL_CODES = codesOf([...CHANNELS, 'unknown']);
const AUDIO_CODES = codesOf([...AUDIO_FORMATS, 'unknown']);
const LANGUAGE_CODES: Codes = codesOf(LANGUAGES).set('unknown', LANGUAGE_UNKNOWN_BIT);

function codesOf(names: readonly string[]): Map<string, number> {
  return new Map(names.map((name, code) => [name, code]));
}

/**
 * Places of one list, or of groups whose members share one. Codes that a newer process wrote (above the list)
 * count as "unknown", which is code 0 where there is one.
 */
function placesByCode(
  codes: Codes,
  ...[first = [], ...rest]: readonly (readonly string[])[]
): RankTable {
  const table = new Uint8Array(256).fill(NOT_ALLOWED);
  if (rest.length === 0) first.forEach((name, place) => setPlace(table, codes, name, place));
  else
    [first, ...rest].forEach((group, place) =>
      group.forEach((name) => setPlace(table, codes, name, place)),
    );
  if (codes.has('unknown')) table.fill(table[0] ?? NOT_ALLOWED, codes.size);
  return table;
}

function placesByBit(codes: Codes, length: number, preference: readonly string[]): RankTable {
  const table = new Uint8Array(length).fill(NOT_ALLOWED);
  preference.forEach((name, place) => setPlace(table, codes, name, place));
  return table;
}

/** The first mention counts. */
function setPlace(table: RankTable, codes: Codes, name: string, place: number): void {
  const code = codes.get(name);
  if (code !== undefined && table[code] === NOT_ALLOWED) table[code] = place;
}

/** The best place of any bit, for every mask of `bits` bits; the empty mask is "unknown". */
function placesByMask(codes: Codes, bits: number, preference: readonly string[]): RankTable {
  const places = placesByBit(codes, bits + 1, preference);
  const table = new Uint8Array(1 << bits);
  table[0] = NOT_ALLOWED;
  for (let mask = 1; mask < table.length; mask++) {
    const lowest = places[31 - Math.clz32(mask & -mask)] ?? NOT_ALLOWED;
    table[mask] = Math.min(lowest, table[mask & (mask - 1)] ?? NOT_ALLOWED);
  }
  table[0] = places[bits] ?? NOT_ALLOWED;
  return table;
}

function allowedBits(table: RankTable, from: number): number {
  let mask = 0;
  const end = Math.min(32, table.length - from);
  for (let bit = 0; bit < end; bit++) if (table[from + bit] !== NOT_ALLOWED) mask |= 1 << bit;
  return mask;
}

/** Packs as many neighbouring keys into one number as fit exactly: most comparisons then look at one. */
function packParts(settings: RankingSettings): Pick<CompiledRanking, 'parts' | 'limbs'> {
  const rules =
    settings.grouping === 'separate'
      ? [{ key: 'kind', descending: true } as const, ...settings.sort]
      : settings.sort;
  let limb = 0;
  let bits = 0;
  const parts = rules.map(({ key, descending }): KeyPart => {
    if (bits + KEY_BITS[key] > LIMB_BITS) {
      limb++;
      bits = 0;
    }
    bits += KEY_BITS[key];
    return { key, descending, limb, span: 2 ** KEY_BITS[key] };
  });
  return { parts, limbs: parts.length === 0 ? 1 : limb + 2 };
}

/**
 * 96 bits: two users' settings never meet by chance. Where the order of a list changes nothing, because nothing
 * is sorted by it, it must not split the reuse of responses.
 */
function fingerprintOf(settings: RankingSettings, services: RankedServices): string {
  const sorts = (key: SortKey) => settings.sort.some((rule) => rule.key === key);
  const list = (names: readonly string[], isOrdered: boolean) =>
    isOrdered ? names : names.toSorted();
  const { nameFilter } = settings;
  const canonical = [
    settings.grouping,
    list(settings.kinds, settings.grouping === 'separate' || sorts('kind')),
    list(settings.resolutions, sorts('resolution')),
    settings.qualityGroups,
    list(settings.codecs, sorts('codec')),
    list(settings.hdrFormats, sorts('hdr')),
    list(settings.audioFormats, sorts('audio')),
    list(settings.channels, false),
    list(settings.languages, sorts('language')),
    settings.sizeBytesMin,
    settings.sizeBytesMax,
    settings.episodeSizeBytesMin,
    settings.episodeSizeBytesMax,
    settings.sort.map(({ key, descending }) => (descending ? key : `-${key}`)),
    settings.streamsPerResolutionMax,
    settings.streamsPerKindMax,
    settings.streamsMax,
    services.isMixed,
    services.onlyCached,
    services.kinds,
    nameFilter === null ? null : [nameFilter.mode, nameFilter.regex, nameFilter.patterns],
  ];
  return createHash('sha1').update(JSON.stringify(canonical)).digest('base64url').slice(0, 16);
}
