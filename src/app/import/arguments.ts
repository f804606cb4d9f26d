/** What `import` is told on the command line. */
import { parseArgs } from 'node:util';
import type { LineId } from '../../lib/import-line/title-line.ts';
import { LineFields } from '../../lib/import-line/line-fields.ts';
import { readTitle } from '../../lib/import-line/title-line.ts';
import { AppError } from '../../lib/errors.ts';
import { StartError } from '../../lib/start-error.ts';
import type { TitleHint } from '../../features/ingest/contract.ts';
import { EVERY_SEASON, LAST_EPISODE, type Placement } from '../../lib/title-match/title-facts.ts';

export interface ImportArguments {
  /** Files, folders, addresses, magnet links, infohashes; at least one. */
  readonly sources: readonly string[];
  readonly hint: TitleHint;
  /** What the whole of it plays; undefined: names of files say it. */
  readonly part: Placement | undefined;
  /** Release title in place of the stream's own; empty: its own. */
  readonly name: string;
  /** Where an NZB file can be had; empty when not said. */
  readonly url: string;
  readonly isWatching: boolean;
  readonly isDryRun: boolean;
  /** Files of lines are left to the workers of the server. */
  readonly isBackground: boolean;
  readonly isJson: boolean;
}

export const IMPORT_HELP = `Usage: node dist/src/main.js import <file, folder or address>… [options]

Takes .torrent, .nzb, .ndjson and .csv files (the last two also as .gz and .zst), folders of them, http(s) addresses
of videos, .torrent files and NZBs, magnet links, infohashes, YouTube addresses and acestream://…

  --type movie|series   of the title
  --title NAME          the title, where names of releases do not say it
  --year YEAR           of its release
  --imdb tt…  --tmdb N  its id
  --season N|all  --episode N   what the whole of it plays
  --name RELEASE        in place of the stream's own name
  --url ADDRESS         where an NZB file can be downloaded
  --watch               go on and import what is put into the folders
  --dry-run             say what would be linked, import nothing
  --background          leave .ndjson and .csv files to the server on this machine, and end
  --json                a line of JSON at the end: counts, and what was refused

With --type m3u --name PROVIDER one file or address is a list of channels, with --type xmltv --name GUIDE a guide;
with --type xtream --name PROVIDER one address with user name and password is an account of an Xtream server (docs/iptv.md).

import imdb [folder, files or addresses] [--min-votes N] [--adult] [--background] [--json]
takes IMDb's tables title.basics, akas, episode and ratings (.tsv.gz), IMDb's own without any: titles with N votes (100) and
more, and what the library's lack (docs/importing.md).

import mediafusion --from postgres://user:password@host/database [--json]
takes over a database of MediaFusion v6: titles, streams, profiles. --from @file reads the address from a file.

import hashlists <address, file or folder>… [--again] [--json]
takes pages of hash lists: torrents of titles that the library has; pages that were imported before with --again alone.

import channels <file or address of channels.json> [--json]
takes iptv-org's table of channels: entries that name one by its id or by another of its names are one channel.

import scan <folder or WebDAV address>… [--type movie|series] [--json]
links videos where they are to titles, and marks those that are gone; again every hour.

Exit status 0: everything is in. 1: something was refused; it is named on standard error.
`;

const OPTIONS = {
  type: { type: 'string' },
  title: { type: 'string' },
  year: { type: 'string' },
  imdb: { type: 'string' },
  tmdb: { type: 'string' },
  season: { type: 'string' },
  episode: { type: 'string' },
  name: { type: 'string' },
  url: { type: 'string' },
  watch: { type: 'boolean' },
  'dry-run': { type: 'boolean' },
  background: { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

/** @throws StartError saying what is accepted */
export function parseImport(parameters: readonly string[]): ImportArguments {
  const { values, positionals } = parse(parameters);
  if (positionals.length === 0)
    throw new StartError('import: expected a file, a folder or an address (import --help)');
  return {
    sources: positionals,
    hint: hintOf(values),
    part: partOf(values.season, values.episode),
    name: values.name ?? '',
    url: values.url ?? '',
    isWatching: values.watch === true,
    isDryRun: values['dry-run'] === true,
    isBackground: values.background === true,
    isJson: values.json === true,
  };
}

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({ args: [...parameters], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('.')[0] ?? '') : String(error);
    throw new StartError(`import: ${reason} (import --help)`);
  }
}

type Values = Partial<Record<'type' | 'title' | 'year' | 'imdb' | 'tmdb', string>>;

function hintOf({ type, title, year, imdb, tmdb }: Values): TitleHint {
  const given = { type: type ?? 'movie', name: title ?? '', year, imdb, tmdb };
  const isNamed = [title, imdb, tmdb].some((text) => text !== undefined);
  try {
    const read = readTitle(new LineFields({ ...known(given), ...(isNamed ? {} : { name: '-' }) }));
    return {
      type: type === undefined ? null : read.type,
      ids: read.ids.filter(({ provider }: LineId) => provider !== 'sl'),
      name: isNamed ? read.name : '',
      year: read.year,
    };
  } catch (error) {
    if (error instanceof AppError) throw new StartError(`import: --${error.message}`);
    throw error;
  }
}

function known(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function partOf(season: string | undefined, episode: string | undefined): Placement | undefined {
  if (season === undefined && episode === undefined) return undefined;
  if (season === 'all') return { season: EVERY_SEASON, episodeFrom: 0, episodeTo: LAST_EPISODE };
  const number = (text: string, name: string) => {
    if (/^\d{1,5}$/.test(text) && Number(text) < LAST_EPISODE) return Number(text);
    throw new StartError(`import: --${name} ${JSON.stringify(text)}: expected a number`);
  };
  const ofSeason = number(season ?? '1', 'season');
  if (episode === undefined) return { season: ofSeason, episodeFrom: 0, episodeTo: LAST_EPISODE };
  const only = number(episode, 'episode');
  return { season: ofSeason, episodeFrom: only, episodeTo: only };
}
