/**
 * The temporary folder of one gate, with the worktrees that it compares. All that it builds, starts and stores lies in it, databases
 * included: nothing is left when it is removed, and the next run removes what a killed one left, processes included.
 */
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'sluice-gate-';
const OWNER = 'owner.json';

interface Owner {
  readonly pid: number;
  /** Process numbers mean something in one of these only; empty where there are none. */
  readonly pidNamespace: string;
}

export interface Worktrees extends AsyncDisposable {
  readonly folder: string;
}

/** @param parent where the folder is made; while it is open it is this process's place for temporary files */
export async function openWorktrees(parent = tmpdir()): Promise<Worktrees> {
  await mkdir(parent, { recursive: true });
  await removeAbandoned(parent);
  const folder = await mkdtemp(join(parent, PREFIX));
  const before = process.env['TMPDIR'];
  const remove = async () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    process.env['TMPDIR'] = folder;
    // PostgreSQL runs as another user where we are root.
    await chmod(folder, 0o711);
    const owner: Owner = { pid: process.pid, pidNamespace: await pidNamespace() };
    await writeFile(join(folder, OWNER), JSON.stringify(owner));
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, [Symbol.asyncDispose]: remove };
}

/** Folders of gates whose process is gone, and what still runs from them. */
async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const folder = join(parent, name);
    if (!name.startsWith(PREFIX) || !(await isAbandoned(folder))) continue;
    await endProcessesOf(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

async function isAbandoned(folder: string): Promise<boolean> {
  try {
    if ((await stat(folder)).uid !== process.getuid?.()) return false;
    const owner = JSON.parse(await readFile(join(folder, OWNER), 'utf8')) as Owner;
    return owner.pidNamespace === (await pidNamespace()) && !isAlive(owner.pid);
  } catch {
    // Being made or removed by another run at this moment.
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function endProcessesOf(folder: string): Promise<void> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (!commandLine.includes(`${folder}/`)) continue;
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}

function pidNamespace(): Promise<string> {
  return readlink('/proc/self/ns/pid').catch(() => '');
}
