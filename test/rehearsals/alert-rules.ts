/** The alerts of `deploy/`, and a copy of them for people who do not want to wait a quarter of an hour. */
import { readFile } from 'node:fs/promises';

/** How much sooner alerts of the copy fire. */
const FOR_FACTOR = 60;
/** How much less of the past they look at: a rate needs a few scrapes. */
const RANGE_FACTOR = 30;

export const HASTENED_BY =
  `\`for\` is 1/${FOR_FACTOR} as long, ranges are 1/${RANGE_FACTOR}; ` +
  'the thresholds are those of deploy/prometheus/sluice-rules.yml';

export function alertRules(): Promise<string> {
  return readFile('deploy/prometheus/sluice-rules.yml', 'utf8');
}

export function alertNames(rules: string): readonly string[] {
  return [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
}

/** @param rules with durations in whole minutes */
export function hastened(rules: string): string {
  const seconds = (minutes: string | undefined, factor: number) =>
    Math.ceil((Number(minutes) * 60) / factor);
  return rules
    .replaceAll(
      /^( +for:) (\d+)m$/gm,
      (_, key: string, minutes: string) => `${key} ${seconds(minutes, FOR_FACTOR)}s`,
    )
    .replaceAll(/\[(\d+)m\]/g, (_, minutes: string) => `[${seconds(minutes, RANGE_FACTOR)}s]`);
}
