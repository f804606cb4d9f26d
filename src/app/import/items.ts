/** What the command line names, one thing after the other: files, what lies in folders, and links. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError } from '../../lib/start-error.ts';

export type ImportItem =
  | { readonly kind: 'file'; readonly path: string; readonly sizeBytes: number }
  | { readonly kind: 'link'; readonly link: string };

/** A file of a folder, as it was when it was seen. */
export interface SeenFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly changedAtMs: number;
}

const LINK = /^(?:https?:\/\/|magnet:|acestream:|[0-9a-f]{40}$)/i;
const IMPORTABLE = /\.(?:torrent|nzb|(?:ndjson|jsonl|csv)(?:\.gz|\.zst)?)$/i;
const DEPTH_MAX = 32;
const FILES_MAX = 1_000_000;

export function isLink(source: string): boolean {
  return LINK.test(source);
}

/** @throws StartError for a path where nothing is */
export async function* itemsOf(sources: readonly string[]): AsyncIterable<ImportItem> {
  for (const source of sources) {
    if (isLink(source)) yield { kind: 'link', link: source };
    else if (await isFolder(source)) {
      for (const { path, sizeBytes } of await filesIn(source))
        yield { kind: 'file', path, sizeBytes };
    } else yield { kind: 'file', path: source, sizeBytes: (await stat(source)).size };
  }
}

/** @throws StartError for a path where nothing is */
export async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new StartError(
      `${path}: ${reason}: expected a file, a folder, an address, a magnet link or an infohash`,
    );
  }
}

/** Files that can be imported, at any depth, in the order of their names. Links are not followed. */
export async function filesIn(folder: string, depth = 0): Promise<readonly SeenFile[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files: SeenFile[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < DEPTH_MAX) files.push(...(await filesIn(path, depth + 1)));
    if (!entry.isFile() || !IMPORTABLE.test(entry.name)) continue;
    if (files.length >= FILES_MAX)
      throw new StartError(
        `${folder} has more than ${FILES_MAX} files: import its folders one by one`,
      );
    const { size, mtimeMs } = await stat(path);
    files.push({ path, sizeBytes: size, changedAtMs: mtimeMs });
  }
  return files;
}
