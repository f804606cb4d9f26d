/** Why each stream of a title is shown or not: for the decision trace and the preview. */
import { DROP_RULES, type DropRule } from '../../lib/ranking/drop-rules.ts';
import type { NameMatches } from '../../lib/ranking/filter.ts';
import { playedBytes } from '../../lib/ranking/keys.ts';
import { rank, rankReport } from '../../lib/ranking/rank.ts';
import { STREAMS_MAX } from '../../lib/ranking/settings.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import { bytesText } from '../../lib/stream-template/modifiers.ts';
import {
  AUDIO_FORMATS, CHANNELS, CODECS, HDR_FORMATS, LANGUAGES, QUALITIES, RESOLUTIONS, STREAM_KINDS,
} from '../../lib/vocabulary.ts';
import type { ListSettings } from './contract.ts';

export interface Verdict {
  readonly streamId: number;
  readonly kind: string;
  readonly release: string;
  readonly filename: string;
  readonly sizeBytes: number;
  /** From 1; null when the stream is not shown. */
  readonly rank: number | null;
  /** Null when it is. */
  readonly rule: DropRule | null;
  readonly detail: string;
}

export interface Explanation {
  /** Row numbers, best first. */
  readonly shown: Uint32Array;
  /** Those that are shown first, in their order. */
  readonly verdicts: readonly Verdict[];
  readonly droppedByRule: Readonly<Partial<Record<DropRule, number>>>;
  readonly rankUs: number;
}

/** Ranks once more, with a verdict for each row. */
export function explain(set: StreamSet, settings: ListSettings, nameMatches: NameMatches | null): Explanation {
  const out = new Uint32Array(STREAMS_MAX);
  const codes = new Uint8Array(set.rowCount);
  const report = rankReport(codes);
  const startedAt = performance.now();
  const shown = out.subarray(0, rank(set, settings.ranking, nameMatches, out, report));
  const rankUs = Math.round((performance.now() - startedAt) * 1000);
  const dropped = [...codes.keys()].filter((row) => codes[row] !== 0);
  return {
    shown,
    verdicts: [
      ...[...shown].map((row, at) => verdictOf(set, row, at + 1, 'none', settings)),
      ...dropped.map((row) => verdictOf(set, row, null, DROP_RULES[codes[row] ?? 0] ?? 'none', settings)),
    ],
    droppedByRule: Object.fromEntries(
      DROP_RULES.map((rule, index) => [rule, report.counts[index] ?? 0] as const)
        .filter(([rule, count]) => rule !== 'none' && count > 0),
    ),
    rankUs,
  };
}

function verdictOf(set: StreamSet, row: number, place: number | null, rule: DropRule, settings: ListSettings): Verdict {
  return {
    streamId: set.columns.streamId[row] ?? 0,
    kind: STREAM_KINDS[set.columns.kind[row] ?? 0] ?? 'unknown',
    release: set.name(row),
    filename: set.filename(row),
    sizeBytes: playedBytes(set.columns, row, set.isSeries),
    rank: place,
    rule: rule === 'none' ? null : rule,
    detail: detailOf(set, row, rule, settings),
  };
}

function detailOf(set: StreamSet, row: number, rule: DropRule, { ranking }: ListSettings): string {
  const { columns, isSeries } = set;
  const size = () => bytesText(playedBytes(columns, row, isSeries));
  const notChosen = (what: string) => `${what} is not among what you chose`;
  switch (rule) {
    case 'none': return '';
    case 'kind': return notChosen(`the type ${STREAM_KINDS[columns.kind[row] ?? 0] ?? 'unknown'}`);
    case 'private': return 'a private torrent: only members may announce to its tracker';
    case 'resolution': return notChosen(nameOf(RESOLUTIONS, columns.resolution[row], 'resolution'));
    case 'quality': return notChosen(nameOf(QUALITIES, columns.quality[row], 'quality'));
    case 'codec': return notChosen(nameOf(CODECS, columns.codec[row], 'codec'));
    case 'hdr': return notChosen(namesOf(HDR_FORMATS, columns.hdrMask[row], 0, 'HDR format'));
    case 'audio': return notChosen(namesOf(AUDIO_FORMATS, columns.audioMask[row], 0, 'audio format'));
    case 'channels': return notChosen(namesOf(CHANNELS, columns.channelsMask[row], 0, 'number of channels'));
    case 'language': return notChosen(namesOf(LANGUAGES, columns.languagesLow[row], columns.languagesHigh[row], 'language'));
    case 'size-max': return `${size()} is more than ${bytesText(isSeries ? ranking.episodeSizeBytesMax : ranking.sizeBytesMax)}`;
    case 'size-min': return `${size()} is less than ${bytesText(isSeries ? ranking.episodeSizeBytesMin : ranking.sizeBytesMin)}`;
    case 'name-filter': return ranking.nameFilter === 'include' ? 'no pattern matches its name' : 'a pattern matches its name';
    case 'kind-cap': return `${ranking.streamsPerKindMax} better ones of its type are shown`;
    case 'resolution-cap': return `${ranking.streamsPerResolutionMax} better ones of its resolution are shown`;
    case 'total-cap': return `${ranking.streamsMax} better ones are shown`;
  }
}

function nameOf(names: readonly string[], code: number | undefined, what: string): string {
  return code === undefined || code === 0 || code >= names.length ? `an unknown ${what}` : (names[code] ?? '');
}

function namesOf(names: readonly string[], low: number | undefined, high: number | undefined, what: string): string {
  const has = (bit: number) => (((bit < 32 ? (low ?? 0) >>> bit : (high ?? 0) >>> (bit - 32)) & 1) === 1);
  const found = names.filter((_, bit) => has(bit));
  return found.length === 0 ? `an unknown ${what}` : found.join(', ');
}
