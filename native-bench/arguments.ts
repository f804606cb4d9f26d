/** What `npm run bench` was asked for. */
import { parseArgs } from 'node:util';

export interface BenchArguments {
  /** Names of the suites to run, in order. */
  readonly suites: readonly string[];
  /** Where the results go as JSON, too; null for nowhere. */
  readonly jsonPath: string | null;
  /** Keeps the crossovers in the repository. */
  readonly records: boolean;
}

/**
 * @param known names of all suites
 * @throws Error saying what was wrong and what is accepted
 */
export function parseBenchArguments(
  parameters: readonly string[],
  known: readonly string[],
): BenchArguments {
  const { values, positionals } = parsed(parameters);
  for (const part of positionals) {
    if (!known.some((name) => name.includes(part))) {
      throw new Error(`there is no suite "${part}": expected a part of ${known.join(', ')}`);
    }
  }
  if (values.json === '') throw new Error('--json needs the path of a file');
  const suites = known.filter(
    (name) => positionals.length === 0 || positionals.some((part) => name.includes(part)),
  );
  return { suites, jsonPath: values.json ?? null, records: values.record ?? false };
}

function parsed(parameters: readonly string[]) {
  try {
    return parseArgs({
      args: [...parameters],
      allowPositionals: true,
      options: { json: { type: 'string' }, record: { type: 'boolean' } },
    });
  } catch (error) {
    // Its first sentence names the option; the rest is about its own syntax.
    const [reason = ''] = error instanceof Error ? error.message.split('. ') : [];
    throw new Error(`${reason.replace(/\.$/, '')}: expected [suite …] [--json file] [--record]`);
  }
}
