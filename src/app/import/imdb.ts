/** `import imdb [folder, files or addresses]`: titles, other names, episodes and ratings of IMDb's tables. */
import { parseArgs } from 'node:util';
import type { ImdbCounts, ImdbImport, ImdbOptions } from '../../features/ingest/contract.ts';
import { StartError } from '../../lib/start-error.ts';
import type { RoleContext } from '../role-context.ts';
import type { ImportReport } from './report.ts';

interface ImdbArguments extends ImdbOptions {
  readonly isBackground: boolean;
  readonly isJson: boolean;
}

/** Titles that a hundred people have rated: about 350,000 of eleven million. */
const VOTES_MIN = '100';
const OPTIONS = {
  'min-votes': { type: 'string', default: VOTES_MIN },
  adult: { type: 'boolean', default: false },
  background: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** @param parameters behind `imdb` @throws StartError saying what is accepted */
export function parseImdb(parameters: readonly string[]): ImdbArguments {
  const { values, positionals } = parse(parameters);
  const votes = values['min-votes'];
  if (!/^\d{1,9}$/.test(votes))
    throw new StartError(`import imdb: --min-votes ${JSON.stringify(votes)}: expected a number`);
  return {
    sources: positionals,
    votesMin: Number(votes),
    withAdult: values.adult,
    isBackground: values.background,
    isJson: values.json,
  };
}

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({ args: [...parameters], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('.')[0] ?? '') : String(error);
    throw new StartError(`import imdb: ${reason} (import --help)`);
  }
}

export async function importImdb(
  imdb: ImdbImport,
  given: ImdbArguments,
  report: ImportReport,
  { stop, print }: Pick<RoleContext, 'stop' | 'print'>,
): Promise<void> {
  if (given.isBackground) {
    const id = await imdb.enqueue(given, stop);
    return report.tell(`left to job ${id} (/api/v1/import/job/${id})`);
  }
  const listener = {
    step: (text: string) => report.progress(() => text),
    merged: ({ titles }: ImdbCounts, inAll: number) =>
      report.progress(() => `${titles} of ${inAll} titles`),
  };
  const counts = await imdb.importTables(given, listener, stop);
  report.tell(
    `${counts.titles} titles: ${counts.titlesAdded} added, ${counts.titlesChanged} changed, ${counts.namesAdded} names, ` +
      `${counts.episodesAdded} episodes, ${counts.ratingsChanged} ratings`,
  );
  if (given.isJson) print(`${JSON.stringify(counts)}\n`);
}
