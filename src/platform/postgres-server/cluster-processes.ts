/** The processes of one cluster, whoever started them: to tell whether its files are still in use. */
import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** What a postmaster writes about itself into its cluster. */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number;
  /** `starting`, `ready`, `stopping`, …; empty while the file is being written. */
  readonly status: string;
}

/** postmaster.pid: the first line is the process id, the fourth the port, the eighth what it is doing. Left behind by a crash. */
export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => null);
  if (text === null) return null;
  const lines = text.split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7]?.trim() ?? '' };
}

/**
 * Process ids of the cluster's postmaster and, where /proc tells, of its backends, which outlive a killed
 * postmaster by a moment.
 */
export function clusterProcesses(cluster: string): Promise<number[]> {
  return process.platform === 'linux' ? fromProc(cluster) : fromPs(cluster);
}

/**
 * PostgreSQL's processes work in the folder of their cluster. Root without CAP_SYS_PTRACE (in a container)
 * cannot see that of others, but it sees the postmaster's command line.
 */
async function fromProc(cluster: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const folder = await readlink(`/proc/${pid}/cwd`).catch(() => null);
      if (folder !== null) return folder === cluster;
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return isPostmaster(command.split('\0'), cluster);
    }),
  );
  return pids.filter((_, index) => found[index]).map(Number);
}

function fromPs(cluster: string): Promise<number[]> {
  return new Promise((resolve) => {
    execFile(
      'ps',
      ['-axww', '-o', 'pid=,command='],
      { maxBuffer: 16 * 2 ** 20, timeout: 5000 },
      (_error, stdout) => {
        const lines = stdout
          .split('\n')
          .filter((line) => /postgres /.test(line) && line.includes(` -D ${cluster} `));
        resolve(
          lines.map((line) => Number.parseInt(line, 10)).filter((pid) => pid !== process.pid),
        );
      },
    );
  });
}

function isPostmaster([program = '', option, folder]: readonly string[], cluster: string): boolean {
  return program.endsWith('postgres') && option === '-D' && folder === cluster;
}
