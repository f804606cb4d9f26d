/** The command line of the gate. */
import { parseArgs } from 'node:util';
import { GateError } from './gate-error.ts';

export const USAGE = `npm run perf:gate -- --base <revision> [options]   compares this checkout with another revision
npm run perf:gate -- --self-test [--report file]   proves the gate: equal code passes, 20 % more CPU a request fails

  --base <revision>      what to compare with: a commit, a tag, origin/main, HEAD^
  --scenario <a,b>       only these, each with a file in perf/gates/; those of the form when absent
  --budget <10m>         time for measuring, in s, m or h; 10m when absent, 150s with --short
  --short                at most 3 minutes: few scenarios, wider limits; nothing to compare with is no failure
  --strict               exit code 3 when a scenario stays undecided
  --json <file>          writes every figure
  --report <file.md>     writes the table as Markdown

Exit codes: 0 passed or undecided, 1 a regression, 2 the gate could not be run, 3 undecided with --strict.`;

export interface GateOptions {
  readonly base: string;
  /** Null: all. */
  readonly scenarios: readonly string[] | null;
  readonly budgetMs: number;
  readonly isShort: boolean;
  readonly isStrict: boolean;
  readonly jsonFile: string | null;
  readonly reportFile: string | null;
}

export type GateCommand =
  | { readonly kind: 'help' }
  | { readonly kind: 'self-test'; readonly reportFile: string | null }
  | { readonly kind: 'gate'; readonly options: GateOptions };

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
const BUDGET = { full: '10m', short: '150s' };
const BUDGET_MS_MIN = 10_000;
const BUDGET_MS_MAX = 12 * 3_600_000;

/** @throws GateError that says what is accepted */
export function readOptions(parameters: readonly string[]): GateCommand {
  const values = parse(parameters);
  if (values.help === true) return { kind: 'help' };
  const reportFile = values.report ?? null;
  if (values['self-test'] === true) return { kind: 'self-test', reportFile };
  if (values.base === undefined || values.base === '') {
    throw new GateError(
      'usage',
      '--base is missing: name a revision to compare with, such as --base origin/main (or use --self-test)',
    );
  }
  const isShort = values.short === true;
  return {
    kind: 'gate',
    options: {
      base: values.base,
      isShort,
      isStrict: values.strict === true,
      jsonFile: values.json ?? null,
      reportFile,
      scenarios:
        values.scenario
          ?.split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '') ?? null,
      budgetMs: durationMs(values.budget ?? (isShort ? BUDGET.short : BUDGET.full)),
    },
  };
}

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({
      args: [...parameters],
      options: {
        base: { type: 'string' },
        scenario: { type: 'string' },
        budget: { type: 'string' },
        json: { type: 'string' },
        report: { type: 'string' },
        short: { type: 'boolean' },
        strict: { type: 'boolean' },
        'self-test': { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    throw new GateError(
      'usage',
      `${error instanceof Error ? error.message : String(error)} (--help tells the options)`,
    );
  }
}

function durationMs(text: string): number {
  const [, count = '', unit = ''] = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text) ?? [];
  const value = Number(count) * (UNITS[unit] ?? Number.NaN);
  if (value >= BUDGET_MS_MIN && value <= BUDGET_MS_MAX) return value;
  throw new GateError(
    'usage',
    `--budget ${text}: expected a duration from 10s to 12h, such as 90s or 10m`,
  );
}
