/** On what and of what a result was measured. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { MachineProfile, Revision } from '../result.ts';

const ROOT = join(import.meta.dirname, '../../..');

export function machineProfile(versions: {
  readonly postgres: string;
  readonly redis: string;
}): MachineProfile {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    processors: cpus().length,
    threadsPerCore: threadsPerCore(),
    memoryBytes: totalmem(),
    system: `${process.platform} ${release()}`,
    node: process.version,
    ...versions,
  };
}

/** 1 where the system does not tell. */
function threadsPerCore(): number {
  try {
    const siblings = readFileSync(
      '/sys/devices/system/cpu/cpu0/topology/thread_siblings_list',
      'utf8',
    ).trim();
    return siblings.split(',').reduce((sum, part) => {
      const [from = 0, to = from] = part.split('-').map(Number);
      return sum + to - from + 1;
    }, 0);
  } catch {
    return 1;
  }
}

/** The commit of this checkout; unknown outside of one. */
export function revision(root = ROOT): Revision {
  const git = (...parameters: string[]) =>
    execFileSync('git', ['-C', root, ...parameters], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  try {
    return {
      commit: git('rev-parse', 'HEAD'),
      subject: git('log', '-1', '--format=%s'),
      isModified: git('status', '--porcelain', '--untracked-files=no') !== '',
    };
  } catch {
    return { commit: 'unknown', subject: 'not a checkout', isModified: false };
  }
}
