/** Where the report goes, and how: a file is whole or is not there. */
import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface OutputPaths {
  readonly markdown: string;
  readonly html: string;
}

/** @param out a folder (it exists, or the name ends with a slash), else a path without its ending; undefined: beside the first input */
export async function outputPaths(
  inputs: readonly string[],
  out: string | undefined,
): Promise<OutputPaths> {
  const [first = ''] = inputs;
  const ownName = inputs.map((path) => basename(path).replace(/\.json$/i, '')).join('-vs-');
  const base =
    out === undefined
      ? join(dirname(first), ownName)
      : out.endsWith('/') || (await isFolder(out))
        ? join(out, ownName)
        : out.replace(/\.(md|html?)$/i, '');
  return { markdown: `${base}.md`, html: `${base}.html` };
}

/** @throws Error in one line when the folder cannot be made or the disk is full; nothing half-written stays */
export async function writeOutput(path: string, text: string): Promise<void> {
  const unfinished = `${path}.${process.pid}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(unfinished, text);
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw new Error(
      `${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
