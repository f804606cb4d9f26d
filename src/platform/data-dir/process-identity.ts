/** Tells whether a process id still means the same process: ids are reused, start times are not. */
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

/** When the process started, in whatever unit the system has; null when there is no such process. */
export async function startTimeOf(pid: number): Promise<string | null> {
  return process.platform === 'linux' ? await startTicksOf(pid) : await startDateOf(pid);
}

/** Field 22 of /proc/<pid>/stat (proc(5)), counted after the command name; a zombie has ended. */
async function startTicksOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? null : (fields[19] ?? null);
}

function startDateOf(pid: number): Promise<string | null> {
  return new Promise((resolve) => {
    execFile('ps', ['-o', 'lstart=', '-p', String(pid)], (error, stdout) => {
      const date = stdout.trim();
      resolve(error !== null || date === '' ? null : date);
    });
  });
}
