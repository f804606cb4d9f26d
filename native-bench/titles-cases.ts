/** Cases of release titles: reading them, and comparing what the parser says with what they assert. */
import { parseReleaseTitle } from '../src/lib/release-title/parse.ts';
import { RELEASE_FLAGS, type ReleaseTitle } from '../src/lib/release-title/release-title.ts';

export interface TitleCase {
  readonly title: string;
  /** Only these fields are asserted; null, [] and false assert absence. */
  readonly expected: Readonly<Record<string, unknown>>;
  readonly sources: readonly string[];
  readonly isPath: boolean;
}

export interface Score {
  right: number;
  asserted: number;
}

export interface Miss {
  readonly title: string;
  readonly field: string;
  readonly expected: unknown;
  readonly got: unknown;
}

export interface GroupScore extends Score {
  cases: number;
  /** By field, the most asserted first. */
  readonly fields: Map<string, Score>;
  readonly misses: Miss[];
}

/** @throws Error naming the line that is no case */
export function readCases(text: string): TitleCase[] {
  const lines = text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '');
  return lines
    .map(({ line, number }) => readCase(line, number))
    .filter(({ expected }) => Object.keys(expected).length > 0);
}

function readCase(line: string, number: number): TitleCase {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(`line ${number} is not JSON`);
  }
  if (!isRecord(value) || typeof value['title'] !== 'string' || !isRecord(value['expected'])) {
    throw new Error(`line ${number} has no title and expected`);
  }
  const sources = Array.isArray(value['sources']) ? value['sources'] : [value['source']];
  return {
    title: value['title'],
    expected: value['expected'],
    isPath: value['input_kind'] === 'path',
    sources: sources.filter((source) => typeof source === 'string'),
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Fields that guessit alone has a notion of and `ReleaseTitle` has not: counted nowhere. */
const OTHERS_FIELDS: ReadonlySet<string> = new Set([
  'type',
  'alternative_title',
  'alternative_titles',
  'film_title',
  'bonus_title',
]);

export function scoreCases(
  cases: readonly TitleCase[],
): Record<'titles' | 'guessit' | 'paths', GroupScore> {
  const groups = { titles: newGroup(), guessit: newGroup(), paths: newGroup() };
  for (const item of cases) {
    const isGuessit =
      item.sources.length > 0 && item.sources.every((source) => source.startsWith('guessit'));
    scoreCase(item, item.isPath ? groups.paths : isGuessit ? groups.guessit : groups.titles);
  }
  return groups;
}

function newGroup(): GroupScore {
  return { cases: 0, right: 0, asserted: 0, fields: new Map(), misses: [] };
}

function scoreCase({ title, expected }: TitleCase, group: GroupScore): void {
  const parsed = fieldsOf(parseReleaseTitle(title));
  group.cases++;
  for (const [field, value] of Object.entries(expected)) {
    if (OTHERS_FIELDS.has(field)) continue;
    const score = group.fields.get(field) ?? { right: 0, asserted: 0 };
    group.fields.set(field, score);
    const isRight = canonical(parsed[field]) === canonical(value);
    score.asserted++;
    group.asserted++;
    score.right += Number(isRight);
    group.right += Number(isRight);
    if (!isRight) group.misses.push({ title, field, expected: value, got: parsed[field] });
  }
}

/** The parser's result under the names of the cases. */
function fieldsOf(parsed: ReleaseTitle): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(parsed)) {
    if (name !== 'flags')
      fields[name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = value;
  }
  for (const flag of RELEASE_FLAGS) fields[flag] = parsed.flags.has(flag);
  return fields;
}

/** Equal for equal values; lists without their order; null, undefined, [] and false are all "absent". */
function canonical(value: unknown): string {
  if (value === undefined || value === null || value === false) return 'absent';
  if (!Array.isArray(value)) return JSON.stringify(value);
  return value.length === 0
    ? 'absent'
    : JSON.stringify(value.map((item) => JSON.stringify(item)).toSorted());
}
