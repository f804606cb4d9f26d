/** The lines of a piece of an import file, and what each of them says. */
import type { JsonValue } from '../json/json-value.ts';
import { csvRecord } from './csv.ts';
import { badLine } from './line-fields.ts';

/** Files that can be read line by line. */
export type LineFormat = 'ndjson' | 'csv';

const LINE_CHARS_MAX = 4 * 2 ** 20;

/** Calls `visit` for each line with something in it. @param firstLine number of the first line */
export function visitLines(
  bytes: Uint8Array,
  firstLine: number,
  visit: (number: number, line: string) => void,
): void {
  const text = new TextDecoder().decode(bytes);
  let number = firstLine;
  for (let from = 0; from < text.length; number++) {
    const feed = text.indexOf('\n', from);
    const to = feed === -1 ? text.length : feed;
    const line = text.slice(from, to).trim();
    from = to + 1;
    if (line !== '') visit(number, line);
  }
}

/** @param header columns of CSV @throws AppError `import.bad-line` */
export function lineValue(line: string, format: LineFormat, header: readonly string[]): JsonValue {
  if (line.length > LINE_CHARS_MAX)
    return badLine(`it is longer than ${LINE_CHARS_MAX} characters`);
  if (format === 'csv') return csvRecord(line, header);
  try {
    return JSON.parse(line) as JsonValue;
  } catch {
    return badLine('it is not JSON: expected one object a line');
  }
}
