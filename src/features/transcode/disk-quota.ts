/** How much transcodes may hold on the disk: those that were played longest ago make room. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { TranscodeFolder } from './folder.ts';
import type { TranscodeStore } from './store.ts';

export interface DiskQuotaParts {
  readonly store: Pick<TranscodeStore, 'storedBytes' | 'leastUsed' | 'remove' | 'find'>;
  readonly directory: string;
  readonly bytesMax: number;
  /** After so many days without a play one is deleted. */
  readonly keepDays: number;
}

const BATCH = 20;
const ORPHAN_MS = 3_600_000;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

/** Nothing that may be deleted is left. */
export class DiskFull extends Error {
  override readonly name = 'DiskFull';
}

export class DiskQuota {
  readonly #parts: DiskQuotaParts;

  constructor(parts: DiskQuotaParts) {
    this.#parts = parts;
  }

  /** @throws DiskFull */
  async makeRoom(signal: CancelSignal): Promise<void> {
    const { store, bytesMax } = this.#parts;
    while ((await store.storedBytes(signal)) > bytesMax) {
      const removed = await this.#remove(0, 1, signal);
      if (removed === 0)
        throw new DiskFull(
          `transcodes hold ${Math.round(bytesMax / 2 ** 20)} MB, all that TRANSCODE_DISK_MAX_MB allows, and none of them is over`,
        );
    }
  }

  /** @returns how many were deleted, which nobody has played for long */
  async purge(signal: CancelSignal): Promise<number> {
    let all = 0;
    for (;;) {
      const removed = await this.#remove(this.#parts.keepDays, BATCH, signal);
      all += removed;
      if (removed < BATCH) break;
    }
    await this.#removeOrphans(signal);
    return all;
  }

  /** Folders that nothing in the database names: what made them ended in between. */
  async #removeOrphans(signal: CancelSignal): Promise<void> {
    const { store, directory } = this.#parts;
    const names = await readdir(directory).catch(() => []);
    for (const name of names.filter((one) => UUID.test(one))) {
      const { mtimeMs } = await stat(join(directory, name));
      if (Date.now() - mtimeMs < ORPHAN_MS || (await store.find(name, signal)) !== null) continue;
      await new TranscodeFolder(directory, name).remove();
    }
  }

  async #remove(unusedDays: number, limit: number, signal: CancelSignal): Promise<number> {
    const { store, directory } = this.#parts;
    const found = await store.leastUsed(unusedDays, limit, signal);
    for (const { id } of found) {
      await new TranscodeFolder(directory, id).remove();
      await store.remove(id, signal);
    }
    return found.length;
  }
}
