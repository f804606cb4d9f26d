/** The tables over all scenarios: throughput, latency, contenders, checks, machine and data. */
import type { Check, PhaseResult } from '../result.ts';
import { changeCell, figureOf, ratioAndFiguresCell, spreadCell } from './cells.ts';
import {
  CPU,
  CPU_SHARE,
  FAILED,
  GENERATOR,
  LATENCY_MAX,
  LOOP_P99,
  P50,
  P95,
  P99,
  P999,
  REDIS,
  REQUESTS,
  RSS_PEAK,
  SHED,
  SQL,
  type Figure,
} from './figures.ts';
import { formatBytes, plainNumber, shortNumber, threeDigits } from './format.ts';
import {
  hasContenders,
  preferredPhases,
  referenceOf,
  type PhaseGroup,
  type ReportModel,
  type ScenarioGroup,
} from './model.ts';
import { cell, numbers, words, type Cell, type Table } from './table.ts';

const THROUGHPUT_FIGURES = [
  REQUESTS,
  CPU,
  CPU_SHARE,
  RSS_PEAK,
  SQL,
  REDIS,
  SHED,
  FAILED,
  GENERATOR,
];
const LATENCY_FIGURES = [P50, P95, P99, P999, LATENCY_MAX, LOOP_P99];
const CONTENDER_FIGURES = [CPU, REQUESTS, P50, P99, RSS_PEAK];

/** What the server can do: the closed loops, or whatever a scenario without one ran. */
export function throughputTable(model: ReportModel): Table {
  return summaryTable('Throughput and cost', model, THROUGHPUT_FIGURES, 'closed');
}

/** What a user feels: the open loops, or whatever a scenario without one ran. */
export function latencyTable(model: ReportModel): Table {
  return summaryTable('Latency', model, LATENCY_FIGURES, 'open');
}

/** How many times better Sluice is than each of the others; null when nobody else ran, or in two files. */
export function contendersTable({ sources, scenarios }: ReportModel): Table | null {
  if (sources.length > 1) return null;
  const rows = scenarios.filter(hasContenders).flatMap((group) =>
    group.phases.flatMap(({ name, members }) =>
      members.flatMap((member) => {
        const reference = referenceOf(member, members);
        if (reference === null) return [];
        const cells = CONTENDER_FIGURES.map((figure) =>
          ratioAndFiguresCell(figure, reference, member),
        );
        return [
          [
            cell(group.name, name),
            cell(
              `${reference.series.contender} against ${member.series.contender}`,
              loopOf(member.phase),
            ),
            ...cells,
          ],
        ];
      }),
    ),
  );
  if (rows.length === 0) return null;
  return {
    caption: 'Beside the others',
    columns: [
      words('Scenario'),
      words('Who'),
      ...CONTENDER_FIGURES.map(({ label }) => numbers(label)),
    ],
    rows,
  };
}

interface SourcedCheck {
  readonly scenario: string;
  /** Whose, where several ran. */
  readonly series: string;
  readonly check: Check;
}

/** The same check of A and B, or of two contenders, beside each other. */
export function allChecks({ scenarios }: ReportModel): readonly SourcedCheck[] {
  return scenarios.flatMap(({ name, series }) => {
    const checks = series.flatMap((one) =>
      one.scenario.checks.map((check): SourcedCheck => ({
        scenario: name,
        series: series.length > 1 ? one.short : '',
        check,
      })),
    );
    const names = [...new Set(checks.map(({ check }) => check.name))];
    return names.flatMap((wanted) => checks.filter(({ check }) => check.name === wanted));
  });
}

export function checksTable(checks: readonly SourcedCheck[]): Table {
  return {
    caption: 'Checks',
    columns: [words('Check'), words('Verdict'), numbers('Measured'), numbers('Demanded')],
    rows: checks.map(({ scenario, series, check }) => [
      cell(check.name, [scenario, series].filter((part) => part !== '').join(', ')),
      check.passed ? cell('✓ pass', '', 'good') : cell('✗ MISSED', '', 'bad'),
      cell(withUnit(check.value, check.unit)),
      cell(`${check.relation === 'at most' ? '≤' : '≥'} ${withUnit(check.limit, check.unit)}`),
    ]),
  };
}

export interface ChecksVerdict {
  readonly letter: string;
  readonly total: number;
  readonly missed: number;
}

