/** `import <file or address> --type xmltv --name X`: what a guide says, now, in this process. */
import { createReadStream } from 'node:fs';
import type { GuideCounts } from '../../features/guide/contract.ts';
import type { GuideFeature } from '../../features/guide/feature.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { ReasonCounts, type ReasonCount } from '../../lib/import-line/reason-counts.ts';
import {
  checkFile,
  everySecond,
  isWebAddress,
  tellRefusal,
  type PlaylistArguments,
  type PlaylistOutput,
} from './playlist.ts';

const READ_BYTES = 256 * 1024;
const REFUSALS_TOLD_MAX = 20;

/**
 * The guide of that name, made where there is none, says what the file says; an address is synced again by schedule.
 * False: programmes were refused, or all of it, and what was there stays.
 */
export async function importGuide(
  feature: GuideFeature,
  given: PlaylistArguments,
  output: PlaylistOutput,
  signal: CancelSignal,
): Promise<boolean> {
  const { name, isJson } = given;
  try {
    const { counts, reasons } = await bringGuide(feature, given, output, signal);
    const { channels, programmes, refused, outside } = counts;
    output.tell(
      `${name}: ${channels} channels, ${programmes} programmes, ${outside} too old or too far ahead, ${refused} refused`,
    );
    if (isJson) output.print(`${JSON.stringify({ name, ...counts, reasons })}\n`);
    return refused === 0;
  } catch (error) {
    return tellRefusal(error, given, output);
  }
}

async function bringGuide(
  { guideImport }: GuideFeature,
  { source, name }: PlaylistArguments,
  { tell }: PlaylistOutput,
  signal: CancelSignal,
): Promise<{ readonly counts: GuideCounts; readonly reasons: readonly ReasonCount[] }> {
  const isAddress = isWebAddress(source);
  if (!isAddress) await checkFile(source);
  let refusals = 0;
  const reasons = new ReasonCounts();
  const tellOfProgrammes = everySecond((programmes) => tell(`${programmes} programmes`));
  const listener = {
    progress: ({ programmes }: { readonly programmes: number }) => tellOfProgrammes(programmes),
    refused: (reason: string) => {
      reasons.add(reason);
      if (refusals++ < REFUSALS_TOLD_MAX) tell(`refused ${name}: ${reason}`);
    },
  };
  const bytes = () => createReadStream(source, { highWaterMark: READ_BYTES });
  const counts = isAddress
    ? await guideImport.importAddress(name, source, listener, signal)
    : await guideImport.importGuide(name, bytes(), listener, signal);
  return { counts, reasons: reasons.list() };
}
