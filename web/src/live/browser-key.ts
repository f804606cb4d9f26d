/** The key by which the server knows this browser again: as an author of chats and a viewer of recordings. */
import { readStored, writeStored } from '../state/browser-storage.ts';

const KEY = 'sluice.chat-key';
const CHARS_MIN = 16;

export function browserKey(): string {
  const kept = readStored(KEY);
  if (kept !== null && kept.length >= CHARS_MIN) return kept;
  const made = crypto.randomUUID();
  writeStored(KEY, made);
  return made;
}
