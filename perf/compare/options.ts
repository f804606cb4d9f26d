/** What the user asked of `npm run perf:compare`, checked before anything starts. */
import { join } from 'node:path';
import { readArguments, wholeNumber } from '../harness/command.ts';

/** An add-on that is running already. */
export interface Target {
  readonly name: string;
  /** Without a slash at the end; a configuration may be part of it. */
  readonly baseUrl: string;
}

export interface CompareOptions {
  readonly targets: readonly Target[];
  readonly rounds: number;
  readonly seconds: number;
  readonly jsonFile: string;
}

const USAGE =
  'npm run perf:compare [-- --target name=url …] [--rounds 7] [--seconds 2] [--json file]';
const DEFAULT_JSON = join(import.meta.dirname, '../../../.build/perf/compare.json');

const ROUNDS_MAX = 100;
const SECONDS_MAX = 600;
/** Names that the tables use for our own contenders. */
const OWN_NAMES = ['sluice', 'stremio-addon-sdk', 'pipeline', 'bare'] as const;

/** @throws Error in one line that says what was wrong and what is accepted */
export function readOptions(parameters: readonly string[]): CompareOptions {
  const { values } = parse(parameters);
  const targets = values.target.map(targetOf);
  const twice = targets.find(
    ({ name }, index) => targets.findIndex((other) => other.name === name) !== index,
  );
  if (twice !== undefined)
    throw new Error(`--target ${twice.name} is given twice: each needs a name of its own`);
  return {
    targets,
    rounds: wholeNumber('rounds', values.rounds, 1, ROUNDS_MAX),
    seconds: wholeNumber('seconds', values.seconds, 1, SECONDS_MAX),
    jsonFile: values.json,
  };
}

function parse(parameters: readonly string[]) {
  return readArguments(USAGE, {
    args: [...parameters],
    options: {
      target: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '2' },
      json: { type: 'string', default: DEFAULT_JSON },
    },
  });
}

function targetOf(text: string): Target {
  const [, name = '', url = ''] = /^([\w.-]{1,40})=(.+)$/.exec(text) ?? [];
  const expected = 'expected name=url, such as mine=http://127.0.0.1:7000';
  if (name === '') throw new Error(`--target ${text} is not accepted: ${expected}`);
  if ((OWN_NAMES as readonly string[]).includes(name)) {
    throw new Error(
      `--target ${name} is not accepted: ${OWN_NAMES.join(', ')} are the names of the contenders that are always there`,
    );
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Error(`--target ${name}: "${url}" is no address of an add-on; ${expected}`);
  }
  const { origin, pathname } = new URL(url);
  return { name, baseUrl: (origin + pathname).replace(/\/(manifest\.json)?$/, '') };
}
