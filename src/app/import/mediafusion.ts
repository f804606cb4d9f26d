/** `import mediafusion --from postgres://…`: titles, streams and profiles of a MediaFusion v6 database. */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { BulkCounts, MediaFusionImport } from '../../features/ingest/contract.ts';
import { StartError } from '../../lib/start-error.ts';
import type { RoleContext } from '../role-context.ts';
import type { ImportReport } from './report.ts';

interface MediaFusionArguments {
  readonly uri: string;
  readonly isJson: boolean;
}

const OPTIONS = { from: { type: 'string' }, json: { type: 'boolean', default: false } } as const;
const EXPECTED = 'expected --from postgres://user:password@host/database, or --from @file with it';

/** @param parameters behind `mediafusion` @throws StartError saying what is accepted; it does not repeat the address */
export async function parseMediaFusion(
  parameters: readonly string[],
): Promise<MediaFusionArguments> {
  const { from, json } = parse(parameters);
  if (from === undefined || from === '') throw new StartError(`import mediafusion: ${EXPECTED}`);
  if (!from.startsWith('@')) return { uri: from, isJson: json };
  const text = await readFile(from.slice(1), 'utf8').catch(() => null);
  if (text === null)
    throw new StartError(`import mediafusion: ${from.slice(1)} cannot be read: ${EXPECTED}`);
  return { uri: text.trim(), isJson: json };
}

function parse(parameters: readonly string[]) {
  try {
    return parseArgs({ args: [...parameters], options: OPTIONS }).values;
  } catch {
    // What the parser says repeats the parameter, which may be an address with its password.
    throw new StartError(`import mediafusion: ${EXPECTED}, and --json`);
  }
}

export async function importMediaFusion(
  mediaFusion: MediaFusionImport,
  { uri, isJson }: MediaFusionArguments,
  report: ImportReport,
  { stop, print }: Pick<RoleContext, 'stop' | 'print'>,
): Promise<void> {
  const startedAtMs = performance.now();
  const listener = {
    progress: ({ streamsAdded, lines }: BulkCounts, inAll: number) =>
      report.progress(() => `${lines} lines, ${streamsAdded} of ${inAll} streams added`),
    refused: (what: string, reason: string) => report.refuseLine(what, reason),
  };
  const counts = await mediaFusion.takeOver(uri, listener, stop);
  const seconds = (performance.now() - startedAtMs) / 1000;
  const { leftOut, profiles } = counts;
  report.lines('mediafusion', counts, Math.round(counts.lines / seconds));
  report.tell(
    `${profiles} profiles taken; left out: ${leftOut.blocked} blocked streams, ${leftOut.ofUsers} of users' own, ` +
      `${leftOut.otherKinds} of other kinds`,
  );
  if (isJson) print(`${JSON.stringify({ ...counts, seconds: Number(seconds.toFixed(1)) })}\n`);
}
