/** Owner keys of stored profiles, remembered in this browser when the user wants that. */
import { readStored, writeStored } from './browser-storage.ts';

function keyOf(profile: string): string {
  return `sluice.owner-key.${profile}`;
}

export function rememberedOwnerKey(profile: string): string | null {
  return readStored(keyOf(profile));
}

/** @param ownerKey null forgets it */
export function rememberOwnerKey(profile: string, ownerKey: string | null): void {
  writeStored(keyOf(profile), ownerKey);
}
