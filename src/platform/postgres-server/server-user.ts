/** Who runs the embedded PostgreSQL: ourselves, or somebody else when we are root, which PostgreSQL refuses. */
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Null: the user that Sluice runs as. */
export type ServerUser = { readonly uid: number; readonly gid: number } | null;

/** `nobody` on Linux: it exists everywhere, so that no user has to be made. */
const NOBODY = 65_534;

/**
 * For root the owner of the files that are there (an installation that was started without root before),
 * else `nobody`.
 * @param folder the server's own folder, which may not exist yet
 */
export async function serverUser(folder: string): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return null;
  const facts = await stat(folder).catch(() => null);
  const isTaken = facts !== null && facts.uid !== 0;
  return isTaken ? { uid: facts.uid, gid: facts.gid } : { uid: NOBODY, gid: NOBODY };
}

/**
 * Whether the user can walk to the folder and list it: every parent needs its search bit. What does not exist
 * yet counts as reachable.
 */
export async function isReachableFor(user: ServerUser, path: string): Promise<boolean> {
  if (user === null) return true;
  for (let current = path; ; current = dirname(current)) {
    const facts = await stat(current).catch(() => null);
    if (facts !== null) {
      const bits =
        facts.uid === user.uid
          ? facts.mode >> 6
          : facts.gid === user.gid
            ? facts.mode >> 3
            : facts.mode;
      const wanted = current === path ? 0o5 : 0o1;
      if ((bits & wanted) !== wanted) return false;
    }
    if (dirname(current) === current) return true;
  }
}
