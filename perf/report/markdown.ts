/** The report as Markdown for the repository: tables that GitHub renders. */
import { escapeMarkdown } from './escape.ts';
import { formatTime } from './format.ts';
import type { PhaseGroup, ReportModel, ScenarioGroup, Source } from './model.ts';
import { notesFor } from './notes.ts';
import { describePhaseGroup, phaseTable, scenarioTable } from './phase-tables.ts';
import type { Cell, Table } from './table.ts';
import {
  allChecks,
  checksTable,
  checksVerdicts,
  contendersTable,
  differencesOf,
  latencyTable,
  machineTable,
  throughputTable,
  type ChecksVerdict,
} from './tables.ts';

export function renderMarkdown(model: ReportModel): string {
  const { sources, scenarios } = model;
  const checks = allChecks(model);
  const differences = differencesOf(model);
  const contenders = contendersTable(model);
  const blocks = [
    `# Sluice performance report${sources.length > 1 ? ': A and B' : ''}`,
    sources.map(sourceLine).join('\n'),
    differences.length === 0
      ? ''
      : `> **The two did not run under the same conditions** (${differences.join(', ')}): their ratios mean little.`,
    checksVerdicts(model).map(verdictLine).join('\n'),
    section('Machine and data', table(machineTable(model))),
    contenders === null ? '' : section('Beside the others', table(contenders)),
    section('Throughput and cost', table(throughputTable(model))),
    section('Latency', table(latencyTable(model))),
    checks.length === 0 ? '' : section('Checks', table(checksTable(checks))),
    warnings(model),
    section(
      'How to read this',
      notesFor(model)
        .map((note) => `- ${escapeMarkdown(note)}`)
        .join('\n'),
    ),
    '## Scenarios',
    ...scenarios.map(scenarioSection),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function section(title: string, body: string): string {
  return `## ${title}\n\n${body}`;
}

function sourceLine({ letter, result }: Source): string {
  const { revision, createdAt, command } = result;
  const modified = revision.isModified ? ' (with changes that are not committed)' : '';
  const head = letter === '' ? '' : `${letter}: `;
  return (
    `- ${head}${formatTime(createdAt)}, revision ${revision.commit.slice(0, 10)} ${escapeMarkdown(`“${revision.subject}”`)}${modified}, ` +
    `by <code>${escapeMarkdown(command)}</code>`
  );
}

function verdictLine({ letter, total, missed }: ChecksVerdict): string {
  const head = letter === '' ? '' : `${letter}: `;
  return `- ${head}**${total - missed} of ${total} checks hold**${missed === 0 ? '' : `, **${missed} MISSED**`}`;
}

function warnings({ scenarios }: ReportModel): string {
  const lines = scenarios.flatMap(({ name, series }) =>
    series.flatMap(({ short, scenario }) =>
      scenario.warnings.map(
        (warning) =>
          `- **${escapeMarkdown(name)}**${series.length > 1 ? ` (${escapeMarkdown(short)})` : ''}: ${escapeMarkdown(warning)}`,
      ),
    ),
  );
  return lines.length === 0 ? '' : section('Warnings', lines.join('\n'));
}

function scenarioSection(group: ScenarioGroup): string {
  const { name, description, phases } = group;
  const together = scenarioTable(group);
  const blocks =
    together === null
      ? phases.map((phase) => `${phaseLine(phase)}\n\n${table(phaseTable(phase))}`)
      : [phases.map(phaseLine).join('\n'), table(together)];
  return [`### ${escapeMarkdown(name)}`, escapeMarkdown(description), ...blocks]
    .filter((part) => part !== '')
    .join('\n\n');
}

function phaseLine(phase: PhaseGroup): string {
  return `- **${escapeMarkdown(phase.name)}**: ${escapeMarkdown(describePhaseGroup(phase))}`;
}

function table({ columns, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    line(columns.map(({ label }) => escapeMarkdown(label))),
    line(columns.map(({ isNumber }) => (isNumber ? '---:' : '---'))),
    ...rows.map((row) => line(row.map(cellText))),
  ].join('\n');
}

function cellText({ text, note = '', tone = 'plain' }: Cell): string {
  const main = escapeMarkdown(text);
  const strong = tone === 'plain' ? main : `**${main}**`;
  return note === '' ? strong : `${strong}<br>${escapeMarkdown(note)}`;
}
