/** What the gate asks git. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { lastLines, GateError } from './gate-error.ts';
import { runProgram, type ProgramEnd } from './run-program.ts';

export interface Commit {
  /** 40 hexadecimal digits. */
  readonly id: string;
  readonly subject: string;
}

const TIMEOUT_MS = 120_000;
const FREE_BYTES_MIN = 1e6;

export class Repository {
  readonly #folder: string;
  readonly #signal: AbortSignal;

  constructor(folder: string, signal: AbortSignal) {
    this.#folder = folder;
    this.#signal = signal;
  }

  /** @throws GateError `missing-base` when the revision does not exist */
  async commitOf(revision: string): Promise<Commit> {
    const found = await this.#git([
      'rev-parse',
      '--verify',
      '--quiet',
      '--end-of-options',
      `${revision}^{commit}`,
    ]);
    const id = found.stdout.trim();
    if (found.code !== 0 || id === '') throw await this.#missing(revision, found);
    const { stdout } = await this.#git(['log', '-1', '--format=%s', id]);
    return { id, subject: stdout.trim() };
  }

  /** Whether tracked files differ from the commit. */
  async isModified(): Promise<boolean> {
    return (
      (await this.#git(['status', '--porcelain', '--untracked-files=no'])).stdout.trim() !== ''
    );
  }

  /** @throws GateError with what git said */
  async addWorktree(folder: string, commit: string): Promise<void> {
    // No hooks: they are for people who check out to work.
    const added = await this.#git([
      '-c',
      'core.hooksPath=/dev/null',
      'worktree',
      'add',
      '--detach',
      '--force',
      folder,
      commit,
    ]);
    if (added.code === 0) return;
    // git says only that it could not write.
    const reason = (await isFull(dirname(folder)))
      ? 'ENOSPC, no space left for it'
      : lastLines(added.output);
    throw new GateError(
      'broken',
      `the worktree of ${commit.slice(0, 10)} could not be made: ${reason}`,
    );
  }

  /** Forgets worktrees whose folders are gone: of this run, and of runs that were killed. */
  async pruneWorktrees(): Promise<void> {
    await new Repository(this.#folder, AbortSignal.timeout(TIMEOUT_MS)).#git(['worktree', 'prune']);
  }

  async #missing(revision: string, found: ProgramEnd): Promise<GateError> {
    const said = found.output.trim();
    if (/not a git repository/i.test(said))
      return new GateError(
        'missing-base',
        'this is no git checkout: there is no revision to compare with',
      );
    if (said !== '' && found.code !== 1) return new GateError('broken', `git: ${lastLines(said)}`);
    const isShallow =
      (await this.#git(['rev-parse', '--is-shallow-repository'])).stdout.trim() === 'true';
    const why = isShallow ? ': this clone is shallow (git fetch --unshallow gets the rest)' : '';
    return new GateError('missing-base', `there is no revision "${revision}"${why}`);
  }

  async #git(parameters: readonly string[]): Promise<ProgramEnd> {
    try {
      return await runProgram('git', parameters, {
        folder: this.#folder,
        timeoutMs: TIMEOUT_MS,
        signal: this.#signal,
      });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT')
        throw new GateError('missing-base', 'git is not installed');
      throw error;
    }
  }
}

async function isFull(folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize < FREE_BYTES_MIN;
}
