/** Machine and revision in one line each: what stands beside a recorded figure. */
import { cpus } from 'node:os';
import type { Revision } from '../perf/result.ts';

/** Without a name of the host. */
export function machineText(): string {
  const processors = cpus();
  return `Node ${process.version}, ${processors.length} × ${processors[0]?.model ?? 'unknown processor'}, ${process.platform}`;
}

export function revisionText({ commit, isModified }: Revision): string {
  return `${commit.slice(0, 12)}${isModified ? ' with changes' : ''}`;
}
