/** A line of CSV (RFC 4180, without line breaks in fields) as the object that a line of NDJSON would be. */
import type { JsonObject, JsonValue } from '../json/json-value.ts';
import { badLine } from './line-fields.ts';

/** Columns of the title; all others are the stream's. */
const OF_TITLE: ReadonlyMap<string, string> = new Map([
  ['type', 'type'],
  ['title', 'name'],
  ['year', 'year'],
  ['imdb', 'imdb'],
  ['tmdb', 'tmdb'],
  ['tvdb', 'tvdb'],
]);

/** @throws AppError `import.bad-line` for a quote that is not closed */
export function csvFields(line: string): readonly string[] {
  const fields: string[] = [];
  let at = 0;
  while (at <= line.length) {
    if (line[at] === '"') {
      const { text, end } = quoted(line, at + 1);
      fields.push(text);
      if (end < line.length && line[end] !== ',')
        return badLine(`a comma is missing behind the quote in column ${end + 1}`);
      at = end + 1;
    } else {
      const comma = line.indexOf(',', at);
      const end = comma === -1 ? line.length : comma;
      fields.push(line.slice(at, end).trim());
      at = end + 1;
    }
  }
  return fields;
}

function quoted(line: string, from: number): { readonly text: string; readonly end: number } {
  let text = '';
  for (let at = from; ;) {
    const quote = line.indexOf('"', at);
    if (quote === -1) return badLine('a quote is not closed: expected no line breaks in fields');
    text += line.slice(at, quote);
    if (line[quote + 1] !== '"') return { text, end: quote + 1 };
    text += '"';
    at = quote + 2;
  }
}

/** Empty fields are left out. @throws AppError `import.bad-line` */
export function csvRecord(line: string, header: readonly string[]): JsonObject {
  const fields = csvFields(line);
  if (fields.length > header.length)
    return badLine(`it has ${fields.length} fields: expected ${header.length}, as the first line`);
  const stream: Record<string, JsonValue> = {};
  const title: Record<string, JsonValue> = {};
  for (const [at, value] of fields.entries()) {
    const column = header[at] ?? '';
    const ofTitle = OF_TITLE.get(column);
    if (value === '') continue;
    if (ofTitle === undefined) stream[column] = column === 'trackers' ? value.split(/\s+/) : value;
    else title[ofTitle] = value;
  }
  return { ...stream, title };
}
