/** What may follow the role `export` on the command line. */
import { parseArgs } from 'node:util';
import { StartError } from '../lib/start-error.ts';

export const EXPORT_HELP = `Usage: node dist/src/main.js export [--gzip] > library.ndjson

Writes every stream with what it plays as a line of NDJSON, which import reads. Titles have their ids, names and years; what
metadata services know of them is not in it. export-database writes everything, as SQL.
`;

/** @throws StartError saying what is accepted */
export function parseExport(parameters: readonly string[]): { readonly isGzip: boolean } {
  try {
    const options = { gzip: { type: 'boolean' } } as const;
    return { isGzip: parseArgs({ args: [...parameters], options }).values.gzip === true };
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('.')[0] ?? '') : String(error);
    throw new StartError(`export: ${reason}: expected --gzip, if anything`);
  }
}
