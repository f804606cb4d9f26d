/** What the seeder prints at the end: times of its phases, rates, sizes. */
import type { SeedResult } from './seed-database.ts';
import type { DatabaseSizes } from './sizes.ts';

type Row = readonly (string | number)[];

const MEGABYTE = 1_000_000;
/** Smaller indexes are not listed one by one. */
const LISTED_INDEX_BYTES = 5 * MEGABYTE;

/** Times and rates. The first rate is that of the issue: COPY, keys and B-tree indexes. */
export function timesText(result: SeedResult): string {
  const rows = result.phases.map(({ phase, elapsedMs }): Row => [phase, seconds(elapsedMs), '']);
  const untilIndexedMs = result.phases
    .slice(0, 2)
    .reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
  rows.splice(2, 0, [
    '  together',
    seconds(untilIndexedMs),
    `${perS(result.streams, untilIndexedMs)} streams/s`,
  ]);
  rows.push([
    'everything',
    seconds(result.elapsedMs),
    `${perS(result.streams, result.elapsedMs)} streams/s`,
  ]);
  return table(['phase', 'time', 'rate'], rows);
}

export function sizesText({ tables, databaseBytes }: DatabaseSizes): string {
  const rows = tables.map(({ table: name, rows: count, tableBytes, indexes }): Row => {
    const indexBytes = indexes.reduce((sum, { bytes }) => sum + bytes, 0);
    return [name, grouped(count), megabytes(tableBytes), megabytes(indexBytes)];
  });
  const indexRows = tables
    .flatMap(({ indexes }) => indexes)
    .filter(({ bytes }) => bytes >= LISTED_INDEX_BYTES)
    .toSorted((one, other) => other.bytes - one.bytes)
    .map(({ name, method, bytes }): Row => [name, method, megabytes(bytes)]);
  const largest = indexRows.length === 0 ? '' : `\n${table(['index', 'kind', 'MB'], indexRows)}`;
  return `${table(['table', 'rows', 'rows MB', 'indexes MB'], rows)}${largest}\nDatabase: ${megabytes(databaseBytes)} MB\n`;
}

/** Text to the left, figures to the right. */
function table(head: readonly string[], rows: readonly Row[]): string {
  const lines = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const isFigure = head.map((_, column) =>
    rows.every((row) => /^[\d,.]*( s|)$/.test(String(row[column]))),
  );
  return lines
    .map(
      (line) =>
        `  ${line
          .map((cell, column) =>
            isFigure[column] === true
              ? cell.padStart(widths[column] ?? 0)
              : cell.padEnd(widths[column] ?? 0),
          )
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function perS(count: number, elapsedMs: number): string {
  return grouped(Math.round(count / (elapsedMs / 1000)));
}

function megabytes(bytes: number): string {
  return grouped(Math.round(bytes / MEGABYTE));
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}
