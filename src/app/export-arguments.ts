/** What may follow the role `export` on the command line. */
import { parseArgs } from 'node:util';
import { StartError } from '../lib/start-error.ts';

export const EXPORT_HELP = `Usage: node dist/src/main.js export [--gzip] > library.ndjson
       node dist/src/main.js export --strm FOLDER --viewer http://HOST/iptv/TOKEN [--preview] [--delete NUMBER] [--json]

Writes the library as lines of NDJSON, which import reads: every title with all that is known of it, then every stream with
what it plays. Settings, profiles, channels and live streams are not in it: export-database writes everything, as SQL.

With --strm, films and series of IPTV providers become .strm and .nfo files for Jellyfin, Kodi and others: what the viewer of that
address sees. Files that are the same are not written. What nothing leads to any more is listed, and deleted by the number told.
`;

export interface StrmArguments {
  readonly folder: string;
  readonly viewerUrl: string;
  readonly deletion: string;
  readonly isPreview: boolean;
  readonly isJson: boolean;
}

export interface ExportArguments {
  readonly isGzip: boolean;
  /** Null: lines are written. */
  readonly strm: StrmArguments | null;
}

const OPTIONS = {
  gzip: { type: 'boolean' },
  strm: { type: 'string' },
  viewer: { type: 'string' },
  preview: { type: 'boolean' },
  delete: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** @throws StartError saying what is accepted */
export function parseExport(parameters: readonly string[]): ExportArguments {
  const values = valuesOf(parameters);
  const { gzip: isGzip = false, strm: folder, viewer: viewerUrl, preview, json } = values;
  if (folder === undefined) {
    if (Object.keys(values).some((name) => name !== 'gzip'))
      throw new StartError('export: expected --gzip, or --strm FOLDER with --viewer ADDRESS');
    return { isGzip, strm: null };
  }
  if (viewerUrl === undefined)
    throw new StartError(
      'export --strm: --viewer: expected an address like http://HOST/iptv/TOKEN',
    );
  const said = {
    isPreview: preview === true,
    isJson: json === true,
    deletion: values.delete ?? '',
  };
  return { isGzip: false, strm: { folder, viewerUrl, ...said } };
}

function valuesOf(parameters: readonly string[]) {
  try {
    return parseArgs({ args: [...parameters], options: OPTIONS }).values;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('.')[0] ?? '') : String(error);
    throw new StartError(`export: ${reason}: expected --gzip, if anything, or --strm FOLDER`);
  }
}
