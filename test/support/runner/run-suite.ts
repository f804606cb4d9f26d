/** Runs test files side by side; every file has its say whatever the others do. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileText } from './suite-text.ts';
import { runTestFile, type FileRun } from './run-file.ts';

export interface SuiteOptions {
  /** File names are said relative to it. */
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly concurrency: number;
  /** See `RunFileOptions`. */
  readonly silenceMs: number;
  /** Cuts the run off; the reason is said. */
  readonly signal: AbortSignal;
  readonly print: (text: string) => void;
}

export interface SuiteRun {
  readonly files: readonly FileRun[];
  /** Files that never began, because the run was cut off. */
  readonly notBegun: readonly string[];
}

/** Prints each file's outcome as it ends. */
export async function runSuite(paths: readonly string[], options: SuiteOptions): Promise<SuiteRun> {
  const scratch = await mkdtemp(join(tmpdir(), 'sluice-test-run-'));
  const nameOf = (path: string) => relative(options.root, path).replace(/\.test\.[cm]?js$/, '');
  const waiting = [...paths];
  const files: FileRun[] = [];
  const lane = async () => {
    for (;;) {
      const path = options.signal.aborted ? undefined : waiting.shift();
      if (path === undefined) return;
      const run = await runTestFile(path, nameOf(path), { ...options, scratch });
      files.push(run);
      options.print(fileText(run));
    }
  };
  try {
    await Promise.all(Array.from({ length: options.concurrency }, lane));
    return { files, notBegun: waiting.map(nameOf) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
