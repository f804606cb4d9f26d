/** Who runs the embedded PostgreSQL: ourselves, or `nobody` when we are root, which PostgreSQL refuses. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Null ids: the user that Sluice runs as. */
export type ServerUser = { readonly uid: number; readonly gid: number } | null;

/** `nobody` on Linux: it exists everywhere, so that no user has to be made. */
const NOBODY = 65_534;

export function serverUser(): ServerUser {
  return process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : null;
}

/** Whether the user can walk to `path` and read it: every parent needs its search bit. */
export async function isReachableFor(user: ServerUser, path: string): Promise<boolean> {
  if (user === null) return true;
  for (let current = path; ; current = dirname(current)) {
    const facts = await stat(current).catch(() => null);
    if (facts !== null) {
      const bits = facts.uid === user.uid ? facts.mode >> 6 : facts.gid === user.gid ? facts.mode >> 3 : facts.mode;
      const wanted = current === path ? 0o5 : 0o1;
      if ((bits & wanted) !== wanted) return false;
    }
    if (dirname(current) === current) return true;
  }
}
