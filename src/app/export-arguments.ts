/** What may follow the role `export` on the command line. */
import { parseArgs } from 'node:util';
import { StartError } from '../lib/start-error.ts';

export const EXPORT_HELP = `Usage: node dist/src/main.js export [--gzip] > library.ndjson

Writes the library as lines of NDJSON, which import reads: every title with all that is known of it, then every stream with
what it plays. Settings, profiles, channels and live streams are not in it: export-database writes everything, as SQL.
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
