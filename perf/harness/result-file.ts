/** Where a result goes: known to be writable before anything is measured. */
import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { PerfResult } from '../result.ts';

/** Not part of the repository; made when it is not there. */
const BUILD_FOLDER = join(import.meta.dirname, '../../../.build/perf');

/**
 * The path of the result.
 * @param given from the command line; a file in the build folder when absent
 * @throws Error when its folder is not there or cannot be written to
 */
export async function resultFile(given: string | undefined, name: string): Promise<string> {
  if (given === undefined) {
    await mkdir(BUILD_FOLDER, { recursive: true });
    return join(BUILD_FOLDER, name);
  }
  // The folder is not made: Node 20 never returns from a recursive mkdir below /proc.
  await access(dirname(given), constants.W_OK).catch(() => {
    throw new Error(
      `--json ${given}: the folder ${dirname(given)} is not there or cannot be written to`,
    );
  });
  return given;
}

/** @throws Error in one line: a full disk, most likely */
export async function writeResult(file: string, result: PerfResult): Promise<void> {
  await writeFile(file, `${JSON.stringify(result, null, 1)}\n`).catch((error: unknown) => {
    throw new Error(
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  });
}
