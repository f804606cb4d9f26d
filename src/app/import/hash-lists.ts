/** `import hashlists <address, file or folder>…`: torrents of titles that the library has, out of hash lists. */
import { parseArgs } from 'node:util';
import type { HashListCounts, HashListImport } from '../../features/ingest/contract.ts';
import { StartError } from '../../lib/start-error.ts';
import type { RoleContext } from '../role-context.ts';
import type { ImportReport } from './report.ts';

interface HashListArguments {
  readonly sources: readonly string[];
  /** Also pages that were imported before. */
  readonly isAgain: boolean;
  readonly isJson: boolean;
}

const OPTIONS = {
  again: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
} as const;

/** @param parameters behind `hashlists` @throws StartError saying what is accepted */
export function parseHashLists(parameters: readonly string[]): HashListArguments {
  const { values, positionals } = parse(parameters);
  if (positionals.length === 0)
    throw new StartError('import hashlists: expected addresses, files or folders of pages');
  return { sources: positionals, isAgain: values.again, isJson: values.json };
}

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({ args: [...parameters], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('.')[0] ?? '') : String(error);
    throw new StartError(`import hashlists: ${reason} (import --help)`);
  }
}

export async function importHashLists(
  { importHashLists: run }: HashListImport,
  { sources, isAgain, isJson }: HashListArguments,
  report: ImportReport,
  { stop, print }: Pick<RoleContext, 'stop' | 'print'>,
): Promise<void> {
  const listener = {
    progress: (counts: HashListCounts) => report.progress(() => textOf(counts)),
    refused: (page: string, reason: string) => report.refuse(page, new Error(reason)),
  };
  const counts = await run(sources, isAgain, listener, stop);
  report.tell(textOf(counts));
  if (isJson) print(`${JSON.stringify(counts)}\n`);
  if (counts.refused > 0) process.exitCode = 1;
}

function textOf({ pages, seen, refused, entries, linked }: HashListCounts): string {
  return (
    `${pages} pages, ${seen} of them imported before, ${refused} refused; ` +
    `${linked} of ${entries} torrents are of titles that the library has`
  );
}