/** For each result that has checks: how many of them hold. */
export function checksVerdicts({ sources }: ReportModel): readonly ChecksVerdict[] {
  return sources
    .map(({ letter, result }) => {
      const checks = result.scenarios.flatMap((scenario) => scenario.checks);
      return {
        letter,
        total: checks.length,
        missed: checks.filter(({ passed }) => !passed).length,
      };
    })
    .filter(({ total }) => total > 0);
}

/** Rows that differ between two results are marked: their ratios mean little then. */
export function machineTable({ sources }: ReportModel): Table {
  const rows = sources.map(
    ({ result: { machine, data } }): readonly (readonly [label: string, text: string])[] => [
      ['Processor', machine.processor],
      [
        'Logical processors',
        `${plainNumber(machine.processors)} (${plainNumber(machine.threadsPerCore)} a core)`,
      ],
      ['Memory', formatBytes(machine.memoryBytes)],
      ['System', machine.system],
      ['Node.js', machine.node],
      ['PostgreSQL', machine.postgres],
      ['Redis', machine.redis],
      ['Titles', plainNumber(data.titles)],
      ['Streams', plainNumber(data.streams)],
      ['Database', formatBytes(data.databaseBytes)],
    ],
  );
  const labels = rows[0]?.map(([label]) => label) ?? [];
  return {
    caption: 'Machine and data',
    columns: [words(''), ...sources.map(({ label }) => words(label))],
    rows: labels.map((label, index) => {
      const texts = rows
        .map((own) => own[index]?.[1] ?? '')
        .map((text) => (text === '' ? 'none' : text));
      return [
        cell(`${label}${new Set(texts).size > 1 ? DIFFERS : ''}`),
        ...texts.map((text) => cell(text)),
      ];
    }),
  };
}

const DIFFERS = ' (differs)';

/** What of machine and data is not the same in A and B. */
export function differencesOf(model: ReportModel): readonly string[] {
  return machineTable(model).rows.flatMap(([label]) =>
    label?.text.endsWith(DIFFERS) === true ? [label.text.slice(0, -DIFFERS.length)] : [],
  );
}

function summaryTable(
  caption: string,
  model: ReportModel,
  figures: readonly Figure[],
  loop: PhaseResult['loop'],
): Table {
  const rows = model.scenarios.flatMap((group) =>
    preferredPhases(group, loop).flatMap((phase) => summaryRows(group, phase, figures)),
  );
  return {
    caption,
    columns: [words('Scenario'), words('Phase'), ...figures.map(({ label }) => numbers(label))],
    rows,
  };
}

/** A row for each contender: A and B of the same one share it. */
function summaryRows(
  group: ScenarioGroup,
  { name, members }: PhaseGroup,
  figures: readonly Figure[],
): Cell[][] {
  return members.flatMap((member) => {
    const { source, contender } = member.series;
    if (source.letter === 'B' && referenceOf(member, members) !== null) return [];
    const partner =
      source.letter === 'A'
        ? members.find((other) => referenceOf(other, members) === member)
        : undefined;
    const only = source.letter !== '' && partner === undefined ? `only in ${source.letter}` : '';
    const note = [hasContenders(group) ? contender : '', only]
      .filter((part) => part !== '')
      .join(', ');
    const cells = figures.map((figure) =>
      partner === undefined
        ? spreadCell(figure, figureOf(figure, member))
        : changeCell(figure, member, partner),
    );
    return [
      [
        cell(group.name, note),
        cell(
          name,
          partner === undefined ? loopOf(member.phase) : bothLoops(member.phase, partner.phase),
        ),
        ...cells,
      ],
    ];
  });
}

function loopOf({ loop, ratePerS }: PhaseResult): string {
  if (loop === 'closed') return 'closed loop';
  return `open loop${ratePerS === null ? '' : `, ${threeDigits(ratePerS)}/s`}`;
}

function bothLoops(a: PhaseResult, b: PhaseResult): string {
  const [one, other] = [loopOf(a), loopOf(b)];
  return one === other
    ? one
    : `${one} → ${a.loop === b.loop ? other.replace('open loop, ', '') : other}`;
}

function withUnit(value: number, unit: string): string {
  return `${shortNumber(value)} ${unit}`.trim();
}
