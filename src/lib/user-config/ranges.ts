/** Limits that contradict each other: nothing lies between a minimum and a smaller maximum. */
import type { JsonObject } from '../json/json-value.ts';
import { bytesText } from '../stream-template/modifiers.ts';
import type { ProblemList } from './problems.ts';

interface Range {
  readonly min: string;
  readonly max: string;
  /** Keys whose values count where the range's own are absent. */
  readonly fallback?: { readonly min: string; readonly max: string };
}

const SIZE_RANGES: readonly Range[] = [
  { min: 'mns', max: 'ms' },
  { min: 'mnes', max: 'mes', fallback: { min: 'mns', max: 'ms' } },
];

/** @param config in canonical form; each contradiction is a problem of the minimum */
export function checkRanges(config: JsonObject, problems: ProblemList): void {
  for (const { min, max, fallback } of SIZE_RANGES) {
    if (config[min] === undefined && config[max] === undefined) continue;
    const least = config[min] ?? config[fallback?.min ?? min];
    const most = config[max] ?? config[fallback?.max ?? max];
    if (typeof least !== 'number' || typeof most !== 'number' || least <= most) continue;
    const inherited = config[min] === undefined ? `as films, ${bytesText(least)}, ` : '';
    problems.add(
      min,
      `${inherited}is above the largest (${bytesText(most)}): nothing would be shown`,
    );
  }
}
