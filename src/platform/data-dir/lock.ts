/**
 * One running instance per DATA_DIR: a lock file with the owner's process id and start time. `link(2)`
 * decides who gets it; a file left behind by a killed process is recognised and taken over.
 */
import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../../lib/start-error.ts';
import { startTimeOf } from './process-identity.ts';

interface Owner {
  readonly pid: number;
  readonly startTime: string;
  /** Tells two locks of one process apart. */
  readonly token: string;
}

const ATTEMPTS_MAX = 20;
/** Longer than anybody takes between reading a stale file and moving it away. */
const CONFIRM_MS = 30;

/** @throws StartError naming the process that holds the directory */
export async function lockDataDir(directory: string): Promise<AsyncDisposable> {
  const file = join(directory, 'sluice.lock');
  const own: Owner = {
    pid: process.pid, startTime: (await startTimeOf(process.pid)) ?? '', token: randomUUID(),
  };
  const draft = `${file}.${own.token}`;
  await writeFile(draft, JSON.stringify(own));
  try {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      if (await linked(draft, file)) {
        // Whoever took the stale file for ours moves it back or is seen here.
        await sleep(CONFIRM_MS);
        if ((await ownerOf(file))?.token === own.token) return releaser(file, own.token);
      } else await evictDeadOwner(directory, file);
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new StartError(`DATA_DIR=${JSON.stringify(directory)} is being taken by another start: expected it to be free`);
}

async function linked(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

/** Moves a dead owner's file away. A live one that slipped in between is put back. */
async function evictDeadOwner(directory: string, file: string): Promise<void> {
  const owner = await ownerOf(file);
  if (owner !== null && owner.startTime === (await startTimeOf(owner.pid))) {
    throw new StartError(
      `DATA_DIR=${JSON.stringify(directory)} is in use by the running process ${owner.pid}: ` +
        'expected a directory of its own for each instance',
    );
  }
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  if ((await ownerOf(aside))?.token !== owner?.token) await linked(aside, file);
  await rm(aside, { force: true });
}

/** Null for a file that is missing or makes no sense: then nobody alive has written it. */
async function ownerOf(file: string): Promise<Owner | null> {
  try {
    const parsed: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null) return null;
    const { pid, startTime, token } = parsed as Partial<Owner>;
    const isWhole = typeof pid === 'number' && typeof startTime === 'string' && typeof token === 'string';
    return isWhole ? { pid, startTime, token } : null;
  } catch {
    return null;
  }
}

function releaser(file: string, token: string): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      if ((await ownerOf(file))?.token === token) await rm(file, { force: true });
    },
  };
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
