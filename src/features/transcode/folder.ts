/** The files of transcodes below DATA_DIR: one folder each, with plain names. */
import type { Buffer } from 'node:buffer';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { RungName } from '../../lib/transcode/ladder.ts';
import { RUNG_NAMES } from '../../lib/transcode/ladder.ts';
import { fileNames, type EndedRun } from '../../lib/transcode/runs.ts';

/** What was made so far, and by how many runs. */
export interface Plan {
  readonly rungs: readonly RungName[];
  /** All runs but the last. */
  readonly ended: readonly EndedRun[];
  /** The last run has made what was left. */
  readonly isDone: boolean;
}

const PLAN = 'plan.json';
export const MASTER = 'index.m3u8';

const planFile = z.object({
  rungs: z.array(z.enum(RUNG_NAMES)).readonly(),
  ended: z
    .array(z.object({ counts: z.record(z.string(), z.number()), durationS: z.number() }))
    .readonly(),
  isDone: z.boolean(),
});

export class TranscodeFolder {
  readonly path: string;

  /** @param id a UUID */
  constructor(directory: string, id: string) {
    this.path = join(directory, id);
  }

  /** Null while nothing was planned. */
  async plan(): Promise<Plan | null> {
    const text = await this.text(PLAN);
    return text === null ? null : planFile.parse(JSON.parse(text));
  }

  /** Whole or not at all. */
  async setPlan(plan: Plan): Promise<void> {
    await this.write(PLAN, JSON.stringify(plan));
  }

  /** The playlists of a rendition: of each run that has begun. */
  async playlists(rung: string, { ended }: Plan): Promise<readonly string[]> {
    const runs = Array.from({ length: ended.length + 1 }, (_, run) => fileNames(rung, run));
    const texts = await Promise.all(runs.map(({ playlist }) => this.text(playlist)));
    return texts.map((text) => text ?? '');
  }

  async write(name: string, text: string): Promise<void> {
    await mkdir(this.path, { recursive: true });
    const unfinished = join(this.path, `.${name}.part`);
    await writeFile(unfinished, text);
    await rename(unfinished, join(this.path, name));
  }

  /** Null when there is no such file. @param name without separators */
  async bytes(name: string): Promise<Buffer | null> {
    try {
      return await readFile(join(this.path, name));
    } catch (error) {
      if (isAbsent(error)) return null;
      throw error;
    }
  }

  async text(name: string): Promise<string | null> {
    return (await this.bytes(name))?.toString('utf8') ?? null;
  }

  /** Of all files; 0 when there are none. */
  async sizeBytes(): Promise<number> {
    try {
      const names = await readdir(this.path);
      const sizes = await Promise.all(
        names.map((name) =>
          stat(join(this.path, name)).then(
            ({ size }) => size,
            // It was renamed in this moment.
            () => 0,
          ),
        ),
      );
      return sizes.reduce((sum, size) => sum + size, 0);
    } catch (error) {
      if (isAbsent(error)) return 0;
      throw error;
    }
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
