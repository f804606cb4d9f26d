/** Ids of what a user's account at a service holds: `acct:realdebrid:<infohash>`, and `…:2` for one of its files. */

/** As a manifest's `idPrefixes` lists it. */
export const HELD_PREFIX = 'acct:';

export interface HeldId {
  /** Name of `lib/user-config/services.ts`. */
  readonly service: string;
  /** 40 lower-case hexadecimal digits; null for the entry that leads to deleting. */
  readonly infohash: string | null;
  /** Place among the files of the torrent; null for all of it. */
  readonly fileIndex: number | null;
}

const HELD_ID = /^acct:([a-z\d]{2,20}):(?:([\da-f]{40})(?::(\d{1,5}))?|delete)$/;

/** Null for what is none. @param id decoded */
export function parseHeldId(id: string): HeldId | null {
  const [, service, infohash = null, index] = HELD_ID.exec(id) ?? [];
  if (service === undefined) return null;
  return { service, infohash, fileIndex: index === undefined ? null : Number(index) };
}

export function heldId(service: string, infohash: string): string {
  return `${HELD_PREFIX}${service}:${infohash}`;
}

/** Of the entry that leads to deleting. */
export function deleteId(service: string): string {
  return `${HELD_PREFIX}${service}:delete`;
}
