/** `import <file or address> --type m3u|xtream|xmltv --name X`: a provider's channels or a guide, now, in this process. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { syncReport, type IptvFeature } from '../../features/iptv/feature.ts';
import { PROVIDER_KINDS, type SyncResult } from '../../features/iptv/contract.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { StartError } from '../../lib/start-error.ts';

/** What one file or address with a name can be; others are titles (`arguments.ts`). */
const TYPES = [...PROVIDER_KINDS, 'xmltv'] as const;

export interface PlaylistArguments {
  readonly type: (typeof TYPES)[number];
  readonly source: string;
  readonly name: string;
  readonly isJson: boolean;
}

const OPTIONS = {
  type: { type: 'string' },
  name: { type: 'string' },
  json: { type: 'boolean' },
} as const;
const TOLD_EVERY_MS = 1000;
const PROBLEMS_TOLD_MAX = 20;

/** Null when the command line is about something else. @throws StartError saying what is accepted */
export function parsePlaylist(parameters: readonly string[]): PlaylistArguments | null {
  const { values } = parseArgs({
    args: [...parameters],
    allowPositionals: true,
    strict: false,
    options: OPTIONS,
  });
  const type = TYPES.find((known) => known === values.type);
  if (type === undefined) return null;
  const { positionals, values: said } = parseStrictly(parameters, type);
  const [source] = positionals;
  if (source === undefined || positionals.length > 1)
    throw new StartError(`import --type ${type}: expected one file or address`);
  if (type === 'xtream' && !isWebAddress(source))
    throw new StartError('import --type xtream: expected an address with http:// or https://');
  const name = said.name?.trim() ?? '';
  if (name === '')
    throw new StartError(
      `import --type ${type}: --name: expected the name of the ${type === 'xmltv' ? 'guide' : 'provider'}`,
    );
  return { type, source, name, isJson: said.json === true };
}

function parseStrictly(parameters: readonly string[], type: string) {
  try {
    return parseArgs({ args: [...parameters], allowPositionals: true, options: OPTIONS });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('.')[0] ?? '') : String(error);
    throw new StartError(`import --type ${type}: ${reason} (import --help)`);
  }
}

export interface PlaylistOutput {
  /** A line for whoever watches. */
  tell(text: string): void;
  print(text: string): void;
}

/**
 * The provider of that name, made where there is none, takes the list in. False: entries or all of it were refused, or it is
 * held for a person.
 */
export async function importPlaylist(
  feature: IptvFeature,
  given: PlaylistArguments,
  output: PlaylistOutput,
  signal: CancelSignal,
): Promise<boolean> {
  const { name, isJson } = given;
  try {
    const { id, result } = await bringPlaylist(feature, given, output, signal);
    output.tell(summary(name, result));
    const { problems: refusals } = result;
    if (isJson)
      output.print(`${JSON.stringify({ provider: id, name, ...syncReport(result), refusals })}\n`);
    return result.refused === 0 && result.snapshot?.state !== 'held';
  } catch (error) {
    return tellRefusal(error, given, output);
  }
}

/** False. @throws what is no refusal */
export function tellRefusal(
  error: unknown,
  { name, isJson }: PlaylistArguments,
  { tell, print }: PlaylistOutput,
): false {
  if (!(error instanceof AppError)) throw error;
  const { code, message } = error;
  tell(`refused ${name}: ${message} (${code})`);
  if (isJson) print(`${JSON.stringify({ name, error: code, reason: message })}\n`);
  return false;
}

async function bringPlaylist(
  { providers }: IptvFeature,
  { type, source, name }: PlaylistArguments,
  { tell }: PlaylistOutput,
  signal: CancelSignal,
): Promise<{ readonly id: number; readonly result: SyncResult }> {
  const isAddress = isWebAddress(source);
  if (!isAddress) await checkFile(source);
  const kind = type === 'xtream' ? type : 'm3u';
  const id =
    (await providers.idOf(name, signal)) ??
    (await providers.add({ name, kind, url: isAddress ? source : '' }, signal));
  const listener = { progress: everySecond((entries: number) => tell(`${entries} entries`)) };
  const result = isAddress
    ? await providers.sync(id, listener, signal)
    : await providers.importFile(id, resolve(source), listener, signal);
  for (const { line, reason } of result.problems.slice(0, PROBLEMS_TOLD_MAX))
    tell(`refused ${isAddress ? name : source}:${line}: ${reason}`);
  return { id, result };
}

export function isWebAddress(source: string): boolean {
  return /^https?:\/\//i.test(source);
}

/** @throws StartError */
export async function checkFile(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() !== true)
    throw new StartError(`${path}: expected a file, or an address with http:// or https://`);
}

export function everySecond(tell: (entries: number) => void): (entries: number) => void {
  let toldAtMs = performance.now();
  return (entries) => {
    if (performance.now() - toldAtMs < TOLD_EVERY_MS) return;
    toldAtMs = performance.now();
    tell(entries);
  };
}

function summary(name: string, { entries, refused, snapshot }: SyncResult): string {
  const read = `${name}: ${entries} entries, ${refused} refused`;
  if (snapshot === null) return `${read}; nothing has changed`;
  const { state, reason, added, removed, renamed, moved, readdressed } = snapshot;
  const changes = `${added} added, ${removed} removed, ${renamed} renamed, ${moved} moved, ${readdressed} with another address`;
  return state === 'held'
    ? `${read}; ${changes}; held: ${reason}. Publish snapshot ${snapshot.snapshot} by the API, or leave it`
    : `${read}; ${changes}`;
}
