/**
 * One running instance per directory: a lock file with the owner's process id and start time, taken by `link(2)`. A dead
 * owner's lock goes to whoever links the claim named after its token, so nothing depends on timing
 * (docs/data-dir.md).
 */
import { randomUUID } from 'node:crypto';
import { link, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { poll } from '../../lib/async/wait.ts';
import { StartError } from '../../lib/start-error.ts';
import { isAlive, isCode, readOwner, type LockOwner } from './lock-owner.ts';
import { startTimeOf } from './process-identity.ts';

const LOCK_FILE = 'sluice.lock';
/** How long to look on while others take over; each of them needs a few milliseconds. */
const TAKE_OVER_TIMEOUT_MS = 3000;
const LOOK_AGAIN_MS = 10;

/** @throws StartError naming the process that holds the directory */
export async function lockDataDir(directory: string): Promise<AsyncDisposable> {
  try {
    return await new LockAttempt(directory).run();
  } catch (error) {
    if (error instanceof StartError) throw error;
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new StartError(
      `DATA_DIR=${JSON.stringify(directory)} cannot be locked (${reason}): ` +
        'expected free space on a file system with hard links',
    );
  }
}

class LockAttempt {
  readonly #directory: string;
  readonly #lock: string;
  readonly #token = randomUUID();
  readonly #draft: string;

  constructor(directory: string) {
    this.#directory = directory;
    this.#lock = join(directory, LOCK_FILE);
    this.#draft = join(directory, `${LOCK_FILE}.${this.#token}.draft`);
  }

  async run(): Promise<AsyncDisposable> {
    const own: LockOwner = {
      pid: process.pid,
      startTime: (await startTimeOf(process.pid)) ?? '',
      token: this.#token,
    };
    try {
      await writeFile(this.#draft, JSON.stringify(own), { flag: 'wx' });
      const isTaken = await poll(() => this.#take(), {
        everyMs: LOOK_AGAIN_MS,
        timeoutMs: TAKE_OVER_TIMEOUT_MS,
      });
      if (!isTaken) throw busy(this.#directory, 'is being taken by another start');
    } finally {
      await rm(this.#draft, { force: true });
    }
    await this.#sweep();
    return { [Symbol.asyncDispose]: () => rm(this.#lock, { force: true }) };
  }

  /** False when things changed meanwhile: look again. */
  async #take(): Promise<boolean> {
    if (await linked(this.#draft, this.#lock)) return true;
    const owner = await readOwner(this.#lock);
    if (owner === null) return false;
    if (await isAlive(owner))
      throw busy(this.#directory, `is in use by the running process ${owner.pid}`);
    const claim = await this.#claim(owner.token);
    if (claim === null) return false;
    if ((await readOwner(this.#lock))?.token === owner.token) {
      await rename(this.#draft, this.#lock);
      return true;
    }
    await rm(claim, { force: true });
    return false;
  }

  /** The claim that we hold on the lock of a dead owner; null while somebody alive has one. */
  async #claim(deadToken: string): Promise<string | null> {
    for (let token = deadToken; ;) {
      const claim = join(this.#directory, `${LOCK_FILE}.${token}.claim`);
      if (await linked(this.#draft, claim)) return claim;
      const claimer = await readOwner(claim);
      if (claimer === null || (await isAlive(claimer))) return null;
      token = claimer.token;
    }
  }

  /** What earlier owners and claimers left: claims on locks that are no more, drafts of the dead. */
  async #sweep(): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      if (!name.startsWith(`${LOCK_FILE}.`)) continue;
      const path = join(this.#directory, name);
      const owner = await readOwner(path);
      // Nonsense stays: it may be the draft that somebody alive is writing.
      if (owner === null || owner.pid === 0) continue;
      if (owner.token === this.#token || !(await isAlive(owner))) await rm(path, { force: true });
    }
  }
}

function busy(directory: string, what: string): StartError {
  return new StartError(
    `DATA_DIR=${JSON.stringify(directory)} ${what}: expected a directory of its own for each instance`,
  );
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
