/** The report as one HTML page that needs nothing else: no script, no font, no request. */
import { createHash } from 'node:crypto';
import type { Chart } from './chart.ts';
import { formatTime } from './format.ts';
import { Markup, markup, NOTHING } from './markup.ts';
import {
  rateSteps,
  type PhaseGroup,
  type ReportModel,
  type ScenarioGroup,
  type Series,
  type Source,
} from './model.ts';
import { CHART_NOTES, notesFor } from './notes.ts';
import { overviewCharts, ratioCharts } from './overview-charts.ts';
import { PAGE_STYLE } from './page-style.ts';
import { phaseCharts } from './phase-charts.ts';
import { describePhaseGroup, phaseTable, scenarioTable } from './phase-tables.ts';
import { lineSample } from './svg-lines.ts';
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

const STYLE_HASH = createHash('sha256').update(PAGE_STYLE).digest('base64');
/** Only this very style may apply: even if a name in a result became markup, it could load and run nothing. */
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'`;

export function renderPage(model: ReportModel): string {
  const isPair = model.sources.length > 1;
  const title = `Sluice performance report${isPair ? ': A and B' : ''}`;
  const [overviews, ratios, contenders] = [
    overviewCharts(model),
    ratioCharts(model),
    contendersTable(model),
  ];
  const checks = allChecks(model);
  const sections: readonly (readonly [anchor: string, title: string, body: Markup])[] = [
    ...(ratios.length > 0 && isPair
      ? [['changes', 'What changed', chartGrid(ratios)] as const]
      : []),
    ...(contenders === null
      ? []
      : [
          [
            'others',
            'Beside the others',
            markup`${chartGrid(ratios)}${tableOf(contenders)}`,
          ] as const,
        ]),
    ...(overviews.length > 0
      ? [['overview', 'Overview', markup`${legend(model, isPair)}${chartGrid(overviews)}`] as const]
      : []),
    ...(checks.length > 0 ? [['checks', 'Checks', tableOf(checksTable(checks))] as const] : []),
    ['throughput', 'Throughput and cost', tableOf(throughputTable(model))],
    ['latency', 'Latency', tableOf(latencyTable(model))],
    ['machine', 'Machine and data', tableOf(machineTable(model))],
    [
      'reading',
      'How to read this',
      markup`<ul>${[...notesFor(model), ...CHART_NOTES].map((note) => markup`<li>${note}</li>`)}</ul>`,
    ],
  ];
  return markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${title}: ${model.sources.map(({ label }) => label).join(', ')}</title><link rel="icon" href="data:,">
<style>${new Markup(PAGE_STYLE)}</style></head><body>
<header><h1>${title}</h1>${model.sources.map(sourceLine)}${verdicts(model)}</header>
<nav aria-label="Contents"><ul>${sections.map(([anchor, name]) => link(anchor, name))}</ul>
<ul>${model.scenarios.map(({ anchor, name }) => link(anchor, name))}</ul></nav>
<main>${sections.map(
    ([anchor, name, body]) => markup`<section id="${anchor}"><h2>${name}</h2>${body}</section>
`,
  )}${model.scenarios.map(scenarioSection)}</main></body></html>
`.text;
}

function link(anchor: string, name: string): Markup {
  return markup`<li><a href="#${anchor}">${name}</a></li>`;
}

function sourceLine({ letter, result }: Source): Markup {
  const { revision, createdAt, command, machine } = result;
  const head = letter === '' ? NOTHING : markup`<b class="letter">${letter}</b> `;
  const modified = revision.isModified
    ? markup` <b>with changes that are not committed</b>`
    : NOTHING;
  return markup`<p class="source">${head}<time datetime="${createdAt}">${formatTime(createdAt)}</time> · revision
<code>${revision.commit.slice(0, 10)}</code> ${revision.subject}${modified} · ${machine.processor} · <code>${command}</code></p>`;
}

function verdicts(model: ReportModel): Markup {
  const differences = differencesOf(model);
  const warnings = model.scenarios.flatMap(({ name, series }) =>
    series.flatMap(({ short, scenario }) =>
      scenario.warnings.map(
        (warning) =>
          markup`<li><b>${name}</b>${series.length > 1 ? ` (${short})` : ''}: ${warning}</li>`,
      ),
    ),
  );
  const lines = [
    ...(differences.length === 0
      ? []
      : [
          markup`<li><b>A and B did not run under the same conditions</b> (${differences.join(', ')}):
their ratios mean little.</li>`,
        ]),
    ...warnings,
  ];
  const verdictLines = checksVerdicts(model).map(verdictLine);
  return markup`${verdictLines}${lines.length === 0 ? NOTHING : markup`<ul class="warnings">${lines}</ul>`}`;
}

function verdictLine({ letter, total, missed }: ChecksVerdict): Markup {
  const head = letter === '' ? '' : `${letter}: `;
  const [kind, mark, end] = missed === 0 ? ['good', '✓', ''] : ['bad', '✗', `, ${missed} MISSED`];
  return markup`<p class="verdict ${kind}">${head}${mark} ${total - missed} of ${total} checks hold${end}</p>`;
}

function scenarioSection(group: ScenarioGroup): Markup {
  const together = scenarioTable(group);
  const phases = group.phases.map((phase) => phaseSection(phase, together === null));
  return markup`<section id="${group.anchor}"><h2>${group.name}</h2><p>${group.description}</p>${seriesLegend(group.series)}
${rateSteps(group).length > 0 ? folded(phases) : phases}${together === null ? NOTHING : tableOf(together)}</section>
`;
}

/** A search for the capacity has a dozen steps: their charts are there for who wants them. */
function folded(phases: readonly Markup[]): Markup {
  return markup`<details><summary>Charts of ${phases.length} phases</summary>${phases}</details>`;
}

function phaseSection(phase: PhaseGroup, withTable: boolean): Markup {
  return markup`<article><h3>${phase.name}</h3><p class="how">${describePhaseGroup(phase)}</p>
${chartGrid(phaseCharts(phase))}${withTable ? tableOf(phaseTable(phase)) : NOTHING}</article>`;
}

/** What the colours of the overview mean, where A and B share it. */
function legend(model: ReportModel, isPair: boolean): Markup {
  const group = isPair ? model.scenarios.find(({ series }) => series.length === 2) : undefined;
  return group === undefined ? NOTHING : seriesLegend(group.series);
}

function seriesLegend(series: readonly Series[]): Markup {
  if (series.length < 2) return NOTHING;
  return markup`<ul class="legend">${series.map(({ label, colour, shape }) => markup`<li>${lineSample(colour, shape)} ${label}</li>`)}</ul>`;
}

function chartGrid(charts: readonly Chart[]): Markup {
  if (charts.length === 0) return NOTHING;
  return markup`<div class="charts">${charts.map(
    ({ title, svg, table }) => markup`<figure><figcaption>${title}</figcaption>${svg}
<details><summary>As a table</summary>${tableOf(table)}</details></figure>`,
  )}</div>`;
}

const COLUMNS_NARROW = 3;

function tableOf({ caption, columns, rows }: Table): Markup {
  const side = (index: number) =>
    columns[index]?.isNumber === true ? markup` class="number"` : NOTHING;
  const head = columns.map(
    ({ label }, index) => markup`<th scope="col"${side(index)}>${label}</th>`,
  );
  const body = rows.map(
    (row) =>
      markup`<tr>${row.map((one, index) =>
        index === 0
          ? markup`<th scope="row">${content(one)}</th>`
          : markup`<td${side(index)}>${content(one)}</td>`,
      )}</tr>`,
  );
  // Wide ones scroll sideways, by the keyboard too.
  const scroll =
    columns.length > COLUMNS_NARROW
      ? markup` tabindex="0" role="region" aria-label="${caption}"`
      : NOTHING;
  return markup`<div class="scroll"${scroll}><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function content({ text, note = '', tone = 'plain' }: Cell): Markup {
  const main = tone === 'plain' ? markup`${text}` : markup`<b class="${tone}">${text}</b>`;
  return note === '' ? main : markup`${main}<small>${note}</small>`;
}
