/** What a comparison prints: ratios first, absolute figures second, then the bars; Markdown, to be pasted. */
import { median } from '../harness/statistics.ts';
import type { RoundResult } from '../result.ts';
import { known, type CaseVerdict, type Compared, type Ratio } from './verdicts.ts';

const NONE = '–';

export function comparisonText(verdicts: readonly CaseVerdict[]): string {
  return [
    '## Ratios (Sluice = 1)',
    '',
    'CPU per request: 20 means that the contender needs 20 times the processor time of Sluice for the same answer. ' +
      'Requests per second: 0.05 means that it answers a twentieth of what Sluice answers. In brackets: lowest and highest round.',
    '',
    ...ratioTable(verdicts),
    '',
    '## Absolute figures',
    '',
    'Medians of the rounds; latency over one connection, where nobody waits for others. ' +
      '* The load generator was the bottleneck: believe CPU per request, not requests per second.',
    '',
    ...figureTable(verdicts),
    '',
    '## Bars',
    '',
    "By CPU per request of the server's process (Redis's own is not counted).",
    '',
    ...barLines(verdicts),
    '',
    ...warningLines(verdicts),
  ].join('\n');
}

function ratioTable(verdicts: readonly CaseVerdict[]): readonly string[] {
  const rows = verdicts.flatMap(({ compared, contenders }) =>
    contenders
      .slice(1)
      .map((one) => [
        compared.name,
        one.contender.name,
        one.cpuRatio === null ? NONE : ratioText(one.cpuRatio),
        ratioText(one.rateRatio) + starOf(one),
      ]),
  );
  return aligned(['case', 'contender', 'CPU per request', 'requests per second'], rows);
}

function figureTable(verdicts: readonly CaseVerdict[]): readonly string[] {
  const rows = verdicts.flatMap(({ compared, contenders }) =>
    contenders.map((one) => [
      compared.name,
      one.contender.name,
      figure(one, ({ server }) => known(server.cpuMicrosPerRequest), 1),
      figure(one, ({ requestsPerS }) => requestsPerS, 0) + starOf(one),
      millis(one.latency.latency?.p50),
      millis(one.latency.latency?.p99),
      figure(one, ({ server }) => known(server.rssPeakBytes) / 2 ** 20, 0),
      String(one.bodyBytes),
      one.streams === null ? NONE : String(one.streams),
    ]),
  );
  return aligned(
    ['case', 'contender', 'CPU µs', 'req/s', 'p50 ms', 'p99 ms', 'RSS MB', 'body bytes', 'streams'],
    rows,
  );
}

function barLines(verdicts: readonly CaseVerdict[]): readonly string[] {
  return verdicts.flatMap(({ compared, contenders }) =>
    contenders.flatMap(({ check }) =>
      check === null
        ? []
        : [
            `- ${check.passed ? 'ok    ' : 'MISSED'} ${compared.name}: ${check.name} ${check.value.toFixed(2)}, ${check.relation} ${check.limit}`,
          ],
    ),
  );
}

function warningLines(verdicts: readonly CaseVerdict[]): readonly string[] {
  const lines = verdicts.flatMap(({ compared, contenders }) =>
    contenders.flatMap(({ contender, warnings }) =>
      warnings.map((warning) => `- ${compared.name}, ${contender.name}: ${warning}`),
    ),
  );
  return lines.length === 0 ? [] : ['## Warnings', '', ...lines, ''];
}

function ratioText({ median: middle, lowest, highest }: Ratio): string {
  return `${short(middle)} (${short(lowest)}–${short(highest)})`;
}

function short(value: number): string {
  if (value >= 10) return value.toFixed(1);
  return value >= 0.1 ? value.toFixed(2) : value.toFixed(3);
}

function starOf({ isClientBound }: Compared): string {
  return isClientBound ? ' *' : '';
}

function figure(
  { rounds }: Compared,
  read: (round: RoundResult) => number,
  decimals: number,
): string {
  const value = median(rounds.map(read));
  return Number.isFinite(value) ? value.toFixed(decimals) : NONE;
}

function millis(micros: number | undefined): string {
  return micros === undefined ? NONE : (micros / 1000).toFixed(2);
}

/** First two columns to the left, numbers to the right. */
function aligned(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column < 2 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)];
}
