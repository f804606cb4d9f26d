/** Lists that are written as one text: categories and HTTP headers of an indexer. */
import { isJsonObject, listOf, type JsonObject, type JsonValue } from './json.ts';

/** Numbers of `2000, 2040`; null when something else stands there. */
export function parseNumbers(text: string): readonly number[] | null {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== '');
  return parts.every((part) => /^\d{1,7}$/.test(part)) ? parts.map(Number) : null;
}

export function numbersText(value: JsonValue | undefined): string {
  return listOf(value).join(', ');
}

/** Headers of lines `Name: value`; null when a line has no colon. */
export function parseHeaders(text: string): JsonObject | null {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const pairs = lines.map((line) => /^([^\s:]+)\s*:\s*(.*)$/.exec(line));
  if (pairs.includes(null)) return null;
  return Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
}

export function headersText(value: JsonValue | undefined): string {
  return isJsonObject(value)
    ? Object.entries(value)
        .map(([name, text]) => `${name}: ${String(text)}`)
        .join('\n')
    : '';
}

/** `size-max` as people read it: `Size max`. */
export function ruleLabel(rule: string): string {
  const words = rule.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
