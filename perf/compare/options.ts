/** What the user asked of `npm run perf:compare`, checked before anything starts. */
import { parseArgs } from 'node:util';

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
  /** Where the result goes; null: nowhere. */
  readonly jsonFile: string | null;
}

export const USAGE = 'npm run perf:compare [-- --target name=url …] [--rounds 5] [--seconds 3] [--json file]';

const ROUNDS_MAX = 100;
const SECONDS_MAX = 600;
/** Names that the tables use for our own contenders. */
export const OWN_NAMES = ['sluice', 'stremio-addon-sdk', 'pipeline', 'bare'] as const;

/** @throws Error in one line that says what was wrong and what is accepted */
export function readOptions(parameters: readonly string[]): CompareOptions {
  const { values } = parse(parameters);
  const targets = values.target.map(targetOf);
  const twice = targets.find(({ name }, index) => targets.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined) throw new Error(`--target ${twice.name} is given twice: each needs a name of its own`);
  return {
    targets,
    rounds: wholeNumber('--rounds', values.rounds, ROUNDS_MAX),
    seconds: wholeNumber('--seconds', values.seconds, SECONDS_MAX),
    jsonFile: values.json ?? null,
  };
}

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({
      args: [...parameters],
      options: {
        target: { type: 'string', multiple: true, default: [] },
        rounds: { type: 'string', default: '5' },
        seconds: { type: 'string', default: '3' },
        json: { type: 'string' },
      },
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message.split('. ')[0] : String(error)}; accepted: ${USAGE}`, { cause: error });
  }
}

function wholeNumber(option: string, text: string, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= max) return value;
  throw new Error(`${option} ${text} is not accepted: expected a whole number from 1 to ${max}`);
}

function targetOf(text: string): Target {
  const [, name = '', url = ''] = /^([\w.-]{1,40})=(.+)$/.exec(text) ?? [];
  const expected = 'expected name=url, such as mine=http://127.0.0.1:7000';
  if (name === '') throw new Error(`--target ${text} is not accepted: ${expected}`);
  if ((OWN_NAMES as readonly string[]).includes(name)) {
    throw new Error(`--target ${name} is not accepted: ${OWN_NAMES.join(', ')} are the names of the contenders that are always there`);
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new Error(`--target ${name}: "${url}" is no address of an add-on; ${expected}`);
  }
  const { origin, pathname } = new URL(url);
  return { name, baseUrl: (origin + pathname).replace(/\/(manifest\.json)?$/, '') };
}
