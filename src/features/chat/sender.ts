/**
 * Who speaks, without accounts: the digest of a key that the client made and keeps, or of its address where it has none.
 * Keys cost nothing, so that what an owner forbids an author is forbidden the address, too.
 */
import { addressGroup } from '../../lib/address-group.ts';

export interface Sender {
  /** 22 URL-safe characters, shown beside messages. */
  readonly authorId: string;
  /** The same of the address; never shown. */
  readonly addressId: string;
}

/** What of a request says who sends it. */
export interface SentBy {
  readonly clientAddress: string;
  header(lowerCaseName: string): string;
}

/** Any text that nobody else knows, 16 to 100 characters; shorter and longer ones count as none. */
export const CHAT_KEY_HEADER = 'x-chat-key';
const KEY_CHARS_MIN = 16;
const KEY_CHARS_MAX = 100;

/** @param digest keyed, so that what is shown tells neither keys nor addresses */
export function senderOf(request: SentBy, digest: (text: string) => string): Sender {
  const addressId = digest(`chat address\n${addressGroup(request.clientAddress)}`);
  const key = request.header(CHAT_KEY_HEADER);
  const isKey = key.length >= KEY_CHARS_MIN && key.length <= KEY_CHARS_MAX;
  return { addressId, authorId: isKey ? digest(`chat author\n${key}`) : addressId };
}
