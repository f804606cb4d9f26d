/** Which machine and which revision the figures are of. */
import { execFile } from 'node:child_process';
import { cpus } from 'node:os';
import { promisify } from 'node:util';
import type { Revision } from '../perf/result.ts';

const run = promisify(execFile);

/** One line, without a name of the host. */
export function machineText(): string {
  const processors = cpus();
  return `Node ${process.version}, ${processors.length} × ${processors[0]?.model ?? 'unknown processor'}, ${process.platform}`;
}

/** Null outside of a git repository. */
export async function currentRevision(): Promise<Revision | null> {
  const git = async (...parameters: string[]) => (await run('git', parameters)).stdout.trim();
  try {
    const [commit, subject, changes] = await Promise.all([
      git('rev-parse', 'HEAD'), git('log', '-1', '--format=%s'), git('status', '--porcelain', '--untracked-files=no'),
    ]);
    return { commit, subject, isModified: changes !== '' };
  } catch {
    return null;
  }
}
