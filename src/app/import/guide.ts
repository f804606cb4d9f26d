/** `import <file or address> --type xmltv --name X`: what a guide says, now, in this process. */
import { createReadStream } from 'node:fs';
import type { GuideFeature } from '../../features/guide/feature.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import {
  checkFile,
  everySecond,
  isWebAddress,
  type PlaylistArguments,
  type PlaylistOutput,
} from './playlist.ts';

const READ_BYTES = 256 * 1024;
const REFUSALS_TOLD_MAX = 20;

/** The guide of that name, made where there is none, says what the file says. An address is synced again by schedule. */
export async function importGuide(
  { guideImport }: GuideFeature,
  { source, name, isJson }: PlaylistArguments,
  { tell, print }: PlaylistOutput,
  signal: CancelSignal,
): Promise<void> {
  const isAddress = isWebAddress(source);
  if (!isAddress) await checkFile(source);
  let refusals = 0;
  const tellOfProgrammes = everySecond((programmes) => tell(`${programmes} programmes`));
  const listener = {
    progress: ({ programmes }: { readonly programmes: number }) => tellOfProgrammes(programmes),
    refused: (reason: string) => {
      if (refusals++ < REFUSALS_TOLD_MAX) tell(`refused ${source}: ${reason}`);
    },
  };
  const counts = isAddress
    ? await guideImport.importAddress(name, source, listener, signal)
    : await guideImport.importGuide(
        name,
        createReadStream(source, { highWaterMark: READ_BYTES }),
        listener,
        signal,
      );
  const { channels, programmes, refused, outside } = counts;
  tell(
    `${name}: ${channels} channels, ${programmes} programmes, ${outside} too old or too far ahead, ${refused} refused`,
  );
  if (isJson) print(`${JSON.stringify({ name, ...counts })}\n`);
}
