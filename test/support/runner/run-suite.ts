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
  /** Names of files that mostly wait: one of them runs beside the others. */
  readonly asides: ReadonlySet<string>;
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
  const isAside = (path: string) => options.asides.has(nameOf(path));
  const waiting = paths.filter((path) => !isAside(path));
  const asides = paths.filter(isAside);
  const files: FileRun[] = [];
  const lane = async (queues: readonly string[][]) => {
    for (;;) {
      const queue = queues.find(({ length }) => length > 0);
      const path = options.signal.aborted ? undefined : queue?.shift();
      if (path === undefined) return;
      const run = await runTestFile(path, nameOf(path), { ...options, scratch });
      files.push(run);
      options.print(fileText(run));
    }
  };
  try {
    const lanes = Array.from({ length: options.concurrency }, () => lane([waiting, asides]));
    await Promise.all([...lanes, lane([asides])]);
    return { files, notBegun: [...waiting, ...asides].map(nameOf) };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
