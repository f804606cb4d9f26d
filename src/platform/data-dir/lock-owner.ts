/** The files of the DATA_DIR lock: who wrote one, and whether that process still runs. */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { isRunning } from './process-identity.ts';

export interface LockOwner {
  /** 0 in a file that makes no sense. */
  readonly pid: number;
  readonly startTime: string;
  /** Never used twice: a file with another token is another file. */
  readonly token: string;
}

/**
 * Null when the file is missing. Files are linked into place whole, so nonsense means a crash of the
 * machine: such a file has no owner, and a token made of what identifies the file itself.
 */
export async function readOwner(file: string): Promise<LockOwner | null> {
  try {
    const [text, { ino, mtimeNs }] = await Promise.all([
      readFile(file, 'utf8'),
      stat(file, { bigint: true }),
    ]);
    return (
      parseOwner(text) ?? {
        pid: 0,
        startTime: '',
        token: nonsenseToken(`${ino} ${mtimeNs} ${text}`),
      }
    );
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null;
    throw error;
  }
}

export async function isAlive(owner: LockOwner): Promise<boolean> {
  return owner.pid > 0 && (await isRunning(owner.pid, owner.startTime));
}

/** Whether it is an error of the system with this code (`ENOENT`). */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function parseOwner(text: string): LockOwner | null {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) return null;
    const { pid, startTime, token } = parsed as Partial<Record<keyof LockOwner, unknown>>;
    const isWhole =
      typeof pid === 'number' && typeof startTime === 'string' && typeof token === 'string';
    return isWhole && /^[\w-]{1,64}$/.test(token) ? { pid, startTime, token } : null;
  } catch {
    return null;
  }
}

function nonsenseToken(identity: string): string {
  return createHash('sha256').update(identity).digest('hex').slice(0, 32);
}
