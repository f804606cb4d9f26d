/** Segments as files below DATA_DIR: whole ones only, each written beside its place and then moved there. */
import { randomBytes } from 'node:crypto';
import type { Buffer } from 'node:buffer';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../lib/errors.ts';
import type { SegmentStore } from './segment-store.ts';

const FULL: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

export class SegmentFiles implements SegmentStore {
  readonly isRemote = false;
  readonly #directory: string;

  /** @param directory made when the first segment comes */
  constructor(directory: string) {
    this.#directory = directory;
  }

  placeOf(streamId: string, name: string): string {
    return join(this.#folderOf(streamId), name);
  }

  /** @throws AppError `live.disk-full` */
  async write(streamId: string, name: string, bytes: Buffer): Promise<void> {
    const folder = this.#folderOf(streamId);
    const unfinished = join(folder, `.${randomBytes(8).toString('hex')}.part`);
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(unfinished, bytes, { flag: 'wx' });
      await rename(unfinished, join(folder, name));
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined);
      if (FULL.has(codeOf(error)))
        throw new AppError('live.disk-full', 'the disk of the server is full', { cause: error });
      throw error;
    }
  }

  async removeAll(streamId: string): Promise<void> {
    await rm(this.#folderOf(streamId), { recursive: true, force: true });
  }

  /** Null when there is no such file. */
  async read(streamId: string, name: string): Promise<Buffer | null> {
    try {
      return await readFile(this.placeOf(streamId, name));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw error;
    }
  }

  #folderOf(streamId: string): string {
    return join(this.#directory, streamId);
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
