/** Makes a folder where files can be kept, and nowhere else. */
import { mkdir, realpath, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isCode } from './lock-owner.ts';

/** File systems of Linux that hold no files of anybody (statfs(2)); `mkdir` there fails in odd ways. */
const PSEUDO_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x9fa0, 'proc'],
  [0x62656572, 'sysfs'],
  [0x1cd1, 'devpts'],
  [0x27e0eb, 'cgroup'],
  [0x63677270, 'cgroup2'],
  [0x64626720, 'debugfs'],
  [0x74726163, 'tracefs'],
  [0x73636673, 'securityfs'],
  [0xcafe4a11, 'bpf'],
  [0x6165676c, 'pstore'],
  [0xde5e81e4, 'efivarfs'],
  [0x62656570, 'configfs'],
  [0xf97cff8c, 'selinuxfs'],
  [0x5a3c69f0, 'apparmorfs'],
  [0x19800202, 'mqueue'],
  [0x958458f6, 'hugetlbfs'],
  [0x42494e4d, 'binfmt_misc'],
  [0x65735543, 'fusectl'],
  [0x6e736673, 'nsfs'],
]);
/** Memory like any other tmpfs to `statfs`, but what is in it belongs to the kernel. */
const DEVICES = /^\/dev(?!\/shm(?:\/|$))(?:\/|$)/;

/**
 * Makes the folder and its parents. Each with a `mkdir` of its own: the recursive one of Node.js 20 never ends on
 * /proc, and no signal reaches the thread that it spins in. Rejects with a text or with the system's error.
 * @param path absolute
 */
export async function makeFolder(path: string): Promise<void> {
  const missing: string[] = [];
  let existing = path;
  for (; !(await exists(existing)); existing = dirname(existing)) missing.unshift(existing);
  await refusePseudo(existing);
  for (const folder of missing) await makeOne(folder);
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    // Another start was faster.
    if (!isCode(error, 'EEXIST')) throw error;
  }
}

async function refusePseudo(folder: string): Promise<void> {
  const real = await realpath(folder);
  const name = DEVICES.test(real) ? 'devices' : PSEUDO_FILE_SYSTEMS.get((await statfs(real)).type);
  if (process.platform === 'linux' && name !== undefined) {
    throw new Error(
      `${real} belongs to a file system of the kernel (${name}), which keeps no files`,
    );
  }
}
