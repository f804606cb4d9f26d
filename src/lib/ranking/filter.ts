/** Which rule of a user's settings, if any, keeps a row from being shown. */
import type { StreamColumns } from '../stream-set/format.ts';
import { LANGUAGE_UNKNOWN_BIT, STREAM_FLAGS } from '../vocabulary.ts';
import {
  AUDIO_BITS,
  AUDIO_UNKNOWN,
  CHANNEL_BITS,
  HDR_BITS,
  NOT_ALLOWED,
  type CompiledRanking,
} from './compile.ts';
import { DROPPED_BY, KEPT } from './drop-rules.ts';
import { playedBytes } from './keys.ts';

/** One byte a row, 1 where a pattern of the name filter matches. */
export type NameMatches = Uint8Array;

/** Nobody but members may announce to a private tracker. */
const PRIVATE = 1 << STREAM_FLAGS.indexOf('private');
const UNKNOWN_LANGUAGE_HIGH = 1 << (LANGUAGE_UNKNOWN_BIT - 32);

/** Index into DROP_RULES; KEPT when the row is shown, caps aside. */
export function dropRuleOf(
  columns: StreamColumns,
  row: number,
  isSeries: boolean,
  compiled: CompiledRanking,
  nameMatches: NameMatches | null,
): number {
  const rule =
    releaseRule(columns, row, compiled) ||
    sizeRule(playedBytes(columns, row, isSeries), isSeries, compiled);
  if (rule !== KEPT || nameMatches === null) return rule;
  return (nameMatches[row] === 1) === (compiled.nameFilter === 'include')
    ? KEPT
    : DROPPED_BY.nameFilter;
}

function releaseRule(columns: StreamColumns, row: number, compiled: CompiledRanking): number {
  const kind = columns.kind[row] ?? 0;
  if (compiled.kinds[kind] === NOT_ALLOWED) return ruleOfKind(kind, compiled);
  if (((columns.flagsMask[row] ?? 0) & PRIVATE) !== 0) return DROPPED_BY.private;
  if (compiled.resolutions[columns.resolution[row] ?? 0] === NOT_ALLOWED)
    return DROPPED_BY.resolution;
  if (compiled.qualities[columns.quality[row] ?? 0] === NOT_ALLOWED) return DROPPED_BY.quality;
  if (compiled.codecs[columns.codec[row] ?? 0] === NOT_ALLOWED) return DROPPED_BY.codec;
  if (compiled.hdr[(columns.hdrMask[row] ?? 0) & HDR_BITS] === NOT_ALLOWED) return DROPPED_BY.hdr;
  if (!audioAllowed((columns.audioMask[row] ?? 0) & AUDIO_BITS, compiled)) return DROPPED_BY.audio;
  if (compiled.channels[(columns.channelsMask[row] ?? 0) & CHANNEL_BITS] === NOT_ALLOWED)
    return DROPPED_BY.channels;
  if (!languageAllowed(columns.languagesLow[row] ?? 0, columns.languagesHigh[row] ?? 0, compiled))
    return DROPPED_BY.language;
  return KEPT;
}

function ruleOfKind(kind: number, { unavailableKinds }: CompiledRanking): number {
  return ((unavailableKinds >>> kind) & 1) === 1 ? DROPPED_BY.unavailable : DROPPED_BY.kind;
}

/** A size that is not known (0) is within every limit. */
function sizeRule(sizeBytes: number, isSeries: boolean, compiled: CompiledRanking): number {
  if (sizeBytes > (isSeries ? compiled.episodeSizeBytesMax : compiled.sizeBytesMax))
    return DROPPED_BY.sizeMax;
  const isSmall = sizeBytes < (isSeries ? compiled.episodeSizeBytesMin : compiled.sizeBytesMin);
  return isSmall && sizeBytes !== 0 ? DROPPED_BY.sizeMin : KEPT;
}

function audioAllowed(mask: number, compiled: CompiledRanking): boolean {
  return mask === 0
    ? compiled.audio[AUDIO_UNKNOWN] !== NOT_ALLOWED
    : (mask & compiled.audioMask) !== 0;
}

function languageAllowed(low: number, high: number, compiled: CompiledRanking): boolean {
  if (low === 0 && high === 0) return (UNKNOWN_LANGUAGE_HIGH & compiled.languagesHigh) !== 0;
  return (low & compiled.languagesLow) !== 0 || (high & compiled.languagesHigh) !== 0;
}
