/** Tells whether a process id still means the same process: ids are reused, start times are not. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** The process exists, but the system does not tell when it started (/proc hidden, no `ps`). */
const UNTOLD = 'untold';

/**
 * When the process started, in whatever unit the system has, the boot included: only good for comparing.
 * Null when there is no such process, or it has ended and only waits for its parent.
 */
export function startTimeOf(pid: number): Promise<string | null> {
  return process.platform === 'linux' ? startTicksOf(pid) : startDateOf(pid);
}

/** Whether the process that started then still runs. In doubt it does: the caller is about to take its place. */
export async function isRunning(pid: number, startTime: string): Promise<boolean> {
  const found = await startTimeOf(pid);
  return found !== null && (found === startTime || found === UNTOLD || startTime === UNTOLD);
}

/** Field 22 of /proc/<pid>/stat (proc(5)), counted after the command name: clock ticks since the boot. */
async function startTicksOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return exists(pid) ? UNTOLD : null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '');
  return `${boot.trim()}:${fields[19] ?? ''}`;
}

/** For systems without /proc (macOS): the state and the date as `ps` prints them, to the second. */
export function startDateOf(pid: number): Promise<string | null> {
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  return new Promise((resolve) => {
    execFile(
      'ps',
      ['-o', 'stat=,lstart=', '-p', String(pid)],
      { env, timeout: 5000 },
      (error, stdout) => {
        const [state = '', ...date] = stdout.trim().split(/\s+/);
        if (error === null && date.length > 0)
          resolve(state.startsWith('Z') ? null : date.join(' '));
        else resolve(exists(pid) ? UNTOLD : null);
      },
    );
  });
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
