/** The browser's storage where there is one: browsers refuse it in private windows and embedded pages. */

export function readStored(key: string): string | null {
  return read(() => localStorage, key);
}

/** @param text null removes the entry */
export function writeStored(key: string, text: string | null): void {
  write(() => localStorage, key, text);
}

/** Of this tab alone, and gone with it. */
export function readOfTab(key: string): string | null {
  return read(() => sessionStorage, key);
}

/** @param text null removes the entry */
export function writeOfTab(key: string, text: string | null): void {
  write(() => sessionStorage, key, text);
}

function read(storage: () => Storage, key: string): string | null {
  try {
    return storage().getItem(key);
  } catch {
    return null;
  }
}

function write(storage: () => Storage, key: string, text: string | null): void {
  try {
    if (text === null) storage().removeItem(key);
    else storage().setItem(key, text);
  } catch {
    // Without storage the page works as well; it only forgets.
  }
}
