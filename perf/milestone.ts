/**
 * `npm run perf:milestone -- --name baseline A.json [B.json …]`: joins results of one revision into the
 * repository's record: `perf/results/<name>-<date>.json` (without timelines), the same as Markdown, and one line
 * of `perf/results/history.ndjson`.
 */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readArguments, runCommand } from './harness/command.ts';
import { median } from './harness/statistics.ts';
import { renderMarkdown } from './report/markdown.ts';
import { buildModel } from './report/model.ts';
import { writeOutput } from './report/output.ts';
import { readResult } from './report/read-result.ts';
import type { PerfResult, PhaseResult, RoundResult } from './result.ts';

const PERF = join(import.meta.dirname, '../../perf');
const USAGE = 'npm run perf:milestone -- --name baseline A.json [B.json …]';

/** One result of all; the later ones add scenarios. @throws Error when they are not of one revision and machine */
function joined(results: readonly PerfResult[]): PerfResult {
  const [first, ...rest] = results;
  if (first === undefined) throw new Error(`no result file is named: ${USAGE}`);
  for (const other of rest) {
    if (other.revision.commit !== first.revision.commit) {
      throw new Error(
        `results of two revisions cannot be one milestone: ${first.revision.commit} and ${other.revision.commit}`,
      );
    }
    if (other.machine.processor !== first.machine.processor)
      throw new Error('results of two machines cannot be one milestone');
  }
  const withoutTimeline = (phase: PhaseResult) => ({
    ...phase,
    rounds: phase.rounds.map((round) => ({ ...round, timeline: [] })),
  });
  return {
    ...first,
    machine: {
      ...first.machine,
      redis: results.map(({ machine }) => machine.redis).find((version) => version !== '') ?? '',
    },
    data:
      results.map(({ data }) => data).toSorted((a, b) => b.streams - a.streams)[0] ?? first.data,
    command: results
      .map(({ command }) => command.replaceAll(/ --(?:json|data)[ =]\S+/g, ''))
      .join('; '),
    scenarios: results
      .flatMap(({ scenarios }) => scenarios)
      .map((scenario) => ({ ...scenario, phases: scenario.phases.map(withoutTimeline) })),
  };
}

/** What is worth comparing over the years, medians over rounds. */
function figuresOf({ rounds }: PhaseResult) {
  const of = (figure: (round: RoundResult) => number | null | undefined) => {
    const values = rounds
      .map(figure)
      .filter((value): value is number => value !== null && value !== undefined);
    return values.length === 0 ? null : Math.round(median(values) * 10) / 10;
  };
  return {
    requestsPerS: of(({ requestsPerS }) => requestsPerS),
    p95Micros: of(({ latency }) => latency?.p95),
    p99Micros: of(({ latency }) => latency?.p99),
    cpuMicrosPerRequest: of(({ server }) => server.cpuMicrosPerRequest),
    rssBytes: of(({ server }) => server.rssPeakBytes),
  };
}

function historyLine(name: string, result: PerfResult): string {
  return JSON.stringify({
    name,
    date: result.createdAt.slice(0, 10),
    commit: result.revision.commit,
    processor: result.machine.processor,
    processors: result.machine.processors,
    node: result.machine.node,
    streams: result.data.streams,
    missed: result.scenarios.flatMap((scenario) =>
      scenario.checks
        .filter(({ passed }) => !passed)
        .map((check) => `${scenario.name}: ${check.name}`),
    ),
    figures: result.scenarios.flatMap(({ name: scenario, contender, phases }) =>
      phases.map((phase) => ({ scenario, contender, phase: phase.name, ...figuresOf(phase) })),
    ),
  });
}

async function main(): Promise<void> {
  const { values, positionals } = readArguments(USAGE, {
    options: { name: { type: 'string' } },
    allowPositionals: true,
  });
  const { name } = values;
  if (name === undefined || !/^[a-z0-9-]+$/.test(name))
    throw new Error(`--name: expected lower-case letters, digits and dashes: ${USAGE}`);
  const result = joined(await Promise.all(positionals.map((path) => readResult(path))));
  const base = join(PERF, 'results', `${name}-${result.createdAt.slice(0, 10)}`);
  await writeOutput(`${base}.json`, `${JSON.stringify(result)}\n`);
  await writeOutput(`${base}.md`, renderMarkdown(buildModel([result])));
  await appendFile(join(PERF, 'results/history.ndjson'), `${historyLine(name, result)}\n`);
  console.log(`${base}.md`);
}

await runCommand(main);
