/** Looking at processes through /proc, to find orphans. */
import { readdir, readFile, readlink } from 'node:fs/promises';

export interface ProcessFacts {
  readonly pid: number;
  readonly parentPid: number;
  readonly command: string;
}

/** Every process on the machine; ones that end meanwhile are left out. */
export async function listProcesses(): Promise<ProcessFacts[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(pids.map(factsOf));
  return found.filter((one) => one !== null);
}

async function factsOf(pid: number): Promise<ProcessFacts | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return null;
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
    return { pid, parentPid: Number(fields[1]), command };
  } catch {
    return null;
  }
}

/** Processes whose command line or working directory mentions `text`. */
export async function processesMentioning(text: string): Promise<ProcessFacts[]> {
  const mentions = await Promise.all(
    (await listProcesses()).map(async (one) => {
      const folder = await readlink(`/proc/${one.pid}/cwd`).catch(() => '');
      return one.pid !== process.pid && (one.command.includes(text) || folder.includes(text))
        ? one
        : null;
    }),
  );
  return mentions.filter((one) => one !== null);
}

/** Child processes of `pid`, direct ones only. */
export async function childrenOf(pid: number): Promise<ProcessFacts[]> {
  return (await listProcesses()).filter((one) => one.parentPid === pid);
}

/** Waits until `condition` holds; rejects with `what` after the deadline. */
export async function eventually(
  what: string,
  deadlineMs: number,
  condition: () => Promise<boolean> | boolean,
): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within ${deadlineMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
