/** Standard output for exports: as fast as its reader takes it. */
import { StartError } from '../lib/start-error.ts';

/** Resolves when the reader has taken it. A full disk or a pipe that was closed ends the export: half of it is none. */
export function writeOut(bytes: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => {
      if (error === null || error === undefined) resolve();
      else
        reject(
          new StartError(
            `the export was cut off (${error.message}): expected room for all of it on standard output`,
          ),
        );
    });
  });
}
