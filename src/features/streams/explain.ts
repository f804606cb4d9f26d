/** Why each stream of a title is shown or not: for the decision trace and the preview. */
import type { CompiledRanking } from '../../lib/ranking/compile.ts';
import { DROP_RULES, DROP_RULE_NAMES, type DropRule } from '../../lib/ranking/drop-rules.ts';
import type { NameMatches } from '../../lib/ranking/filter.ts';
import { playedBytes } from '../../lib/ranking/keys.ts';
import { rowOfShown, type ServiceMarks } from '../../lib/ranking/service-marks.ts';
import { rank } from '../../lib/ranking/rank.ts';
import type { StreamColumns } from '../../lib/stream-set/format.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import { bytesText } from '../../lib/stream-template/modifiers.ts';
import {
  AUDIO_FORMATS,
  CHANNELS,
  CODECS,
  HDR_FORMATS,
  LANGUAGES,
  QUALITIES,
  RESOLUTIONS,
  STREAM_KINDS,
} from '../../lib/vocabulary.ts';
import { STREAM_TYPE_NAMES } from '../../lib/user-config/vocabulary.ts';
import type { ListSettings } from '../../lib/user-config/list-settings.ts';

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
  /** As `rank` gives them, best first. */
  readonly shown: Uint32Array;
  /** Those that are shown first, in their order. */
  readonly verdicts: readonly Verdict[];
  readonly droppedByRule: Readonly<Partial<Record<DropRule, number>>>;
  readonly rankUs: number;
}

/** Ranks once more, with a verdict for each row. */
export function explain(
  set: StreamSet,
  settings: ListSettings,
  nameMatches: NameMatches | null,
  marks: ServiceMarks | null = null,
): Explanation {
  const codes = new Uint8Array(set.rowCount);
  const startedAt = performance.now();
  const { shown, dropped: counts } = rank(set, settings.ranking, nameMatches, codes, marks);
  const rankUs = Math.round((performance.now() - startedAt) * 1000);
  const dropped = [...codes.keys()].filter((row) => codes[row] !== 0);
  return {
    shown,
    verdicts: [
      ...[...shown].map((entry, at) => verdictOf(set, rowOfShown(entry), at + 1, 'none', settings)),
      ...dropped.map((row) =>
        verdictOf(set, row, null, DROP_RULES[codes[row] ?? 0] ?? 'none', settings),
      ),
    ],
    droppedByRule: Object.fromEntries(
      DROP_RULES.map((rule, index) => [rule, counts[index] ?? 0] as const).filter(
        ([rule, count]) => rule !== 'none' && count > 0,
      ),
    ),
    rankUs,
  };
}

function verdictOf(
  set: StreamSet,
  row: number,
  place: number | null,
  rule: DropRule,
  settings: ListSettings,
): Verdict {
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

/** What a row has that a rule is about; given the columns, for the rules that choose among names. */
type Described = (columns: StreamColumns, row: number) => string;

const DESCRIBED: Partial<Readonly<Record<DropRule, Described>>> = {
  kind: (columns, row) => `the type ${typeName(columns.kind[row] ?? 0)}`,
  resolution: (columns, row) => nameOf(RESOLUTIONS, columns.resolution[row], 'resolution'),
  quality: (columns, row) => nameOf(QUALITIES, columns.quality[row], 'quality'),
  codec: (columns, row) => nameOf(CODECS, columns.codec[row], 'codec'),
  hdr: (columns, row) => namesOf(HDR_FORMATS, columns.hdrMask[row], 0, 'HDR format'),
  audio: (columns, row) => namesOf(AUDIO_FORMATS, columns.audioMask[row], 0, 'audio format'),
  channels: (columns, row) => namesOf(CHANNELS, columns.channelsMask[row], 0, 'number of channels'),
  language: (columns, row) =>
    namesOf(LANGUAGES, columns.languagesLow[row], columns.languagesHigh[row], 'language'),
};

/** What of the settings is in the way, for the rules that are limits. */
const LIMITED: Partial<
  Readonly<Record<DropRule, (ranking: CompiledRanking, isSeries: boolean, size: string) => string>>
> = {
  unavailable: () => DROP_RULE_NAMES.unavailable,
  'not-cached': () => 'no service of yours is known to have it ready',
  private: () => 'a private torrent: only members may announce to its tracker',
  'size-max': (ranking, isSeries, size) =>
    `${size} is more than ${bytesText(isSeries ? ranking.episodeSizeBytesMax : ranking.sizeBytesMax)}`,
  'size-min': (ranking, isSeries, size) =>
    `${size} is less than ${bytesText(isSeries ? ranking.episodeSizeBytesMin : ranking.sizeBytesMin)}`,
  'name-filter': ({ nameFilter }) =>
    `${nameFilter === 'include' ? 'no' : 'a'} pattern of the name filter matches`,
  'kind-cap': ({ streamsPerKindMax }) => `${streamsPerKindMax} better ones of its type are shown`,
  'resolution-cap': ({ streamsPerResolutionMax }) =>
    `${streamsPerResolutionMax} better ones of its resolution are shown`,
  'total-cap': ({ streamsMax }) => `${streamsMax} better ones are shown`,
};

function detailOf(set: StreamSet, row: number, rule: DropRule, { ranking }: ListSettings): string {
  const { columns, isSeries } = set;
  const described = DESCRIBED[rule];
  if (described !== undefined) return `${described(columns, row)} is not among what you chose`;
  const size = bytesText(playedBytes(columns, row, isSeries));
  return LIMITED[rule]?.(ranking, isSeries, size) ?? '';
}

function typeName(kind: number): string {
  const name = STREAM_KINDS[kind];
  return (
    STREAM_TYPE_NAMES.find(({ members }) => name !== undefined && members.includes(name))?.label ??
    'unknown'
  );
}

function nameOf(names: readonly string[], code: number | undefined, what: string): string {
  return code === undefined || code === 0 || code >= names.length
    ? `an unknown ${what}`
    : (names[code] ?? '');
}

function namesOf(
  names: readonly string[],
  low: number | undefined,
  high: number | undefined,
  what: string,
): string {
  const has = (bit: number) =>
    ((bit < 32 ? (low ?? 0) >>> bit : (high ?? 0) >>> (bit - 32)) & 1) === 1;
  const found = names.filter((_, bit) => has(bit));
  return found.length === 0 ? `an unknown ${what}` : found.join(', ');
}
