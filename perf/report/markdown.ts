/** The report as Markdown for the repository: tables that GitHub renders. */
import { escapeMarkdown } from './escape.ts';
import { formatTime } from './format.ts';
import type { PhaseGroup, ReportModel, ScenarioGroup, Source } from './model.ts';
import { COMPARISON_NOTES, READING_NOTES } from './notes.ts';
import type { Cell, Table } from './table.ts';
import { allChecks, checksTable, describePhase, differencesOf, latencyTable, machineTable, phaseTable, throughputTable } from './tables.ts';

export function renderMarkdown(model: ReportModel): string {
  const { sources, scenarios } = model;
  const checks = allChecks(model);
  const missed = checks.filter(({ check }) => !check.passed).length;
  const differences = differencesOf(model);
  const notes = sources.length > 1 ? COMPARISON_NOTES : READING_NOTES;
  const blocks = [
    `# Performance report${sources.length > 1 ? ': A and B' : ''}`,
    sources.map(sourceLine).join('\n'),
    differences.length === 0 ? '' : `> **The two did not run under the same conditions** (${differences.join(', ')}): their ratios mean little.`,
    checks.length === 0 ? '' : `**${checks.length - missed} of ${checks.length} checks hold**${missed === 0 ? '.' : `, ${missed} MISSED.`}`,
    section('Machine and data', table(machineTable(model))),
    section('Throughput and cost', table(throughputTable(model))),
    section('Latency', table(latencyTable(model))),
    checks.length === 0 ? '' : section('Checks', table(checksTable(checks))),
    warnings(model),
    section('How to read this', notes.map((note) => `- ${escapeMarkdown(note)}`).join('\n')),
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
  return `- ${head}${formatTime(createdAt)}, revision ${revision.commit.slice(0, 10)} ${escapeMarkdown(`“${revision.subject}”`)}${modified}, `
    + `by <code>${escapeMarkdown(command)}</code>`;
}

function warnings({ scenarios }: ReportModel): string {
  const lines = scenarios.flatMap(({ name, series }) => series.flatMap(({ label, scenario }) => scenario.warnings.map((warning) => (
    `- **${escapeMarkdown(name)}**${series.length > 1 ? ` (${escapeMarkdown(label)})` : ''}: ${escapeMarkdown(warning)}`))));
  return lines.length === 0 ? '' : section('Warnings', lines.join('\n'));
}

function scenarioSection({ name, description, phases }: ScenarioGroup): string {
  return [`### ${escapeMarkdown(name)}`, escapeMarkdown(description), ...phases.map(phaseSection)].filter((part) => part !== '').join('\n\n');
}

function phaseSection(phase: PhaseGroup): string {
  const descriptions = [...new Set(phase.members.map((member) => describePhase(member.phase)))];
  return `#### ${escapeMarkdown(phase.name)}\n\n${escapeMarkdown(descriptions.join('; '))}.\n\n${table(phaseTable(phase))}`;
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
