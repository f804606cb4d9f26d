/** The password of a private server: kept for this tab, gone with it. */
import { readOfTab, writeOfTab } from './browser-storage.ts';

const KEY = 'sluice.instance-password';

export function instancePassword(): string | null {
  return readOfTab(KEY);
}

/** @param password null forgets it */
export function keepInstancePassword(password: string | null): void {
  writeOfTab(KEY, password);
}
