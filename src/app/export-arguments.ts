/** What may follow the role `export` on the command line. */
import { parseArgs } from 'node:util';
import { COMPRESSIONS, type Compression } from '../lib/compression/compression.ts';
import { StartError } from '../lib/start-error.ts';

export const EXPORT_HELP = `Usage: node dist/src/main.js export [--gzip | --zstd] > library.ndjson
       node dist/src/main.js export --strm FOLDER --viewer http://HOST/iptv/TOKEN [--preview] [--delete NUMBER] [--json]

Writes the library as lines of NDJSON, which import reads: every title with all that is known of it, then every stream with
what it plays; compressed by gzip, or by zstd where Node.js has it (22.15). Settings, profiles, channels and live streams are not
in it: export-database writes everything, as SQL.

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
  /** Null: as it is. */
  readonly compression: Compression | null;
  /** Null: lines are written. */
  readonly strm: StrmArguments | null;
}

const OPTIONS = {
  gzip: { type: 'boolean' },
  zstd: { type: 'boolean' },
  strm: { type: 'string' },
  viewer: { type: 'string' },
  preview: { type: 'boolean' },
  delete: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** @throws StartError saying what is accepted */
export function parseExport(parameters: readonly string[]): ExportArguments {
  const values = valuesOf(parameters);
  const { strm: folder, viewer: viewerUrl, preview, json } = values;
  const compression = COMPRESSIONS.filter((name) => values[name] === true);
  if (folder === undefined) {
    const others = Object.keys(values).length - compression.length;
    if (others > 0 || compression.length > 1)
      throw new StartError(
        'export: expected --gzip or --zstd, or --strm FOLDER with --viewer ADDRESS',
      );
    return { compression: compression[0] ?? null, strm: null };
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
  return { compression: null, strm: { folder, viewerUrl, ...said } };
}

function valuesOf(parameters: readonly string[]) {
  try {
    return parseArgs({ args: [...parameters], options: OPTIONS }).values;
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('.')[0] ?? '') : String(error);
    throw new StartError(
      `export: ${reason}: expected --gzip or --zstd, if anything, or --strm FOLDER`,
    );
  }
}
