/** `import scan <folder or WebDAV address>…`: videos where they are, linked to titles. */
import { parseArgs } from 'node:util';
import type { Folders, ScanCounts } from '../../features/folders/contract.ts';
import { AppError } from '../../lib/errors.ts';
import { StartError } from '../../lib/start-error.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import type { RoleContext } from '../role-context.ts';
import type { ImportReport } from './report.ts';

interface ScanArguments {
  readonly places: readonly string[];
  readonly type: MediaType | null;
  readonly isJson: boolean;
}

const OPTIONS = { type: { type: 'string' }, json: { type: 'boolean', default: false } } as const;

/** @param parameters behind `scan` @throws StartError saying what is accepted */
export function parseScan(parameters: readonly string[]): ScanArguments {
  const { values, positionals } = parse(parameters);
  const { type = null, json } = values;
  if (positionals.length === 0)
    throw new StartError('import scan: expected folders or addresses of WebDAV shares');
  if (type !== null && type !== 'movie' && type !== 'series')
    throw new StartError(`import scan: --type ${JSON.stringify(type)}: expected movie or series`);
  return { places: positionals, type, isJson: json };
}

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({ args: [...parameters], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('.')[0] ?? '') : String(error);
    throw new StartError(`import scan: ${reason} (import --help)`);
  }
}

export async function scanFolders(
  folders: Folders,
  { places, type, isJson }: ScanArguments,
  report: ImportReport,
  { stop, print }: Pick<RoleContext, 'stop' | 'print'>,
): Promise<void> {
  for (const place of places) {
    const shown = place.replace(/\/\/[^/@]*@/, '//');
    const listener = {
      progress: (done: number, total: number) =>
        report.progress(() => `${shown}: ${done} of ${total} videos`),
      refused: (path: string, reason: string) => report.refuse(path, new Error(reason)),
    };
    const startedAtMs = performance.now();
    try {
      const counts = await folders.scan(place, type, listener, stop);
      const seconds = Number(((performance.now() - startedAtMs) / 1000).toFixed(1));
      report.tell(`${shown}: ${textOf(counts)} in ${seconds} s`);
      if (isJson) print(`${JSON.stringify({ place: shown, ...counts, seconds })}\n`);
    } catch (error) {
      if (!(error instanceof AppError) || stop.aborted) throw error;
      report.refuse(shown, error);
    }
  }
  if (report.counts.refused > 0) process.exitCode = 1;
}

function textOf({ videos, unchanged, linked, refused, gone }: ScanCounts): string {
  return (
    `${videos} videos, ${unchanged} as they were; ${linked} linked, ${refused} of no known title, ` +
    `${gone} not there any more`
  );
}
