/** Folders that are watched: what is put there is imported once it does not grow any more. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { sleep } from '../../lib/async/wait.ts';
import type { ItemImporter } from './import-item.ts';
import { filesIn, type SeenFile } from './items.ts';

/** Notices of file systems do not come over networks; looking at names costs next to nothing. */
const EVERY_MS = 2000;

/** Resolves when the signal aborts. @param seen files that are imported already */
export async function watchFolders(
  folders: readonly string[],
  seen: readonly SeenFile[],
  importer: ItemImporter,
  signal: CancelSignal,
): Promise<void> {
  const done = new Set(seen.map(keyOf));
  let before = new Set<string>();
  while (!signal.aborted) {
    await sleep(EVERY_MS, signal).catch(() => undefined);
    if (signal.aborted) return;
    const files = await filesOf(folders);
    const keys = new Set(files.map(keyOf));
    for (const key of done) if (!keys.has(key)) done.delete(key);
    for (const file of files) {
      const key = keyOf(file);
      // Seen twice as it is: nobody writes it any more.
      if (done.has(key) || !before.has(key)) continue;
      done.add(key);
      await importer.run({ kind: 'file', path: file.path, sizeBytes: file.sizeBytes });
    }
    before = keys;
  }
}

/** As they are now; none of folders that cannot be read. */
export async function filesOf(folders: readonly string[]): Promise<readonly SeenFile[]> {
  const lists = await Promise.all(folders.map((folder) => filesIn(folder).catch(() => [])));
  return lists.flat();
}

function keyOf({ path, sizeBytes, changedAtMs }: SeenFile): string {
  return `${path}\n${sizeBytes}\n${changedAtMs}`;
}
