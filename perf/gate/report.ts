/** What a gate found: for the terminal, as Markdown, and as JSON. */
import type { DataProfile, MachineProfile } from '../result.ts';
import type { ScenarioVerdict } from './compare.ts';
import { changePercent, METRICS } from './metrics.ts';
import type { Commit } from './repository.ts';
import type { MetricVerdict, Verdict } from './verdict.ts';

export const GATE_REPORT_SCHEMA = 1;

export interface GateReport {
  readonly schema: typeof GATE_REPORT_SCHEMA;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly base: Commit;
  readonly head: Commit & { readonly isModified: boolean };
  readonly isShort: boolean;
  /** Null when nothing had to be measured. */
  readonly machine: MachineProfile | null;
  readonly data: DataProfile | null;
  readonly verdict: Verdict;
  /** In one sentence. */
  readonly summary: string;
  readonly scenarios: readonly ScenarioVerdict[];
}

/** Less is the run itself: programs that start, the database. */
const BUSY_SHARE = 0.2;
const HEADINGS = ['scenario', 'figure', 'base', 'head', 'change', 'interval', 'limit', 'verdict'];

/** The table of every scenario, one row a figure. */
export function tableRows(scenarios: readonly ScenarioVerdict[]): readonly (readonly string[])[] {
  return scenarios.flatMap(({ scenario, metrics, ended }) =>
    metrics.length === 0
      ? [[scenario, '–', '–', '–', '–', '–', '–', `undecided: ${ended}`]]
      : metrics.map((metric, index) => [index === 0 ? scenario : '', ...cells(metric)]),
  );
}

function cells(verdict: MetricVerdict): readonly string[] {
  const metric = METRICS.find(({ name }) => name === verdict.metric);
  if (metric === undefined) return [];
  const change = (worsening: number) =>
    Number.isFinite(worsening) ? percent(changePercent(worsening, metric.isHigherWorse)) : '?';
  const [from, to] = metric.isHigherWorse
    ? [verdict.lower, verdict.upper]
    : [verdict.upper, verdict.lower];
  return [
    metric.title,
    metric.format(verdict.base),
    metric.format(verdict.head),
    change(verdict.worsening),
    `${change(from)} … ${change(to)}`,
    verdict.limitPercent === null ? 'none' : change(Math.log1p(verdict.limitPercent / 100)),
    wordsOf(verdict),
  ];
}

function titleOf(name: MetricVerdict['metric']): string {
  return METRICS.find((metric) => metric.name === name)?.title ?? name;
}

function wordsOf(verdict: MetricVerdict): string {
  switch (verdict.verdict) {
    case 'fail':
      return 'REGRESSION';
    case 'undecided':
      return 'undecided';
    case 'reported':
      return 'reported only';
    case 'pass': {
      if (verdict.lower > 0) return 'ok, worse within the limit';
      return verdict.upper < 0 ? 'ok, better' : 'ok';
    }
  }
}

function percent(value: number): string {
  return `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(1)} %`;
}

/** Columns under each other; numbers to the right. */
export function textTable(
  rows: readonly (readonly string[])[],
  headings: readonly string[] = HEADINGS,
): string {
  const all = [headings, ...rows];
  const widths = headings.map((_, column) =>
    Math.max(...all.map((row) => (row[column] ?? '').length)),
  );
  const isText = (column: number) => column < 2 || column === headings.length - 1;
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        isText(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [
    line(headings),
    widths.map((width) => '─'.repeat(width)).join('  '),
    ...rows.map(line),
  ].join('\n');
}

export function markdownTable(
  rows: readonly (readonly string[])[],
  headings: readonly string[] = HEADINGS,
): string {
  const escaped = (cell: string) => cell.replaceAll('|', '\\|');
  const line = (row: readonly string[]) => `| ${row.map(escaped).join(' | ')} |`;
  const ruler = headings.map((_, column) =>
    column < 2 || column === headings.length - 1 ? '---' : '---:',
  );
  return [line(headings), line(ruler), ...rows.map(line)].join('\n');
}

/** Found again by the workflow, which updates its comment instead of adding another. */
const MARK = '<!-- sluice perf:gate -->';

export function markdownReport(report: GateReport): string {
  const { base, head, scenarios, machine, summary } = report;
  const parts = [
    MARK,
    `### Performance gate: ${summary}`,
    '',
    `Head ${head.id.slice(0, 10)}${head.isModified ? ' with changes' : ''} (${quoted(head.subject)}) against base ${base.id.slice(0, 10)} ` +
      `(${quoted(base.subject)}).`,
    '',
  ];
  if (scenarios.length > 0) {
    parts.push(
      markdownTable(tableRows(scenarios)),
      '',
      ...scenarios.map((one) => `- ${one.scenario}: ${effortOf(one)}`),
    );
  }
  if (machine !== null) {
    parts.push(
      '',
      `${machine.processor}, ${machine.processors} threads (${machine.threadsPerCore} a core), Node ${machine.node}, ` +
        `PostgreSQL ${machine.postgres}; ${report.createdAt}.`,
    );
  }
  parts.push(
    '',
    'A figure fails when its interval lies above 0 and the change is beyond the limit: docs/gate.md.',
    '',
  );
  return parts.join('\n');
}

/** As it stands: nobody's commit subject may become a heading, a mention or a picture in a comment. */
function quoted(subject: string): string {
  return `\`${subject.replaceAll('`', "'")}\``;
}

/** How much was measured, why no more, what nobody waited for, and whether others disturbed it. */
export function effortOf({
  verdict,
  metrics,
  pairs,
  ended,
  othersShare = 0,
}: ScenarioVerdict): string {
  const busy =
    othersShare < BUSY_SHARE
      ? ''
      : `; other programs used ${Math.round(100 * othersShare)} % of the machine`;
  const open =
    verdict === 'undecided'
      ? []
      : metrics.filter((one) => one.verdict === 'undecided').map(({ metric }) => titleOf(metric));
  const beside = open.length === 0 ? '' : `; not told apart from its limit: ${open.join(', ')}`;
  return `${pairs.length} pairs of rounds, ${ended}${beside}${busy}`;
}

/** What it all comes to. */
export function summaryOf(scenarios: readonly ScenarioVerdict[]): {
  readonly verdict: Verdict;
  readonly summary: string;
} {
  const named = (wanted: Verdict) =>
    scenarios.filter(({ verdict }) => verdict === wanted).map(({ scenario }) => scenario);
  const [failed, undecided] = [named('fail'), named('undecided')];
  const rest = undecided.length === 0 ? '' : `; undecided: ${undecided.join(', ')}`;
  if (failed.length > 0)
    return { verdict: 'fail', summary: `regression in ${failed.join(', ')}${rest}` };
  if (undecided.length > 0)
    return {
      verdict: 'undecided',
      summary: `undecided, which is no pass: ${undecided.join(', ')}`,
    };
  return {
    verdict: 'pass',
    summary: `passed, ${scenarios.length} ${scenarios.length === 1 ? 'scenario' : 'scenarios'}`,
  };
}
